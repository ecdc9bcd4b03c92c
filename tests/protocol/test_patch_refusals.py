"""What PATCH must refuse, and then changes nothing (RFC 7644 §3.5.2)."""

from copy import deepcopy

import pytest

from scim_server.protocol.errors import (
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    NoTarget,
    NotMutable,
    ScimError,
)
from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.patched import (
    CORE,
    DEVICE,
    ENT,
    HOME,
    USER,
    WORK,
    add,
    patched,
    proves,
    remove,
    replace,
)

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
