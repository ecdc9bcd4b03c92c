"""The report for people: one page that needs nothing else."""

import re
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.catalogue import LEVELS, Requirement
from conformance.check import registered
from conformance.features import SWITCHES
from conformance.findings import Examination, Verdict
from conformance.report.exchange import curl, pretty
from conformance.report.overview import (
    ALWAYS,
    DECIDED,
    NOTHING,
    answer,
    counts,
    omissions,
    parts,
    source,
)

BREAK = re.compile(r"(?<=[/._?&])")
CODE = re.compile(r"`([^`]+)`")
SECTION = re.compile(r"(\d{4}) §([\d.]*\d)")
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(examination: Examination, requirements: Mapping[str, Requirement]) -> str:
    """The page. Only the script and the style that bear its nonce can run in it."""
    sections = list(parts(examination, requirements))
    clients = examination.clients().values()
    titles = {check.name: check.title for check in registered()}
    return PAGES.get_template("page.html").render(
        examination=examination,
        requirements=requirements,
        parts=sections,
        totals=counts(examination.verdicts(requirements).values()),
        levels=_levels(examination, requirements),
        advertised=sorted(SWITCHES.get(each, each) for each in examination.features - {"tenant"}),
        omitted=omissions(examination),
        working=sum(1 for played in clients if answer(played) == "yes"),
        unseen=[each for each in requirements.values() if each.unseen],
        title_of=lambda check: titles.get(check, check),
        answer=answer,
        breakable=_breakable,
        curl=partial(curl, examination.base_url),
        pretty=pretty,
        prose=_prose,
        section=_section,
        source=source,
        nonce=secrets.token_urlsafe(16),
        ALWAYS=ALWAYS,
        NOTHING=NOTHING,
        Verdict=Verdict,
    )


def _levels(
    examination: Examination, requirements: Mapping[str, Requirement]
) -> Mapping[str, tuple[int, int]]:
    """How many requirements of each level passed, and how many were decided."""
    verdicts = examination.verdicts(requirements)
    found = {}
    for level in LEVELS:
        given = [verdict for id, verdict in verdicts.items() if requirements[id].level == level]
        passed = given.count(Verdict.PASSED)
        found[level] = (passed, sum(given.count(verdict) for verdict in DECIDED))
    return found


def _section(source: str) -> str | None:
    """Where the RFC can be read; None where the source is none."""
    found = SECTION.match(source)
    return found and f"https://www.rfc-editor.org/rfc/rfc{found[1]}#section-{found[2]}"


def _prose(text: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def _breakable(text: str) -> Markup:
    """A line may end where an address or the name of a check has a joint."""
    return Markup("<wbr>").join(BREAK.split(text))
