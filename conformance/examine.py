"""An examination: every check, one after the other, against one server."""

import time
from collections.abc import Callable, Iterable

from conformance.check import Check
from conformance.findings import Examination, Interruption
from conformance.story import SHOWN, Interrupted, Story
from conformance.subject import Subject

JUNK = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a check meets that takes apart an answer which is not made as it should be."""


def examine(
    subject: Subject, checks: Iterable[Check], told: Callable[[Check], None]
) -> Examination:
    """Run the checks; ``told`` hears of each before it runs. Raises NotScim, OSError."""
    began = time.monotonic()
    subject.discover()
    examination = Examination(subject.endpoint.base_url, subject.run, subject.features)
    for check in checks:
        if check.needs <= subject.features:
            told(check)
            _run(subject, check, examination)
    examination.seconds = time.monotonic() - began
    return examination


def _run(subject: Subject, check: Check, examination: Examination) -> None:
    story = Story(subject, check.name)
    try:
        check.tale(story)
    except Interrupted as fault:
        _interrupt(examination, story, str(fault))
    except JUNK as fault:
        _interrupt(examination, story, f"an answer is not made as expected: {fault!r}")
    finally:
        story.tidy()
    examination.findings += story.findings


def _interrupt(examination: Examination, story: Story, reason: str) -> None:
    shown = tuple(story.exchanges[-SHOWN:])
    examination.interruptions.append(Interruption(story.check, reason, shown))
