"""Named tolerances in PATCH: what they let pass, and what stays refused."""

from copy import deepcopy

import pytest

from scim_server.protocol.errors import InvalidPath, NoTarget, ScimError, TooLarge
from scim_server.protocol.messages import parse_patch
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.patch.members import MemberChange, RemoveMembers
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.tolerance.patch import relax_patch
from tests.protocol.tolerance_cases import (
    CORE,
    ENT,
    ENVELOPES,
    GROUP,
    MEMBERS,
    OTHERWISE,
    PATCHES,
    USER,
    message,
    op,
)


@pytest.mark.parametrize(("operations", "changes", "name"), [*PATCHES, *OTHERWISE])
@pytest.mark.proves("IOP-003", "IOP-004", "IOP-005", "IOP-006")
def test_a_tolerated_patch_means_the_standard_one(
    user: ResourceType, operations: list[Document], changes: Document, name: str
) -> None:
    body, used = message(*operations), set[str]()
    sent = deepcopy(body)
    after = apply(user, USER, relax_patch(user, body, used)).document
    expected = {**USER, **changes}
    assert after == {k: v for k, v in expected.items() if v is not None}
    assert used == {name}
    assert body == sent


@pytest.mark.parametrize("operations", [operations for operations, *_ in PATCHES])
def test_strict_mode_refuses_it(user: ResourceType, operations: list[Document]) -> None:
    with pytest.raises(ScimError) as refusal:
        apply(user, USER, parse_patch(message(*operations)))
    assert refusal.value.status == 400


@pytest.mark.parametrize(("body", "name"), ENVELOPES)
def test_an_envelope_is_mended(user: ResourceType, body: Document, name: str) -> None:
    used = set[str]()
    assert apply(user, USER, relax_patch(user, body, used)).document == {**USER, "title": "B"}
    assert used == {name}


STANDARD = [
    [op("add", "emails", {"value": "n@x"})],
    [op("add", None, {"name": {"givenName": "K"}, ENT: {"department": "D"}})],
    [op("replace", "emails.display", "D"), {"op": "remove", "path": "emails.type"}],
    [{"op": "remove", "path": 'emails[type eq "home"]'}, op("replace", "title", None)],
    [op("replace", f"{ENT}:manager", {"value": "7"}), {"op": "remove", "path": ENT}],
    [op("replace", 'emails[display eq "primary eq \\"True\\"" or type pr].display', "D")],
]


@pytest.mark.parametrize("operations", STANDARD)
def test_a_standard_patch_needs_no_tolerance(
    user: ResourceType, operations: list[Document]
) -> None:
    used = set[str]()
    tolerant = relax_patch(user, message(*operations), used)
    assert apply(user, USER, tolerant) == apply(user, USER, parse_patch(message(*operations)))
    assert used == set()


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        (op("replace", 'ims[type eq "work"].value', "x"), NoTarget),
        (op("Add", 'ims[type sw "work"].value', "x"), NoTarget),
        (op("Add", 'ims[type eq "a" or type eq "b"].value', "x"), NoTarget),
        (op("Add", f'{CORE}:ims[type eq "a"].foo', "x"), InvalidPath),
        (op("Replace", "companyName", "x"), InvalidPath),
        (op("Replace", "emails[", "x"), ScimError),
        ({"op": "remove"}, NoTarget),
        (op("remove", "foo", "x"), ScimError),
        (op("remove", "emails", [{}]), ScimError),
        (op("remove", "emails", [5]), ScimError),
        (op("Add", "roles", ['{"value":']), ScimError),
        (op("add", None, "x"), ScimError),
        (op("add", "emails", 5), ScimError),
        (op("add", ENT, 5), ScimError),
        ("x", ScimError),
    ],
)
def test_what_no_tolerance_covers_is_refused(
    user: ResourceType, operation: object, refusal: type[ScimError]
) -> None:
    with pytest.raises(refusal):
        # "{" alone is a value like any other until it is checked: hence the second operation.
        bad = op("replace", "title", 5)
        apply(user, USER, relax_patch(user, message(operation, bad), set()))


@pytest.mark.parametrize("body", [[], {"Operations": "x"}, message(*["x"] * 2)])
def test_a_body_that_is_no_patch_is_refused(user: ResourceType, body: object) -> None:
    with pytest.raises(ScimError):
        relax_patch(user, body, set())


def test_the_limits_hold(user: ResourceType) -> None:
    with pytest.raises(TooLarge):
        relax_patch(user, message(*[op("Add", "title", "x")] * 1001), set())


@pytest.mark.parametrize(("operation", "change", "name"), MEMBERS)
@pytest.mark.proves("IOP-002")
def test_members_are_patched_as_clients_mean_it(
    group: ResourceType, operation: Document, change: MemberChange, name: str
) -> None:
    used = set[str]()
    result = apply(group, GROUP, relax_patch(group, message(operation), used))
    assert result.member_changes == (change,)
    assert name in used
    with pytest.raises(ScimError):
        apply(group, GROUP, parse_patch(message(operation)))


@pytest.mark.proves("IOP-002")
def test_a_long_list_of_removals_stays_within_the_limits_of_a_filter(group: ResourceType) -> None:
    listed = [{"value": str(number)} for number in range(250)]
    body = message(op("remove", "members", listed), op("remove", "members", []))
    changes = apply(group, GROUP, relax_patch(group, body, set())).member_changes
    ids = [id for change in changes if isinstance(change, RemoveMembers) for id in change.ids]
    assert ids == [element["value"] for element in listed]


def test_listed_simple_values_are_removed(device: ResourceType) -> None:
    document = {
        "schemas": [device.schema.id],
        "displayName": "d",
        "serialNumber": "s",
        "tags": ["a", "b"],
    }
    body = message(op("Remove", "tags", ["a"]))
    assert apply(device, document, relax_patch(device, body, set())).document["tags"] == ["b"]


def test_a_member_filter_in_an_add_may_not_be_another_filter(group: ResourceType) -> None:
    for path in ('members[type eq "User"]', 'members[value eq "a"].display', "members["):
        with pytest.raises(ScimError):
            relax_patch(group, message({"op": "add", "path": path}), set())
