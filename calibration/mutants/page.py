"""docs/mutants.md: the figure, who survived, and who was caught by what."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from calibration.mutants.trial import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutants.md"
ENOUGH = 0.95
"""Share of the mutants that the kit must catch."""
SHOWN = 6
"""Ids that a row of the table names; the rest are counted."""
PARTS = {
    "at_once": "Several clients at the same time",
    "attributes": "Attributes (RFC 7643 §2)",
    "bulk": "Bulk: jobs and results (RFC 7644 §3.7)",
    "characteristics": "Characteristics (RFC 7643 §7)",
    "common": "Schemas, extensions, common attributes (RFC 7643 §3)",
    "create": "Creating and reading (RFC 7644 §3.3, §3.4.1)",
    "credentials": "Credentials (RFC 7644 §2)",
    "cursors": "Cursors (RFC 9865)",
    "delete": "DELETE (RFC 7644 §3.6)",
    "discovery": "The configuration and the resource types (RFC 7643 §5, §6)",
    "errors": "Errors (RFC 7644 §3.12)",
    "filters": "Filters (RFC 7644 §3.4.2.2)",
    "group": "Groups and the enterprise user (RFC 7643 §4.2, §4.3)",
    "http": "HTTP and /Me (RFC 7644 §3.1, §3.8, §3.11)",
    "jobs": "Bulk: operations and references (RFC 7644 §3.7.2)",
    "operations": "PATCH: operations (RFC 7644 §3.5.2)",
    "paging": "Pages (RFC 7644 §3.4.2.4)",
    "patch": "PATCH: messages and elements (RFC 7644 §3.5.2)",
    "projection": "Projection (RFC 7644 §3.9)",
    "queries": "Lists and the base URL (RFC 7644 §3.4.2)",
    "replace": "PUT (RFC 7644 §3.5.1)",
    "schemas": "Schemas as published (RFC 7643 §7)",
    "search": "Queries by POST (RFC 7644 §3.4.3)",
    "security": "Security (RFC 7644 §7)",
    "sorting": "Order (RFC 7644 §3.4.2.3)",
    "tenants": "Tenants (RFC 7644 §6)",
    "texts": "Texts that are equal to people (RFC 7644 §5)",
    "user": "Users (RFC 7643 §4.1)",
    "versions": "Versions (RFC 7644 §3.14)",
}
WHY = {
    "a_refusal_tells_of_another_tenant": "A detail is free text, and an id tells little.",
    "cursors_can_be_forged": "One character in the middle is changed, and not each of them.",
    "cursors_end_after_five_seconds": "The kit waits for two seconds; who has it wait for longer"
    " learns more.",
    "links_have_the_internal_host": "Behind a proxy the examiner's host may be another than that of"
    " the links, and rightly so.",
    "the_config_can_be_deleted": "The kit sends no DELETE that would do harm where it succeeds.",
    "totals_count_the_deleted": "On a live tenant others come and go while everybody is counted.",
}
"""Why a survivor is not noticed."""
HEAD = """# Mutants

Does the conformance kit notice a fault? This server is broken in one way at a time, and the kit
is run against it over HTTP, as against any other. A mutant is caught when the kit reports a
requirement as failed that the unbroken server does not fail; a check that breaks off does not
count. What an RFC leaves to the server is no fault, and no mutant.

{figure}

```
python -m calibration.mutants
```

tries every mutant and writes this page; `python -m calibration.mutants NAME…` tries those, and
tells. The checks of the requirements that a mutant breaks come first; where they report nothing,
it meets every other check too. `tests/calibration/test_mutants.py` tries all of them in each run of
the tests.

## Survivors

{survivors}

## All of them

`*`: reported under a requirement other than those that it breaks by design.
"""


def render(outcomes: Sequence[Outcome]) -> str:
    """The page. Those of one part must follow one another."""
    survivors = [each.mutant for each in outcomes if not each.caught]
    told = "\n".join(
        f"* `{each.name}`: {each.broken} {WHY.get(each.name, '')}" for each in survivors
    )
    head = HEAD.format(figure=figure(outcomes), survivors=told or "None.")
    return head + "".join(_part(part, list(rows)) for part, rows in groupby(outcomes, _part_of))


def figure(outcomes: Sequence[Outcome]) -> str:
    """How many were caught, in a sentence."""
    caught = sum(bool(each.caught) for each in outcomes)
    share = 100 * caught / len(outcomes)
    return f"**{caught} of {len(outcomes)} mutants are caught: {share:.1f} %.**"


def is_enough(outcomes: Sequence[Outcome]) -> bool:
    """Whether the kit caught as many as it must."""
    return sum(bool(each.caught) for each in outcomes) >= ENOUGH * len(outcomes)


def _part_of(outcome: Outcome) -> str:
    return outcome.mutant.part


def _part(part: str, rows: Iterable[Outcome]) -> str:
    lines = "".join(
        f"| `{each.mutant.name}` | {_cell(each.mutant.broken)} | {_ids(each)} |\n" for each in rows
    )
    return f"\n### {PARTS[part]}\n\n| Mutant | What is broken | Caught by |\n|---|---|---|\n{lines}"


def _ids(outcome: Outcome) -> str:
    if not outcome.caught:
        return "**survived**"
    wanted = outcome.mutant.expected
    ids = sorted(outcome.caught, key=lambda id: (id not in wanted, id))
    rest = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + rest + ("" if outcome.expected else " *")


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
