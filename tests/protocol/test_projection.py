"""Which attributes a response carries (RFC 7644 §3.4.2.5, §3.9; RFC 7643 §7)."""

from typing import Any

import pytest

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.projection import (
    Projection,
    parse,
    project,
    wants,
    with_written,
    written,
)
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Extension,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    Type,
)

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

BASE = {"schemas": [USER, ENTERPRISE], "id": "1"}
VIEW = BASE | {
    "externalId": "x",
    "userName": "ada",
    "name": {"formatted": "Ada L.", "givenName": "Ada"},
    "emails": [{"value": "a", "type": "work"}, {"value": "b"}, {"type": "home"}],
    "groups": [{"value": "g"}],
    ENTERPRISE: {"department": "d", "manager": {"value": "2", "displayName": "Bo"}},
    "meta": {"resourceType": "User", "version": "1"},
}


def without(*names: str) -> Document:
    """The view without some attributes."""
    return {name: value for name, value in VIEW.items() if name not in names}


@pytest.mark.proves("PRJ-001", "PRJ-002", "PRJ-006", "PRJ-007", "PRJ-010", "PRJ-011", "PRJ-012")
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["userName"], {"userName": "ada"}),
        ([" USERNAME "], {"userName": "ada"}),
        ([f"{USER}:userName"], {"userName": "ada"}),
        (["nope", "name.nope"], {}),
        (["title"], {}),
        (["name"], {"name": VIEW["name"]}),
        (["name.givenName"], {"name": {"givenName": "Ada"}}),
        (["NAME.GIVENNAME", "name"], {"name": VIEW["name"]}),
        (["name.familyName"], {}),
        (["emails.value"], {"emails": [{"value": "a"}, {"value": "b"}]}),
        (["meta.version"], {"meta": {"version": "1"}}),
        ([ENTERPRISE], {ENTERPRISE: VIEW[ENTERPRISE]}),
        ([ENTERPRISE.upper()], {ENTERPRISE: VIEW[ENTERPRISE]}),
        ([f"{ENTERPRISE}:department"], {ENTERPRISE: {"department": "d"}}),
        (
            [f"{ENTERPRISE}:manager.displayName"],
            {ENTERPRISE: {"manager": {"displayName": "Bo"}}},
        ),
    ],
)
def test_attributes_shows_what_is_named(
    user: ResourceType, names: list[str], shown: Document
) -> None:
    assert project(user, VIEW, parse(user, names, None)) == BASE | shown


@pytest.mark.proves("PRJ-003", "PRJ-008", "PRJ-010", "PRJ-011", "PRJ-012", "RES-011", "ATT-030")
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["id", "schemas"], VIEW),
        (["nope"], VIEW),
        (["groups", "META"], without("groups", "meta")),
        (["name.formatted"], VIEW | {"name": {"givenName": "Ada"}}),
        (["name.formatted", "name.givenName"], without("name")),
        (["emails.value"], VIEW | {"emails": [{"type": "work"}, {"type": "home"}]}),
        ([ENTERPRISE], without(ENTERPRISE)),
        ([f"{ENTERPRISE}:manager"], VIEW | {ENTERPRISE: {"department": "d"}}),
        (
            [f"{ENTERPRISE}:manager.{sub}" for sub in ("value", "$ref", "displayName")],
            VIEW | {ENTERPRISE: {"department": "d"}},
        ),
        (
            [f"{ENTERPRISE}:manager.value"],
            VIEW | {ENTERPRISE: {"department": "d", "manager": {"displayName": "Bo"}}},
        ),
    ],
)
def test_excluded_attributes_leaves_out_what_is_named(
    user: ResourceType, names: list[str], shown: Document
) -> None:
    assert project(user, VIEW, parse(user, None, names)) == shown


@pytest.mark.proves("ATT-032")
@pytest.mark.parametrize("nothing", [None, []])
def test_without_either_everything_is_shown(user: ResourceType, nothing: list[str] | None) -> None:
    assert project(user, VIEW, parse(user, nothing, nothing)) == VIEW


@pytest.mark.proves("PRJ-004")
def test_both_at_once_are_refused(user: ResourceType) -> None:
    with pytest.raises(InvalidValue):
        parse(user, ["userName"], ["name"])


def test_the_order_of_the_view_stays(user: ResourceType) -> None:
    assert list(project(user, VIEW, Projection())) == list(VIEW)


def test_a_view_that_is_shown_whole_is_not_copied(group: ResourceType) -> None:
    view = {"schemas": [group.schema.id], "id": "1", "displayName": "G", "members": []}
    assert project(group, view, Projection()) is view


@pytest.mark.parametrize(
    ("attributes", "excluded", "wanted"),
    [
        (None, None, True),
        (["members"], None, True),
        (["members.value"], None, True),
        (["displayName"], None, False),
        (None, ["members"], False),
        (None, ["members.display"], True),
        (None, ["displayName"], True),
    ],
)
def test_what_nobody_wants_is_known_beforehand(
    group: ResourceType, attributes: list[str] | None, excluded: list[str] | None, wanted: bool
) -> None:
    assert wants(group, parse(group, attributes, excluded), "members") is wanted


def test_an_empty_list_is_shown(group: ResourceType) -> None:
    view = {"id": "1", "members": []}
    assert project(group, view, parse(group, ["members.value"], None)) == view


@pytest.mark.proves("ATT-030", "ATT-031", "ATT-033", "PRJ-009", "USR-009")
@pytest.mark.parametrize(
    ("attributes", "excluded", "shown"),
    [
        (None, None, {"serialNumber": "s", "active": True}),
        (["pin", "notes"], None, {"serialNumber": "s", "notes": "n"}),
        (["active"], None, {"serialNumber": "s", "active": True}),
        (None, ["serialNumber", "active"], {"serialNumber": "s"}),
        (None, ["pin", "notes"], {"serialNumber": "s", "active": True}),
    ],
)
def test_the_definition_has_its_say(
    device: ResourceType,
    attributes: list[str] | None,
    excluded: list[str] | None,
    shown: Document,
) -> None:
    view = {"serialNumber": "s", "active": True, "pin": "1234", "notes": "n"}
    assert project(device, view, parse(device, attributes, excluded)) == shown


@pytest.mark.proves("ATT-033")
@pytest.mark.parametrize(
    ("attributes", "excluded", "shown"),
    [
        (None, None, {"active": True, "notes": "n"}),
        (["active"], None, {"active": True}),
        (None, ["active"], {"notes": "n"}),
        (None, ["notes"], {"active": True}),
    ],
)
def test_a_request_sees_what_it_wrote(
    device: ResourceType,
    attributes: list[str] | None,
    excluded: list[str] | None,
    shown: Document,
) -> None:
    view: dict[str, Any] = {"active": True, "notes": "n"}
    assert written(device, view) == {"notes"}
    projection = with_written(parse(device, attributes, excluded), written(device, view))
    assert project(device, view, projection) == shown


@pytest.fixture
def layered() -> ResourceType:
    """Every value of ``returned`` below another one, and in an extension."""
    subs = (
        Attribute("a", returned=Returned.ALWAYS),
        Attribute("d"),
        Attribute("n", returned=Returned.NEVER),
        Attribute("r", returned=Returned.REQUEST),
    )
    attributes = (
        Attribute("always", Type.COMPLEX, returned=Returned.ALWAYS, sub_attributes=subs),
        Attribute("usual", Type.COMPLEX, sub_attributes=subs),
        Attribute("never", Type.COMPLEX, returned=Returned.NEVER, sub_attributes=subs),
        Attribute("write", Type.COMPLEX, mutability=Mutability.WRITE_ONLY, sub_attributes=subs),
        Attribute("asked", Type.COMPLEX, returned=Returned.REQUEST, sub_attributes=subs),
    )
    extension = Extension(Schema("urn:b", subs, {}), required=False)
    return ResourceType("A", "/As", Schema("urn:a", attributes, {}), (extension,))


@pytest.mark.proves("ATT-030", "ATT-031", "ATT-032", "ATT-033", "PRJ-007", "PRJ-008", "PRJ-009")
@pytest.mark.parametrize(
    ("attributes", "excluded", "shown"),
    [
        (None, None, {"always": "ad", "usual": "ad", "urn:b": "ad"}),
        (["id"], None, {"always": "ad", "urn:b": "a"}),
        (["usual"], None, {"always": "ad", "usual": "ad", "urn:b": "a"}),
        (["usual.r"], None, {"always": "ad", "usual": "ar", "urn:b": "a"}),
        (["usual.r", "usual"], None, {"always": "ad", "usual": "adr", "urn:b": "a"}),
        (["asked"], None, {"always": "ad", "asked": "ad", "urn:b": "a"}),
        (["asked.d"], None, {"always": "ad", "asked": "ad", "urn:b": "a"}),
        (
            ["never", "never.d", "usual.n", "write.a"],
            None,
            {"always": "ad", "urn:b": "a", "usual": "a"},
        ),
        (["urn:b"], None, {"always": "ad", "urn:b": "ad"}),
        (["urn:b:r"], None, {"always": "ad", "urn:b": "ar"}),
        (None, ["usual", "urn:b"], {"always": "ad", "urn:b": "a"}),
        (None, ["usual.a", "usual.d", "always.d"], {"always": "a", "usual": "a", "urn:b": "ad"}),
    ],
)
def test_what_is_returned_is_decided_at_each_level(
    layered: ResourceType,
    attributes: list[str] | None,
    excluded: list[str] | None,
    shown: dict[str, str],
) -> None:
    names = ("always", "usual", "never", "write", "asked", "urn:b")
    view = {name: dict.fromkeys("adnr", 1) for name in names}
    found = project(layered, view, parse(layered, attributes, excluded))
    assert {name: "".join(value) for name, value in found.items()} == shown


@pytest.mark.proves("ATT-033")
def test_what_was_written_is_found_at_each_level(layered: ResourceType) -> None:
    document = {"usual": {"r": 1}, "asked": {"d": 1}, "urn:b": {"r": 1}}
    assert written(layered, document) == {"usual.r", "asked", "asked.r", "urn:b:r"}
    shown = project(layered, document, with_written(Projection(), written(layered, document)))
    assert shown == document
