"""The kit notices: each mutant of our server is reported, and the unbroken one is not."""

from collections.abc import Iterator

import pytest

from calibration.mutants import breaks
from calibration.mutants.mutant import Mutant, registered
from calibration.mutants.page import ENOUGH, PAGE, PARTS, WHY
from calibration.mutants.stage import Stage, stage
from calibration.mutants.trial import Failed, deciding, failed, is_caught
from conformance import check, checks
from conformance.catalogue import catalogue
from tests.test_requirements import excuses

breaks.load()
checks.load()
MUTANTS = registered()
SURVIVORS: frozenset[str] = frozenset(
    {
        "a_refusal_tells_of_another_tenant",
        "cursors_can_be_forged",
        "cursors_end_after_five_seconds",
        "links_have_the_internal_host",
        "the_config_can_be_deleted",
        "totals_count_the_deleted",
    }
)
"""Mutants that the kit does not notice. It may only shrink."""
MANY = 70


@pytest.fixture(scope="session")
def running() -> Iterator[Stage]:
    """Our server, one for all mutants: each gets tenants of its own."""
    with stage() as server:
        yield server


@pytest.fixture(scope="session")
def excused(running: Stage) -> Failed:
    """What the unbroken server fails of that for which it has an excuse."""
    ids = {id for id, _ in excuses()}
    return failed(running, [each for each in check.registered() if set(each.proves) & ids], None)


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_caught(running: Stage, excused: Failed, mutant: Mutant) -> None:
    caught = is_caught(running, check.registered(), mutant, excused)
    assert caught != (mutant.name in SURVIVORS)


def test_the_unbroken_server_fails_nothing_of_that(running: Stage) -> None:
    decided = {id for mutant in MUTANTS.values() for id in mutant.expected}
    deciding_checks = [each for each in check.registered() if set(each.proves) & decided]
    assert failed(running, deciding_checks, None) <= {id for id, _ in excuses()}


def test_there_are_many_and_few_survive() -> None:
    assert len(MUTANTS) >= MANY
    assert MUTANTS.keys() >= SURVIVORS
    assert len(SURVIVORS) <= (1 - ENOUGH) * len(MUTANTS)


def test_every_mutant_breaks_what_is_required_and_examined() -> None:
    for mutant in MUTANTS.values():
        assert mutant.expected and set(mutant.expected) <= catalogue().keys(), mutant.name
        assert deciding(mutant, check.registered()), mutant.name
        assert mutant.broken.strip().endswith("."), mutant.name


def test_the_page_names_every_mutant_and_who_survived() -> None:
    told = PAGE.read_text(encoding="utf-8")
    survivors = told.partition("\n## Survivors\n")[2].partition("\n## ")[0]
    assert {name for name in MUTANTS if f"* `{name}`" in survivors} == SURVIVORS
    assert [name for name in MUTANTS if f"| `{name}` |" not in told] == []
    caught = len(MUTANTS) - len(SURVIVORS)
    assert f"**{caught} of {len(MUTANTS)} mutants are caught" in told


def test_every_survivor_has_a_reason() -> None:
    assert WHY.keys() == SURVIVORS


def test_every_part_has_a_title() -> None:
    assert {mutant.part for mutant in MUTANTS.values()} == PARTS.keys()
