"""PATCH on documents: each operation of RFC 7644 §3.5.2."""

from copy import deepcopy

import pytest

from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.patched import (
    BADGE,
    CORE,
    DEVICE,
    ENT,
    HOME,
    NAME,
    USER,
    WITH_ENT,
    WORK,
    add,
    patched,
    proves,
    remove,
    replace,
)


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


@pytest.mark.proves("PAT-010", "PAT-011")
def test_an_extension_goes_with_its_last_attribute(user: ResourceType) -> None:
    operations = [remove(f"{ENT}:department"), replace(ENT, {"manager": None})]
    assert patched(user, WITH_ENT, *operations) == USER
    assert patched(user, WITH_ENT, replace(None, {ENT: None})) == USER


@pytest.mark.proves("PAT-033")
def test_an_extension_keeps_what_is_not_named(user: ResourceType) -> None:
    after = patched(user, WITH_ENT, replace(ENT, {"department": "Sales"}))
    assert after[ENT] == {"department": "Sales", "manager": {"value": "7"}}
