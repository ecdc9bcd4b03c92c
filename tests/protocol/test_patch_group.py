"""PATCH of groups: members become records of what to do (RFC 7644 §3.5.2)."""

import pytest

from scim_server.protocol.bind import Compare
from scim_server.protocol.errors import InvalidPath, InvalidValue, NotMutable, ScimError
from scim_server.protocol.messages import PATCH_SCHEMA, parse_patch
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.patch.members import (
    AddMembers,
    ClearMembers,
    MemberChange,
    RemoveMembers,
    RemoveMembersWhere,
    SetMembers,
)
from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.patched import add, patched, proves, remove, replace

GROUP: Document = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    "displayName": "Tour Guides",
}


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        pytest.param(add("members", [{"value": "a"}, {"VALUE": "b", "$ref": None}, {"value": "a"}]),
                     AddMembers(("a", "b")), marks=proves("PAT-021", "PAT-023", "PAT-041")),
        pytest.param(add("members", {"value": "a"}), AddMembers(("a",)), marks=proves("PAT-021")),
        pytest.param(add(None, {"members": [{"value": "a", "display": "A", "type": "User"}]}),
                     AddMembers(("a",)), marks=proves("PAT-020")),
        pytest.param(remove("members"), ClearMembers(), marks=proves("PAT-027")),
        pytest.param(remove('members[value eq "a"]'), RemoveMembers(("a",)),
                     marks=proves("PAT-028", "PAT-029")),
        pytest.param(remove('members[value eq "a" or VALUE eq "b"]'), RemoveMembers(("a", "b")),
                     marks=proves("PAT-028")),
        pytest.param(replace("members", [{"value": "a"}]), SetMembers(("a",)),
                     marks=proves("PAT-032")),
        pytest.param(replace("members", []), ClearMembers(), marks=proves("PAT-037")),
        pytest.param(replace(None, {"Members": None}), ClearMembers(), marks=proves("PAT-037")),
    ],
)  # fmt: skip
@pytest.mark.proves("GRP-006")
def test_members_become_records_of_what_to_do(
    group: ResourceType, operation: Document, change: MemberChange
) -> None:
    message = {"schemas": [PATCH_SCHEMA], "Operations": [operation]}
    result = apply(group, GROUP, parse_patch(message))
    assert result.member_changes == (change,)
    assert result.document == GROUP


@pytest.mark.proves("PAT-028")
@pytest.mark.parametrize(
    "selection", ['type eq "User"', 'value ne "a"', 'value eq "a" or display sw "b"']
)
def test_any_other_selection_of_members_is_left_to_the_store(
    group: ResourceType, selection: str
) -> None:
    message = {"schemas": [PATCH_SCHEMA], "Operations": [remove(f"members[{selection}]")]}
    [change] = apply(group, GROUP, parse_patch(message)).member_changes
    assert isinstance(change, RemoveMembersWhere)


def test_a_selection_of_members_is_bound(group: ResourceType) -> None:
    message = {"schemas": [PATCH_SCHEMA], "Operations": [remove('members[type eq "User"]')]}
    [change] = apply(group, GROUP, parse_patch(message)).member_changes
    assert isinstance(change, RemoveMembersWhere)
    assert isinstance(change.where, Compare)
    assert (change.where.path.text, change.where.key) == ("members.type", "user")


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        pytest.param(replace('members[value eq "a"].value', "b"), NotMutable,
                     marks=proves("GRP-006")),
        pytest.param(replace('members[value eq "a"]', {"value": "b"}), NotMutable,
                     marks=proves("GRP-006")),
        pytest.param(remove("members.value"), NotMutable, marks=proves("GRP-006")),
        pytest.param(remove('members[value eq "a"].displayName'), InvalidPath,
                     marks=proves("PAT-040")),
        pytest.param(add("members", [{}]), InvalidValue, marks=proves("GRP-007")),
        pytest.param(add("members", [{"value": ""}]), InvalidValue, marks=proves("GRP-007")),
        pytest.param(add("members", [{"display": "A"}]), InvalidValue, marks=proves("GRP-007")),
        pytest.param(add("members", [None]), InvalidValue, marks=proves("IOP-010")),
        pytest.param(add("members", "a"), InvalidValue, marks=proves("PAT-038")),
        pytest.param(add("members", [{"value": 1}]), InvalidValue, marks=proves("PAT-038")),
        pytest.param(replace("members", {"value": "a"}), InvalidValue, marks=proves("PAT-038")),
        pytest.param({"op": "remove", "path": "members", "value": [{"value": "a"}]}, InvalidValue,
                     marks=proves("IOP-002")),
        pytest.param(remove("displayName"), NotMutable, marks=proves("PAT-030", "GRP-002")),
    ],
)  # fmt: skip
def test_what_a_group_refuses(
    group: ResourceType, operation: Document, refusal: type[ScimError]
) -> None:
    with pytest.raises(refusal):
        patched(group, GROUP, operation)


def test_operations_on_members_keep_their_order(group: ResourceType) -> None:
    message = {
        "schemas": [PATCH_SCHEMA],
        "Operations": [
            add("members", [{"value": "a"}]),
            replace("displayName", "Guides"),
            remove('members[value eq "a"]'),
        ],
    }
    result = apply(group, GROUP, parse_patch(message))
    assert result.member_changes == (AddMembers(("a",)), RemoveMembers(("a",)))
    assert result.document == {**GROUP, "displayName": "Guides"}
