"""PATCH on documents: each operation of RFC 7644 §3.5.2, and what it must refuse."""

from copy import deepcopy

import pytest

from scim_server.protocol.bind import Compare
from scim_server.protocol.errors import (
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    NoTarget,
    NotMutable,
    ScimError,
)
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
from scim_server.protocol.schema import Attribute, Document, Mutability, ResourceType, Schema, Type

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"

WORK = {"value": "w@x", "type": "work", "primary": True}
HOME = {"value": "h@x", "type": "home"}
NAME = {"familyName": "Berg", "givenName": "Bo"}
USER: Document = {
    "schemas": [CORE],
    "userName": "bo",
    "name": NAME,
    "title": "Clerk",
    "active": True,
    "emails": [WORK, HOME],
}
WITH_ENT: Document = {
    **USER,
    "schemas": [CORE, ENT],
    ENT: {"department": "Tours", "manager": {"value": "7"}},
}
DEVICE: Document = {
    "displayName": "Printer",
    "serialNumber": "S1",
    "tags": ["old", "red"],
    "location": {"site": "Oslo", "floor": 2},
    "interfaces": [{"value": "eth0", "type": "lan"}],
}
VIEW: Document = {"id": "u1", "meta": {"resourceType": "User"}, "groups": [{"value": "g1"}]}


def add(path: str | None, value: object) -> Document:
    return _operation("add", path, value)


def replace(path: str | None, value: object) -> Document:
    return _operation("replace", path, value)


def remove(path: str) -> Document:
    return {"op": "remove", "path": path}


def _operation(op: str, path: str | None, value: object) -> Document:
    return {"op": op, "value": value} | ({} if path is None else {"path": path})


def patched(kind: ResourceType, document: Document, *operations: Document) -> Document:
    message = {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}
    return apply(kind, document, parse_patch(message), VIEW).document


def proves(*ids: str) -> pytest.MarkDecorator:
    return pytest.mark.proves(*ids)


def demoted(element: Document) -> Document:
    return element | {"primary": False}


CHANGES = [
    # Without path: every attribute of the value by itself.
    pytest.param(
        [add(None, {"nickName": "B", "emails": [{"value": "n@x"}]})],
        {"nickName": "B", "emails": [WORK, HOME, {"value": "n@x"}]},
        marks=proves("PAT-020"),
    ),
    pytest.param(
        [replace(None, {"NickName": "B", "emails": [{"value": "n@x"}]})],
        {"nickName": "B", "emails": [{"value": "n@x"}]},
        marks=proves("PAT-031", "ATT-001"),
    ),
    pytest.param(
        [replace(None, {"active": False})], {"active": False}, marks=proves("IOP-007")
    ),
    pytest.param(
        [replace(None, {"id": "u1", "groups": [{"value": "g1"}], "title": "Chief"})],
        {"title": "Chief"},
        marks=proves("PAT-016"),
    ),
    pytest.param([add(None, {"schemas": [CORE], "name": {"middleName": "J"}})],
                 {"name": {**NAME, "middleName": "J"}}),
    # add (§3.5.2.1).
    pytest.param([add("title", "Chief")], {"title": "Chief"}, marks=proves("PAT-021")),
    pytest.param([add("emails", [{"value": "n@x"}])], {"emails": [WORK, HOME, {"value": "n@x"}]},
                 marks=proves("PAT-021")),
    pytest.param([add("emails", {"value": "n@x"})], {"emails": [WORK, HOME, {"value": "n@x"}]},
                 marks=proves("PAT-021")),
    pytest.param([add("EMAILS", [HOME])], {}, marks=proves("PAT-023", "PAT-025", "ATT-021")),
    pytest.param([add("emails", [{**HOME, "display": "H"}])],
                 {"emails": [WORK, {**HOME, "display": "H"}]}, marks=proves("ATT-021")),
    pytest.param([add("name", {"middleName": "J"})], {"name": {**NAME, "middleName": "J"}},
                 marks=proves("PAT-022")),
    pytest.param([remove("name"), add("name.middleName", "J")], {"name": {"middleName": "J"}},
                 marks=proves("PAT-022", "PAT-004")),
    pytest.param([add('emails[type eq "home"].display', "H")],
                 {"emails": [WORK, {**HOME, "display": "H"}]}, marks=proves("PAT-024")),
    pytest.param([add('emails[type eq "home"]', {"display": "H"})],
                 {"emails": [WORK, {**HOME, "display": "H"}]}, marks=proves("PAT-024")),
    # remove (§3.5.2.2).
    pytest.param([remove("title")], {"title": None}, marks=proves("PAT-027")),
    pytest.param([remove("emails")], {"emails": None}, marks=proves("PAT-027")),
    pytest.param([remove("name.givenName")], {"name": {"familyName": "Berg"}}),
    pytest.param([remove("name.givenName"), remove("name.familyName")], {"name": None}),
    pytest.param([remove('emails[type eq "work"]')], {"emails": [HOME]}, marks=proves("PAT-028")),
    pytest.param([remove('emails[value ew "@x"]')], {"emails": None}, marks=proves("PAT-028")),
    pytest.param([remove('emails[type eq "home"].type')], {"emails": [WORK, {"value": "h@x"}]},
                 marks=proves("PAT-028")),
    pytest.param([remove("emails.type"), remove('emails[value eq "h@x"].value')],
                 {"emails": [{"value": "w@x", "primary": True}]}),
    pytest.param([remove('emails[type eq "none"]'), remove("nickName"), remove("ims.value")], {},
                 marks=proves("PAT-029", "PAT-025")),
    # replace (§3.5.2.3).
    pytest.param([replace("title", "Chief")], {"title": "Chief"}, marks=proves("PAT-032")),
    pytest.param([replace("emails", [HOME])], {"emails": [HOME]}, marks=proves("PAT-032")),
    pytest.param([replace("name", {"GivenName": "X"})], {"name": {**NAME, "givenName": "X"}},
                 marks=proves("PAT-033")),
    pytest.param([replace("name", {"givenName": None})], {"name": {"familyName": "Berg"}},
                 marks=proves("PAT-033", "PAT-037")),
    pytest.param([replace("nickName", "B")], {"nickName": "B"}, marks=proves("PAT-034")),
    pytest.param([replace("ims", [{"value": "i"}])], {"ims": [{"value": "i"}]},
                 marks=proves("PAT-034")),
    pytest.param([replace('emails[value ew "@x"].display', "D")],
                 {"emails": [{**WORK, "display": "D"}, {**HOME, "display": "D"}]},
                 marks=proves("PAT-035")),
    pytest.param([replace('emails[type eq "home"]', {"value": "n@x"})],
                 {"emails": [WORK, {"value": "n@x"}]}, marks=proves("PAT-035")),
    pytest.param([replace("emails.display", "D")],
                 {"emails": [{**WORK, "display": "D"}, {**HOME, "display": "D"}]}),
    pytest.param([replace("phoneNumbers.value", "1")], {"phoneNumbers": [{"value": "1"}]},
                 marks=proves("PAT-034")),
    pytest.param([replace("title", None), replace("emails", [])], {"title": None, "emails": None},
                 marks=proves("PAT-037", "ATT-024")),
    pytest.param([replace('emails[type eq "home"]', None)], {"emails": [WORK]}),
    # primary.
    pytest.param([add("emails", [{"value": "n@x", "primary": True}])],
                 {"emails": [demoted(WORK), HOME, {"value": "n@x", "primary": True}]},
                 marks=proves("PAT-018")),
    pytest.param([replace('emails[type eq "home"].primary', True)],
                 {"emails": [demoted(WORK), {**HOME, "primary": True}]}, marks=proves("PAT-018")),
    pytest.param([add("emails", [{**HOME, "primary": True}])],
                 {"emails": [demoted(WORK), {**HOME, "primary": True}]}, marks=proves("PAT-018")),
    pytest.param(
        [add("emails", [{"value": v, "primary": True}]) for v in ("1@x", "2@x")],
        {"emails": [demoted(WORK), HOME, {"value": "1@x", "primary": False},
                    {"value": "2@x", "primary": True}]},
        marks=proves("PAT-019"),
    ),
    # schemas and extensions.
    pytest.param([add(f"{ENT}:employeeNumber", "1")], {ENT: {"employeeNumber": "1"}},
                 marks=proves("PAT-009", "PAT-011", "RES-005")),
    pytest.param([add(f"{ENT.upper()}:manager.value", "7")], {ENT: {"manager": {"value": "7"}}},
                 marks=proves("PAT-009")),
    pytest.param([replace(f"{CORE}:name.givenName", "X")], {"name": {**NAME, "givenName": "X"}},
                 marks=proves("PAT-009")),
    pytest.param([add(None, {ENT: {"Department": "D"}})], {ENT: {"department": "D"}},
                 marks=proves("PAT-011", "PAT-020")),
    pytest.param([add(ENT, {"department": "D"})], {ENT: {"department": "D"}},
                 marks=proves("PAT-010")),
    pytest.param([add(ENT, {"department": "D"}), remove(ENT)], {}, marks=proves("PAT-010")),
    pytest.param([add(ENT, {"department": "D"}), remove(f"{ENT}:department")], {},
                 marks=proves("RES-005")),
    pytest.param([add("schemas", [ENT]), remove(f'schemas eq "{ENT}"')], {},
                 marks=proves("PAT-012", "PAT-013")),
    pytest.param([replace("schemas", [CORE.upper()])], {}, marks=proves("PAT-012")),
    pytest.param([add(f"{BADGE}:nicknames", ["a", "b"]), remove(f'{BADGE}:nicknames eq "a"')],
                 {BADGE: {"nicknames": ["b"]}}, marks=proves("PAT-013")),
    # A secret is judged and forgotten.
    pytest.param([replace("password", "t1meMa$heen"), remove("password")], {},
                 marks=proves("USR-009")),
]  # fmt: skip


@pytest.mark.parametrize(("operations", "changes"), CHANGES)
def test_operations_change_what_they_name(
    user: ResourceType, operations: list[Document], changes: Document
) -> None:
    before = deepcopy(USER)
    urns = [urn for urn in (CORE, ENT, BADGE) if urn in {CORE, *changes}]
    expected = {**USER, "schemas": urns, **changes}
    assert patched(user, before, *operations) == {
        k: v for k, v in expected.items() if v is not None
    }
    assert before == USER


REFUSALS = [
    pytest.param({"op": "remove"}, NoTarget, marks=proves("PAT-026")),
    pytest.param({"op": "remove", "value": {"title": "Clerk"}}, NoTarget, marks=proves("PAT-026")),
    pytest.param(replace('emails[type eq "none"].value', "x"), NoTarget, marks=proves("PAT-036")),
    pytest.param(replace('ims[type eq "none"]', {"value": "x"}), NoTarget, marks=proves("PAT-036")),
    pytest.param(add('ims[type eq "work"].value', "x"), NoTarget, marks=proves("PAT-024")),
    pytest.param(add("foo", "x"), InvalidPath, marks=proves("PAT-007")),
    pytest.param(add("emails[", "x"), (InvalidPath, InvalidFilter), marks=proves("PAT-007")),
    pytest.param(add("", "x"), InvalidPath, marks=proves("PAT-007")),
    pytest.param(add("name.foo", "x"), InvalidPath, marks=proves("PAT-007")),
    pytest.param(add('emails[type eq "work"].foo', "x"), InvalidPath, marks=proves("PAT-007")),
    pytest.param(remove('name[givenName eq "Bo"]'), InvalidPath, marks=proves("PAT-007")),
    pytest.param(remove('emails[type zz "x"].value'), InvalidFilter, marks=proves("PAT-008")),
    pytest.param(remove('emails[foo eq "x"].value'), InvalidFilter, marks=proves("PAT-008")),
    pytest.param(replace("emails[0]", HOME), (InvalidPath, InvalidFilter), marks=proves("PAT-014")),
    pytest.param(replace("emails[0].value", "x"), (InvalidPath, InvalidFilter),
                 marks=proves("PAT-014")),
    pytest.param(replace("id", "u1"), NotMutable, marks=proves("PAT-015")),
    pytest.param(replace("meta.created", "x"), NotMutable, marks=proves("PAT-015")),
    pytest.param(add("groups", [{"value": "g"}]), NotMutable, marks=proves("PAT-015", "USR-018")),
    pytest.param(remove("groups"), NotMutable, marks=proves("PAT-015", "PAT-030")),
    pytest.param(replace(f"{ENT}:manager.displayName", "x"), NotMutable,
                 marks=proves("PAT-015", "ENT-003")),
    pytest.param(add(f"{ENT}:manager", {"value": "1", "displayName": "x"}), NotMutable,
                 marks=proves("ENT-003")),
    pytest.param(replace(None, {"id": "other"}), NotMutable, marks=proves("PAT-016")),
    pytest.param(replace(None, {"groups": []}), NotMutable, marks=proves("PAT-016")),
    pytest.param(replace("emails", [WORK, {**HOME, "primary": True}]), InvalidValue,
                 marks=proves("PAT-019", "ATT-019")),
    pytest.param(replace("emails.primary", True), InvalidValue, marks=proves("PAT-019")),
    pytest.param(remove("userName"), NotMutable, marks=proves("PAT-030", "ATT-035")),
    pytest.param(replace("userName", None), NotMutable, marks=proves("PAT-037")),
    pytest.param(replace("userName", " "), InvalidValue, marks=proves("PAT-038")),
    pytest.param(replace("active", "maybe"), InvalidValue, marks=proves("PAT-038")),
    pytest.param(replace("active", "True"), InvalidValue, marks=proves("PAT-038", "ATT-007")),
    pytest.param(replace("title", ["Clerk"]), InvalidValue, marks=proves("PAT-038")),
    pytest.param(replace("name", "Bo"), InvalidValue, marks=proves("PAT-038", "ATT-016")),
    pytest.param(replace("emails", HOME), InvalidValue, marks=proves("PAT-038", "ATT-018")),
    pytest.param(add("emails", [None]), InvalidValue, marks=proves("PAT-038", "IOP-010")),
    pytest.param(add("emails", ["x"]), InvalidValue, marks=proves("PAT-038")),
    pytest.param(replace("password", 5), InvalidValue, marks=proves("PAT-038")),
    pytest.param(add(None, "x"), InvalidValue, marks=proves("PAT-020")),
    pytest.param(add(ENT, "x"), InvalidValue, marks=proves("PAT-020")),
    pytest.param(add(None, {"foo": 1}), InvalidSyntax),
    pytest.param(add(None, {ENT: {"foo": 1}}), InvalidSyntax),
    pytest.param(add("name", {"foo": 1}), InvalidSyntax),
    pytest.param(add(None, {"name.givenName": "X"}), InvalidSyntax, marks=proves("IOP-004")),
    pytest.param(add(None, {f"{ENT}:department": "X"}), InvalidSyntax, marks=proves("IOP-004")),
    pytest.param(add(None, {"title": "a", "TITLE": "b"}), InvalidSyntax, marks=proves("ATT-003")),
    pytest.param(add("name", {"givenName": "a", "GIVENNAME": "b"}), InvalidSyntax,
                 marks=proves("ATT-003")),
    pytest.param(remove(f'schemas eq "{CORE}"'), NotMutable, marks=proves("PAT-012")),
    pytest.param(replace("schemas", [ENT]), NotMutable, marks=proves("PAT-012")),
    pytest.param(add("schemas", ["urn:x:y"]), InvalidValue, marks=proves("RES-008")),
    pytest.param({"op": "remove", "path": "title", "value": "Clerk"}, InvalidValue),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "refusal"), REFUSALS)
@pytest.mark.proves("PAT-005")
def test_one_bad_operation_refuses_all(
    user: ResourceType, operation: Document, refusal: type[ScimError]
) -> None:
    before = deepcopy(USER)
    with pytest.raises(refusal):
        patched(user, before, replace("nickName", "B"), operation)
    assert before == USER


DEVICE_CHANGES = [
    pytest.param([add("purchaseOrder", "P1"), add("purchaseOrder", "P1")],
                 {"purchaseOrder": "P1"}, marks=proves("PAT-017", "ATT-028")),
    pytest.param([replace("serialNumber", "S1"), remove("purchaseOrder")], {},
                 marks=proves("PAT-017")),
    pytest.param([add("tags", ["red", "new"])], {"tags": ["old", "red", "new"]},
                 marks=proves("PAT-023")),
    pytest.param([add("tags", "new")], {"tags": ["old", "red", "new"]}, marks=proves("PAT-021")),
    pytest.param([remove('tags eq "old"')], {"tags": ["red"]}, marks=proves("PAT-013")),
    pytest.param([replace('tags[value eq "old"]', "new")], {"tags": ["new", "red"]}),
    pytest.param([replace("location", {"floor": 3})], {"location": {"site": "Oslo", "floor": 3}},
                 marks=proves("PAT-033")),
    pytest.param([remove("location")], {"location": None}, marks=proves("PAT-027", "ATT-036")),
    pytest.param([add("pin", "1234")], {}, marks=proves("ATT-029")),
]  # fmt: skip


@pytest.mark.parametrize(("operations", "changes"), DEVICE_CHANGES)
def test_a_type_from_a_schema_file_is_patched_likewise(
    device: ResourceType, operations: list[Document], changes: Document
) -> None:
    expected = {"schemas": [device.schema.id], **DEVICE, **changes}
    before = {"schemas": [device.schema.id], **DEVICE}
    assert patched(device, before, *operations) == {
        k: v for k, v in expected.items() if v is not None
    }


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        pytest.param(replace("serialNumber", "S2"), NotMutable, marks=proves("PAT-017")),
        pytest.param(add(None, {"serialNumber": "S2"}), NotMutable, marks=proves("PAT-017")),
        pytest.param(remove("serialNumber"), NotMutable, marks=proves("PAT-017", "ATT-028")),
        pytest.param(remove("location.site"), NotMutable, marks=proves("PAT-030")),
        pytest.param(replace("location", {"site": None}), NotMutable, marks=proves("PAT-030")),
        pytest.param(
            remove('interfaces[type eq "lan"].value'), NotMutable, marks=proves("PAT-030")
        ),
        pytest.param(add("interfaces", [{"type": "wan"}]), InvalidValue, marks=proves("PAT-038")),
        pytest.param(replace("registrationState", "x"), NotMutable, marks=proves("PAT-015")),
    ],
)
def test_characteristics_of_a_type_from_a_schema_file_hold(
    device: ResourceType, operation: Document, refusal: type[ScimError]
) -> None:
    with pytest.raises(refusal):
        patched(device, {"schemas": [device.schema.id], **DEVICE}, operation)


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


@pytest.mark.proves("PAT-010", "PAT-011")
def test_an_extension_goes_with_its_last_attribute(user: ResourceType) -> None:
    operations = [remove(f"{ENT}:department"), replace(ENT, {"manager": None})]
    assert patched(user, WITH_ENT, *operations) == USER
    assert patched(user, WITH_ENT, replace(None, {ENT: None})) == USER


@pytest.mark.proves("PAT-033")
def test_an_extension_keeps_what_is_not_named(user: ResourceType) -> None:
    after = patched(user, WITH_ENT, replace(ENT, {"department": "Sales"}))
    assert after[ENT] == {"department": "Sales", "manager": {"value": "7"}}


SEAL = (Attribute("code", mutability=Mutability.IMMUTABLE), Attribute("note"))
SEALS = ResourceType(
    "Crate",
    "/Crates",
    Schema(
        "urn:example:crate",
        (
            Attribute("seal", Type.COMPLEX, sub_attributes=SEAL),
            Attribute("seals", Type.COMPLEX, multi_valued=True, sub_attributes=SEAL),
        ),
        {},
    ),
)
SEALED: Document = {
    "schemas": ["urn:example:crate"],
    "seal": {"code": "1"},
    "seals": [{"code": "1", "note": "n"}, {"code": "2"}],
}


@pytest.mark.proves("PAT-017")
@pytest.mark.parametrize(
    "operation",
    [
        replace("seal", {"code": "2"}),
        replace("seal.code", "2"),
        remove("seal.code"),
        remove("seal"),
        replace('seals[code eq "1"].code', "3"),
        replace('seals[code eq "1"]', {"code": "3"}),
        remove("seals.code"),
    ],
)
def test_an_immutable_sub_attribute_stays(operation: Document) -> None:
    with pytest.raises(NotMutable):
        patched(SEALS, SEALED, operation)


@pytest.mark.proves("PAT-017", "PAT-035")
def test_elements_with_immutable_sub_attributes_come_and_go() -> None:
    operations = [
        replace('seals[code eq "1"]', {"note": "m"}),
        replace("seal", {"code": "1", "note": "n"}),
        remove('seals[code eq "2"]'),
        add("seals", [{"code": "3"}]),
    ]
    after = patched(SEALS, SEALED, *operations)
    assert after["seals"] == [{"code": "1", "note": "m"}, {"code": "3"}]
    assert after["seal"] == {"code": "1", "note": "n"}
