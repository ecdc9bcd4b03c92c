"""What a client may send in POST and PUT, and what is stored of it (RFC 7643 §2, §3)."""

import pytest

from scim_server.protocol.errors import InvalidSyntax, InvalidValue, NotMutable, ScimError
from scim_server.protocol.finish import finish
from scim_server.protocol.resource import check_value, load
from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.bodies import DEVICE, ENTERPRISE, USER, device_with, stored, user_with


@pytest.mark.proves("ATT-001")
def test_names_match_whatever_their_case(user: ResourceType) -> None:
    body = {
        "SCHEMAS": [USER.upper()],
        "USERNAME": "ada",
        "Name": {"FAMILYNAME": "Lovelace"},
        "eMails": [{"VALUE": "a@example.com"}],
        ENTERPRISE.upper(): {"DEPARTMENT": "Mathematics"},
    }
    assert load(user, body) == {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada",
        "name": {"familyName": "Lovelace"},
        "emails": [{"value": "a@example.com"}],
        ENTERPRISE: {"department": "Mathematics"},
    }


@pytest.mark.proves("ATT-003", "CRE-010")
@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"USERNAME": "b"}, '"username" is given twice'),
        ({"name": {"givenName": "A", "GIVENNAME": "B"}}, '"name.givenname" is given twice'),
        ({ENTERPRISE: {"division": "A", "Division": "B"}}, f'"{ENTERPRISE}:division" is given'),
        ({"dispalyName": "x"}, '"dispalyName" is no attribute'),
        ({"emails": [{"valeu": "x"}]}, '"emails[0].valeu" is no attribute'),
        ({ENTERPRISE: {"departement": "x"}}, f'"{ENTERPRISE}:departement" is no attribute'),
        ({f"{ENTERPRISE}:department": "x"}, f'"{ENTERPRISE}:department" is no attribute'),
    ],
)
def test_unknown_and_repeated_names_are_refused(
    user: ResourceType, more: Document, named: str
) -> None:
    with pytest.raises(InvalidSyntax) as refusal:
        load(user, user_with(**more))
    assert refusal.value.detail.startswith(named)


@pytest.mark.proves(
    "ATT-005", "ATT-007", "ATT-008", "ATT-009", "ATT-010", "ATT-011", "ATT-012", "CRE-008"
)
@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"assetTag": 5}, "assetTag"),
        ({"assetTag": {"value": "x"}}, "assetTag"),
        ({"active": "true"}, "active"),
        ({"active": 1}, "active"),
        ({"weight": "4.7"}, "weight"),
        ({"portCount": 5.0}, "portCount"),
        ({"portCount": True}, "portCount"),
        ({"purchasedAt": "2026-11-20"}, "purchasedAt"),
        ({"fingerprint": "###"}, "fingerprint"),
        ({"manual": "ht tp://x"}, "manual"),
        (
            {"interfaces": [{"value": "a"}, {"value": "b", "primary": "yes"}]},
            "interfaces[1].primary",
        ),
        ({"channels": [1, "2"]}, "channels[1]"),
        ({"pin": 1234}, "pin"),
        ({"externalId": 1}, "externalId"),
    ],
)
def test_a_wrong_type_is_refused_by_name(device: ResourceType, more: Document, name: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        load(device, device_with(**more))
    assert refusal.value.detail.startswith(f'"{name}" must be ')


@pytest.mark.proves("ATT-016", "ATT-018", "RES-006")
@pytest.mark.parametrize(
    ("more", "detail"),
    [
        ({"name": "Bo"}, '"name" must be a JSON object.'),
        ({"name": ["Bo"]}, '"name" must be a JSON object.'),
        ({"emails": {"value": "x"}}, '"emails" must be an array.'),
        ({"emails": "x"}, '"emails" must be an array.'),
        ({"emails": ["x"]}, '"emails[0]" must be a JSON object.'),
        ({"emails": [{"value": "x"}, None]}, '"emails[1]" must be a JSON object.'),
        ({"schemas": USER}, '"schemas" must be an array.'),
        ({ENTERPRISE: "x"}, f'"{ENTERPRISE}" must be a JSON object.'),
    ],
)
def test_lists_objects_and_single_values_are_not_mixed_up(
    user: ResourceType, more: Document, detail: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        load(user, user_with(**more))
    assert refusal.value.detail == detail


@pytest.mark.parametrize("body", [None, [], "x", 1, [{"userName": "a"}]])
def test_a_body_is_an_object(user: ResourceType, body: object) -> None:
    with pytest.raises(InvalidSyntax):
        load(user, body)


@pytest.mark.proves("ATT-005")
def test_text_is_kept_as_it_is(user: ResourceType) -> None:
    assert stored(user, user_with(nickName="𝔅🙂 e\u0301"))["nickName"] == "𝔅🙂 e\u0301"


@pytest.mark.proves("ATT-023")
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"title": None, "name": None, "emails": None, ENTERPRISE: None},
        {"title": [], "name": {}, "emails": [], ENTERPRISE: {}},
        {"name": {"givenName": None}, "emails": [{}], ENTERPRISE: {"manager": {"value": None}}},
        {"name": {"givenName": []}, "emails": [{"value": None}], ENTERPRISE: []},
    ],
)
def test_null_and_empty_and_absent_are_one_state(user: ResourceType, more: Document) -> None:
    assert load(user, user_with(**more)) == {"schemas": [USER], "userName": "ada"}


@pytest.mark.proves("ATT-027", "CRE-003", "ENT-003", "RES-014", "RES-021", "USR-018")
def test_what_is_read_only_is_ignored_even_if_it_is_wrong(user: ResourceType) -> None:
    manager = {"value": "26", "displayName": 5}
    more = {"id": 7, "meta": "x", "groups": "everyone", ENTERPRISE: {"manager": manager}}
    assert stored(user, user_with(**more)) == {ENTERPRISE: {"manager": {"value": "26"}}}


@pytest.mark.proves("ATT-029", "ATT-031", "USR-009", "USR-011")
def test_secrets_are_judged_and_forgotten(user: ResourceType, device: ResourceType) -> None:
    assert stored(user, user_with(password="t1meMa$heen")) == {}
    assert stored(device, device_with(pin="1234")) == {}


@pytest.mark.proves("ATT-035", "USR-002", "GRP-002", "PUT-007")
@pytest.mark.parametrize("value", [None, [], {}, "", " \t"])
def test_a_required_attribute_has_a_value(
    user: ResourceType, group: ResourceType, value: object
) -> None:
    with pytest.raises(InvalidValue, match=r'^"userName" is required'):
        load(user, user_with(userName=value))
    with pytest.raises(InvalidValue, match=r'^"displayName" is required'):
        load(group, {"schemas": [group.schema.id], "displayName": value})


def test_all_that_is_missing_is_named(device: ResourceType) -> None:
    with pytest.raises(InvalidValue, match=r'^"displayName", "serialNumber" are required'):
        load(device, {"schemas": [DEVICE]})


@pytest.mark.proves("ATT-036")
def test_a_required_sub_attribute_is_demanded_where_its_parent_is(device: ResourceType) -> None:
    assert stored(device, device_with(location={"site": None}, interfaces=[{}])) == {}
    with pytest.raises(InvalidValue, match=r'^"location.site" is required'):
        load(device, device_with(location={"floor": 1}))
    with pytest.raises(InvalidValue, match=r'^"interfaces\[1\].value" is required'):
        load(device, device_with(interfaces=[{"value": "a"}, {"type": "wired"}]))


@pytest.mark.proves("ATT-019")
def test_two_primary_values_are_refused(user: ResourceType) -> None:
    emails = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]
    with pytest.raises(InvalidValue, match='"emails" has more than one primary value'):
        load(user, user_with(emails=emails))


@pytest.mark.proves("ATT-021")
@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        (
            "emails",
            [{"value": "a", "type": "work"}, {"value": "a", "type": "home"}],
            [{"value": "a", "type": "work"}, {"value": "a", "type": "home"}],
        ),
        (
            "emails",
            [{"value": "a", "display": "1"}, {"value": "b"}, {"value": "a", "display": "2"}],
            [{"value": "a", "display": "1"}, {"value": "b"}],
        ),
        (
            "emails",
            [{"value": "a"}, {"value": "b"}, {"value": "a", "primary": True}],
            [{"value": "a", "primary": True}, {"value": "b"}],
        ),
        (
            "addresses",
            [{"type": "work", "country": "PT"}, {"country": "PT", "type": "work"}],
            [{"type": "work", "country": "PT"}],
        ),
        (
            "addresses",
            [{"type": "work", "country": "PT"}, {"type": "work", "country": "FR"}],
            [{"type": "work", "country": "PT"}, {"type": "work", "country": "FR"}],
        ),
    ],
)
def test_equal_elements_become_one(
    user: ResourceType, name: str, given: list[Document], kept: list[Document]
) -> None:
    assert stored(user, user_with(**{name: given})) == {name: kept}


@pytest.mark.proves("ATT-021")
def test_equal_simple_values_become_one(device: ResourceType) -> None:
    assert stored(device, device_with(tags=["b", "a", "b"])) == {"tags": ["b", "a"]}


@pytest.mark.proves("INT-004")
@pytest.mark.parametrize("name", ["john smith", "Zoë", "山田 太郎", "a@b.c", "👩"])
def test_a_user_name_may_hold_spaces_and_any_script(user: ResourceType, name: str) -> None:
    assert load(user, user_with(userName=name))["userName"] == name


@pytest.mark.parametrize(
    "name",
    [
        *(" a", "a ", "\u00a0a", "a\tb", "a\x7f", "a\u200bb", "a\u200f", "a\u2060b", "\ufeffa"),
        *("a\u202eb", "a\u2066b", "a\u061cb", "a\u00adb", "a\u2028b", "a\u3164b"),
    ],
    ids=ascii,
)
def test_a_user_name_holds_nothing_invisible(user: ResourceType, name: str) -> None:
    with pytest.raises(InvalidValue, match=r'^"userName" must not'):
        load(user, user_with(userName=name))
    with pytest.raises(InvalidValue, match=r'^"userName" must not'):
        finish(user, user_with(userName=name), NotMutable)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("title", "x", "x"),
        ("title", None, None),
        ("name", {"GIVENNAME": "A", "familyName": None}, {"givenName": "A"}),
        ("name", {"givenName": None}, None),
        ("emails", [{"Value": "a", "type": None}, {}], [{"value": "a"}]),
        ("emails", [{}], None),
        ("meta", {"version": "1"}, None),
    ],
)
def test_one_value_is_checked_as_in_a_body(
    user: ResourceType, path: str, value: object, expected: object
) -> None:
    attribute = user.attribute(path)
    assert attribute is not None
    assert check_value(attribute, value, path) == expected


def test_a_detail_never_holds_the_value(user: ResourceType) -> None:
    with pytest.raises(ScimError) as refusal:
        load(user, user_with(password=["t1meMa$heen"]))
    assert "t1me" not in refusal.value.detail
