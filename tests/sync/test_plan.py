"""The plan is a function of two dicts: it could be tried in a REPL."""

from dataclasses import replace
from typing import Any

import pytest

from scim_server.directory.accounts import lifecycle
from scim_server.directory.accounts.lifecycle import Status
from scim_server.protocol.schema import Document
from scim_server.sync.mapping.names import Name
from scim_server.sync.plan import (
    SLICE,
    Current,
    Departure,
    Desired,
    Join,
    Move,
    Returning,
    departing,
    digest,
    joined,
    moved,
    said,
    switched,
)
from tests.protocol.shipped import REGISTRY

USERS, GROUPS = REGISTRY.kinds["User"], REGISTRY.kinds["Group"]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OWNED = ("userName", "displayName", f"{ENTERPRISE}:department")


def ada(**attributes: object) -> Desired:
    document: Document = {"userName": "ada", **attributes}
    return Desired("17", "uid=ada", "line 2", document, checked=document)


def stored(status: Status = Status.ACTIVE, **attributes: Any) -> Current:
    return Current("id-of-ada", 3, status, {"userName": "ada", "active": True, **attributes})


def test_who_is_not_there_joins() -> None:
    assert list(joined(ada())) == [Join(ada())]


def test_who_is_the_same_changes_in_nothing() -> None:
    [step] = moved(USERS, OWNED, ada(), stored())
    assert step == Move(ada(), stored())


def test_a_mover_is_told_attribute_by_attribute() -> None:
    before = stored(displayName="Ada B.", title="Countess")
    before.document[ENTERPRISE] = {"department": "R"}
    [step] = moved(USERS, OWNED, ada(displayName="Ada L."), before)
    assert step.changes == {
        "displayName": {"before": "Ada B.", "after": "Ada L."},
        f"{ENTERPRISE}:department": {"before": "R"},
    }


def test_what_the_source_does_not_write_is_left_alone() -> None:
    [step] = moved(USERS, OWNED, ada(), stored(nickName="Countess"))
    assert not step.changes


@pytest.mark.parametrize("status", Status)
def test_a_source_switches_off_whoever_can_get_in_or_soon_could(status: Status) -> None:
    is_in = status in (Status.ACTIVE, Status.LOCKED, Status.PENDING)
    expected = lifecycle.Step.SUSPEND if is_in else None
    assert switched(False, stored(status)) is expected


@pytest.mark.parametrize("status", Status)
def test_a_source_switches_on_only_whom_it_has_switched_off(status: Status) -> None:
    assert switched(True, stored(status)) is None
    expected = lifecycle.Step.REACTIVATE if status is Status.SUSPENDED else None
    assert switched(True, replace(stored(status), off=True)) is expected


def test_a_source_that_ceases_to_speak_of_it_brings_nobody_back_but_who_had_left() -> None:
    off = replace(stored(Status.SUSPENDED), off=True)
    assert switched(None, off) is None
    assert switched(None, replace(off, left=True)) is lifecycle.Step.REACTIVATE


@pytest.mark.parametrize("active", [True, None, False])
def test_no_status_leads_back_from_the_end(active: bool | None) -> None:
    with pytest.raises(Returning):
        switched(active, replace(stored(Status.DEPROVISIONED), left=True))


def test_a_large_group_that_loses_more_than_half_is_looked_at() -> None:
    everybody = {str(number): f"name-{number}" for number in range(40)}
    before = Current("id", 1, None, {"displayName": "Team"}, everybody)
    [half] = moved(GROUPS, (), team(*(f"name-{number}" for number in range(20))), before)
    [less] = moved(GROUPS, (), team(*(f"name-{number}" for number in range(19))), before)
    assert (half.takes, less.takes) == ("", "empty")


@pytest.mark.parametrize(
    ("status", "is_over", "then", "expected"),
    [
        (Status.ACTIVE, False, Departure.DELETE, Departure.SUSPEND),
        (Status.LOCKED, False, Departure.SUSPEND, Departure.SUSPEND),
        (Status.PENDING, False, Departure.DEPROVISION, Departure.SUSPEND),
        (Status.INACTIVE, False, Departure.DEPROVISION, Departure.NONE),
        (Status.SUSPENDED, False, Departure.DELETE, Departure.NONE),
        (Status.ACTIVE, True, Departure.SUSPEND, Departure.SUSPEND),
        (Status.SUSPENDED, True, Departure.SUSPEND, Departure.NONE),
        (Status.SUSPENDED, True, Departure.DEPROVISION, Departure.DEPROVISION),
        (Status.ACTIVE, True, Departure.DEPROVISION, Departure.DEPROVISION),
        (Status.DEPROVISIONED, True, Departure.DEPROVISION, Departure.NONE),
        (Status.DEPROVISIONED, True, Departure.DELETE, Departure.DELETE),
        (Status.SUSPENDED, True, Departure.DELETE, Departure.DELETE),
    ],
)
def test_a_leaver_is_out_at_once_and_gone_after_the_grace(
    status: Status, is_over: bool, then: Departure, expected: Departure
) -> None:
    assert departing(status, is_over, then) is expected


def team(*members: str) -> Desired:
    document = {"displayName": "Team"}
    return Desired("g1", "cn=team", "line 1", document, None, frozenset(members), document)


def test_members_come_by_name_and_go_by_id() -> None:
    before = Current("id", 1, None, {"displayName": "Team"}, {"1": "ada", "2": "bob", "3": None})
    [step] = moved(GROUPS, ("displayName", "members"), team("ada", "eve"), before)
    assert (step.added, step.removed) == (("eve",), ("2", "3"))
    assert step.takes == ""


def test_a_source_that_does_not_speak_of_members_changes_none() -> None:
    before = Current("id", 1, None, {"displayName": "Team"}, {"1": "ada"})
    [step] = moved(GROUPS, (), replace(team(), members=None), before)
    assert (step.added, step.removed) == ((), ())


def test_a_group_that_loses_everybody_counts_as_gone() -> None:
    before = Current("id", 1, None, {"displayName": "Team"}, {"1": "ada"})
    [step] = moved(GROUPS, (), team(), before)
    assert step.takes == "empty"


def test_a_group_that_names_others_instead_counts_too() -> None:
    """They may be nobody: names of before a move in the tree."""
    before = Current("id", 1, None, {"displayName": "Team"}, {"1": "ada", "2": "bob"})
    [step] = moved(GROUPS, (), team("eve", "zoe"), before)
    assert step.takes == "empty"


def test_a_large_group_comes_in_slices() -> None:
    names = [f"user-{number:06}" for number in range(2 * SLICE + 1)]
    steps = list(joined(team(*names)))
    assert [name for step in steps for name in step.added] == names
    assert [step.last for step in steps] == [False, False, True]
    assert [step.first for step in steps] == [True, False, False]
    again = moved(GROUPS, (), team(*names), Current("id", 1, None, {"displayName": "Team"}))
    assert [len(step.added) for step in again] == [SLICE, SLICE, 1]


def test_the_digest_is_of_what_is_said_in_whatever_order() -> None:
    one = said({"a": 1, "b": {"c": 2, "d": 3}}, None, ["x", "y"])
    assert one == said({"b": {"d": 3, "c": 2}, "a": 1}, None, {"y", "x"})
    others = [
        said({"a": 2, "b": {"c": 2, "d": 3}}, None, ["x", "y"]),
        said({"a": 1, "b": {"c": 2, "d": 3}}, False, ["x", "y"]),
        said({"a": 1, "b": {"c": 2, "d": 3}}, None, ["x"]),
        said({"a": 1, "b": {"c": 2, "d": 3}}, None, None),
    ]
    assert len({one, *others}) == 5


def test_the_digest_is_of_who_is_referred_to_and_not_of_their_names() -> None:
    one = said({"manager": {"value": Name("uid=eve")}}, None, None)
    assert one == said({"manager": {"value": Name("uid=eva")}}, None, None)
    assert one != said({"manager": {"value": "uid=eve"}}, None, None)
    assert len({digest(one, ids) for ids in (["1"], ["2"], [None], [])}) == 4
