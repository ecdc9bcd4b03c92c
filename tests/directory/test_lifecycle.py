"""The status machine: its table, and that there is nothing beside it."""

from itertools import product

import pytest

from scim_server.directory.accounts.lifecycle import (
    ON_ACTIVE,
    TRANSITIONS,
    Status,
    Step,
    initial,
    on_active,
    step,
)
from scim_server.protocol.errors import Conflict


@pytest.mark.parametrize(("taken", "after"), TRANSITIONS.items())
def test_a_step_of_the_table_is_taken(taken: tuple[Status, Step], after: Status) -> None:
    assert step(*taken) is after


@pytest.mark.parametrize("refused", sorted(set(product(Status, Step)) - TRANSITIONS.keys()))
def test_every_other_step_is_refused(refused: tuple[Status, Step]) -> None:
    with pytest.raises(Conflict):
        step(*refused)


@pytest.mark.parametrize("asked", sorted(ON_ACTIVE))
def test_active_is_a_step_of_the_table_or_none(asked: tuple[Status, bool]) -> None:
    event = on_active(*asked)
    assert event is ON_ACTIVE[asked]
    assert event is None or (asked[0], event) in TRANSITIONS


@pytest.mark.parametrize("refused", sorted(set(product(Status, (True, False))) - ON_ACTIVE.keys()))
def test_what_active_cannot_ask_for_is_a_conflict(refused: tuple[Status, bool]) -> None:
    with pytest.raises(Conflict):
        on_active(*refused)


@pytest.mark.parametrize("status", Status)
def test_active_false_never_leaves_an_account_active(status: Status) -> None:
    event = on_active(status, active=False)
    assert (status if event is None else step(status, event)) is not Status.ACTIVE


@pytest.mark.parametrize(
    ("active", "status"),
    [(True, Status.ACTIVE), (None, Status.ACTIVE), (False, Status.SUSPENDED)],
)
def test_a_new_account_is_active_unless_it_is_said_otherwise(
    active: bool | None, status: Status
) -> None:
    assert initial(active) is status


def test_from_nowhere_does_an_account_come_back_from_deprovisioned() -> None:
    assert not [before for before, _ in TRANSITIONS if before is Status.DEPROVISIONED]
