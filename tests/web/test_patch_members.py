"""PATCH: the members of a group (RFC 7644 §3.5.2, RFC 7643 §4.2)."""

from typing import Any

import pytest

from tests.application import Scim, error
from tests.web.event_log import events


def members(scim: Scim, group: str) -> list[str]:
    """The ids of the group's members, as a GET shows them."""
    shown = scim.get(f"/Groups/{group}").get_json(force=True)["members"]
    return [member["value"] for member in shown]


def add(*ids: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": id} for id in ids]}


def remove(*ids: str) -> dict[str, Any]:
    selection = " or ".join(f'value eq "{id}"' for id in ids)
    return {"op": "remove", "path": f"members[{selection}]"}


def replace(*ids: str) -> dict[str, Any]:
    return {"op": "replace", "path": "members", "value": [{"value": id} for id in ids]}


CLEAR = {"op": "remove", "path": "members"}
OUTCOMES = [
    pytest.param([add("c")], "abc", marks=pytest.mark.proves("PAT-021")),
    pytest.param([add("a", "c")], "abc", marks=pytest.mark.proves("PAT-023")),
    pytest.param([remove("a")], "b", marks=pytest.mark.proves("PAT-028")),
    pytest.param([remove("a", "b")], "", marks=pytest.mark.proves("PAT-028")),
    pytest.param([remove("c")], "ab", marks=pytest.mark.proves("PAT-029")),
    pytest.param([CLEAR], "", marks=pytest.mark.proves("PAT-027")),
    pytest.param([replace("b", "c")], "bc", marks=pytest.mark.proves("PAT-032")),
    pytest.param([replace()], "", marks=pytest.mark.proves("PAT-037")),
    pytest.param([CLEAR, add("c")], "c", marks=pytest.mark.proves("PAT-004")),
    pytest.param([add("c"), CLEAR], "", marks=pytest.mark.proves("PAT-004")),
    pytest.param([add("c"), remove("a"), add("a"), remove("b")], "ac",
                 marks=pytest.mark.proves("PAT-004")),
]  # fmt: skip


def with_ids(operation: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """The operation on real ids in place of letters."""
    path = operation["path"]
    for letter, id in ids.items():
        path = path.replace(f'"{letter}"', f'"{id}"')
    value = [{"value": ids[member["value"]]} for member in operation.get("value", [])]
    return {**operation, "path": path} | ({"value": value} if "value" in operation else {})


@pytest.mark.parametrize(("operations", "left"), OUTCOMES)
def test_members_come_and_go(strict: Scim, operations: list[dict[str, Any]], left: str) -> None:
    ids = {letter: strict.user()["id"] for letter in "abc"}
    group = strict.group(ids["a"], ids["b"])["id"]
    response = strict.patch(f"/Groups/{group}", *(with_ids(o, ids) for o in operations))
    assert response.status_code == 200
    assert sorted(members(strict, group)) == sorted(ids[letter] for letter in left)


IDLE = [
    [add("a")],
    [remove("c")],
    [replace("b", "a")],
    [add("c"), remove("c")],
    [remove("a"), add("a")],
    [CLEAR, add("b", "a")],
    [replace("c"), replace("a", "b")],
]


@pytest.mark.proves("PAT-025")
@pytest.mark.parametrize("operations", IDLE)
def test_members_that_are_the_same_in_the_end_are_no_change(
    strict: Scim, operations: list[dict[str, Any]]
) -> None:
    ids = {letter: strict.user()["id"] for letter in "abc"}
    group = strict.group(ids["a"], ids["b"])
    noted = len(events(strict))
    response = strict.patch(f"/Groups/{group['id']}", *(with_ids(o, ids) for o in operations))
    assert response.get_json(force=True)["meta"] == group["meta"]
    assert len(events(strict)) == noted


def test_an_event_names_the_net_effect(strict: Scim) -> None:
    ids = {letter: strict.user()["id"] for letter in "abc"}
    group = strict.group(ids["a"], ids["b"])["id"]
    operations = [replace("c"), add("a"), remove("c"), add("c")]
    strict.patch(f"/Groups/{group}", *(with_ids(o, ids) for o in operations))
    change = events(strict, group)[-1].changes["members"]
    assert change == {"added": [ids["c"]], "removed": [ids["b"]]}


@pytest.mark.proves("PAT-005")
def test_a_failing_operation_undoes_the_membership_changes_before_it(strict: Scim) -> None:
    one, other = strict.user()["id"], strict.user()["id"]
    group = strict.group(one)["id"]
    before = strict.get(f"/Groups/{group}").data
    assert error(strict.patch(f"/Groups/{group}", add(other), remove(one), add("ghost"))) == (
        400,
        "invalidValue",
    )
    assert strict.get(f"/Groups/{group}").data == before


def test_unknown_members_are_named(strict: Scim) -> None:
    response = strict.patch(f"/Groups/{strict.group()['id']}", add("ghost-1", "ghost-2"))
    assert error(response) == (400, "invalidValue")
    assert {"ghost-1", "ghost-2"} <= set(response.get_json(force=True)["detail"].split('"'))


def test_a_member_of_another_tenant_is_unknown(strict: Scim) -> None:
    stranger = strict.application.scim().user()["id"]
    response = strict.patch(f"/Groups/{strict.group()['id']}", add(stranger))
    assert error(response) == (400, "invalidValue")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_group_never_comes_to_contain_itself(strict: Scim, depth: int) -> None:
    top = inner = strict.group()["id"]
    for _ in range(depth):
        outer = inner
        inner = strict.group()["id"]
        assert strict.patch(f"/Groups/{outer}", add(inner)).status_code == 200
    assert error(strict.patch(f"/Groups/{inner}", add(top))) == (400, "invalidValue")
    assert members(strict, inner) == []


@pytest.mark.proves("PAT-040")
def test_a_path_to_a_part_of_a_member_that_it_does_not_have_is_refused(strict: Scim) -> None:
    user = strict.user()["id"]
    group = strict.group(user)["id"]
    path = f'members[value eq "{user}"].displayName'
    for op in ("add", "replace", "remove"):
        operation = {"op": op, "path": path} | ({} if op == "remove" else {"value": "x"})
        status, scim_type = error(strict.patch(f"/Groups/{group}", operation))
        assert (status, scim_type in ("invalidPath", "noTarget")) == (400, True)


@pytest.mark.proves("IOP-002")
def test_a_removal_with_a_list_removes_those_or_is_refused_and_never_wipes_the_group(
    scim: Scim, strict: Scim
) -> None:
    for client in (scim, strict):
        stays, goes = client.user()["id"], client.user()["id"]
        group = client.group(stays, goes)["id"]
        operation = {"op": "remove", "path": "members", "value": [{"value": goes}]}
        response = client.patch(f"/Groups/{group}", operation)
        expected = (200, [stays]) if client is scim else (400, sorted([stays, goes]))
        assert (response.status_code, sorted(members(client, group))) == expected


@pytest.mark.proves("PAT-006", "PAT-041")
def test_a_large_group_is_patched_by_many_operations_and_not_shown(scim: Scim) -> None:
    ids = [scim.user()["id"] for _ in range(101)]
    group = scim.group(*ids[:-1])["id"]
    small = scim.patch(f"/Groups/{group}", remove(ids[0]))
    assert (small.status_code, len(small.get_json(force=True)["members"])) == (200, 99)
    large = scim.patch(f"/Groups/{group}", add(ids[0]), add(ids[-1]))
    assert (large.status_code, large.data) == (204, b"")
    assert large.headers["ETag"] == scim.get(f"/Groups/{group}").headers["ETag"]
    asked = scim.patch(
        f"/Groups/{group}", remove(ids[0]), query={"attributes": "displayName,members"}
    )
    assert (asked.status_code, len(asked.get_json(force=True)["members"])) == (200, 100)


@pytest.mark.proves("PAT-041")
def test_one_patch_takes_a_thousand_operations(scim: Scim) -> None:
    ids = [scim.user()["id"] for _ in range(20)]
    group = scim.group()["id"]
    operations = [operation for id in ids for operation in (add(id), remove(id))] * 25
    assert scim.patch(f"/Groups/{group}", *operations[:-1]).status_code == 200
    assert members(scim, group) == [ids[-1]]


def test_members_are_added_and_removed_without_a_path(strict: Scim) -> None:
    user = strict.user()["id"]
    group = strict.group()["id"]
    joined = {"op": "add", "value": {"members": [{"value": user}], "displayName": "New"}}
    assert strict.patch(f"/Groups/{group}", joined).get_json(force=True)["displayName"] == "New"
    assert members(strict, group) == [user]
    left = {"op": "replace", "value": {"members": []}}
    strict.patch(f"/Groups/{group}", left)
    assert members(strict, group) == []
