"""An examination: every check and every dialogue, one after the other, against one server."""

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext, suppress

from conformance.check import Check
from conformance.dialogue import Dialogue
from conformance.features import SWITCHES
from conformance.findings import Examination, Interruption
from conformance.story import CREATED, SHOWN, Interrupted, ReadOnly, Story
from conformance.subject import NotScim, Subject

DOMAIN = "@example.com"
BAD_REQUEST = 400
JUNK = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a check meets that takes apart an answer which is not made as it should be."""


def examine(
    subject: Subject,
    checks: Collection[Check],
    told: Callable[[str], None],
    dialogues: Iterable[Dialogue] = (),
) -> Examination:
    """Run the checks, play the dialogues; ``told`` hears the title of each before it begins.

    Raises:   NotScim, OSError, HTTPException. Dialogues alone need nothing that is published.
    """
    began = time.monotonic()
    with nullcontext() if checks else suppress(NotScim):
        _discover(subject)
    examination = Examination(subject.endpoint.base_url, subject.run, subject.features)
    if checks and not subject.read_only:
        examination.left += _name_users(subject)
    for check in checks:
        told(check.title)
        if check.suits(subject.features):
            _run(subject, check, examination)
        else:
            examination.omitted[check.name] = _unsuited(check, subject.features)
    for dialogue in dialogues:
        told(f"{dialogue.name}: {dialogue.title}")
        played = dialogue.play(subject.endpoint.base_url, subject.endpoint.token)
        examination.played.append(played)
        examination.left += played.left
    examination.seconds = time.monotonic() - began
    return examination


def _discover(subject: Subject) -> None:
    try:
        subject.discover()
    except JUNK as fault:
        raise NotScim(f"what is published is not made as expected: {fault!r}") from fault


def _name_users(subject: Subject) -> list[str]:
    """Give userNames a domain where a plain one is refused and an address is not.

    Returns:  what the server did not delete.
    """
    story = Story(subject, "userName")
    with suppress(Interrupted, *JUNK):
        users = subject.endpoint_of("User")
        if story.post(users, story.new("User")).status == BAD_REQUEST:
            subject.domain = DOMAIN
            if story.post(users, story.new("User")).status != CREATED:
                subject.domain = ""
    return story.tidy()


def _unsuited(check: Check, features: frozenset[str]) -> str:
    """Why a check is not about a server with these features."""
    missing = [
        "no token of another tenant was given"
        if each == "tenant"
        else f"{SWITCHES.get(each, each)} is not advertised"
        for each in sorted(check.needs - features)
    ]
    needless = [f"{SWITCHES.get(each, each)} is advertised" for each in check.unless & features]
    return ", ".join([*missing, *needless])


def _run(subject: Subject, check: Check, examination: Examination) -> None:
    story = Story(subject, check.name)
    try:
        check.tale(story)
    except ReadOnly:  # What was asked for, and no fault: the rest stays unexamined.
        examination.omitted[check.name] = "they must write, and only reading is allowed"
    except Interrupted as fault:
        _interrupt(examination, story, str(fault))
    except JUNK as fault:
        _interrupt(examination, story, f"an answer is not made as expected: {fault!r}")
    finally:
        examination.left += story.tidy()
    examination.findings += story.findings


def _interrupt(examination: Examination, story: Story, reason: str) -> None:
    shown = tuple(story.exchanges[-SHOWN:])
    examination.interruptions.append(Interruption(story.check, reason, shown))
