"""From entries to documents."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.protocol.errors import InvalidValue, ScimError
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document
from scim_server.sync.mapping.names import Name, referred, resolved
from tests.application import ACCOUNT, ENTERPRISE, USER
from tests.protocol.shipped import REGISTRY
from tests.sync.mapped import Said, document, entry, sound, values

BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
ADA: Said = {
    "uid": "ada",
    "givenName": "Ada",
    "sn": "Lovelace",
    "mail": ["ada@example.com", "countess@example.com"],
    "manager": "cn=babbage",
}


def test_it_is_written_as_the_document_is() -> None:
    mapped = sound("""
        displayName = "{givenName} {sn}"
        name = {givenName = "{givenName}", familyName = "{sn}", middleName = "{middle}"}
        emails = [{value = "{mail}", type = "work", primary = true}]
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".organization = "Acme"
    """)
    assert mapped.document(entry(ADA)) == {
        "schemas": [USER],
        "userName": "ada",
        "displayName": "Ada Lovelace",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [{"value": "ada@example.com", "type": "work", "primary": True}],
        ENTERPRISE: {"organization": "Acme"},
    }


def test_names_are_spelt_as_the_schema_does() -> None:
    assert document('DISPLAYNAME = "{SN}"\nname.FamilyName = "{sn}"', ADA) == {
        "displayName": "Lovelace",
        "name": {"familyName": "Lovelace"},
    }


def test_a_single_value_is_the_first_one() -> None:
    assert document('nickName = "{mail}"', ADA) == {"nickName": "ada@example.com"}
    assert document('nickName = ["{nobody}", "{mail}", "{sn}"]', ADA) == {
        "nickName": "ada@example.com"
    }


def test_what_has_no_value_is_left_out() -> None:
    written = 'title = "{title}"\nname.middleName = "{middle}"\nemails = [{value = "{x}"}]'
    assert document(written, ADA) == {}


def test_each_makes_an_element_of_every_value() -> None:
    assert document('emails = [{each = "MAIL", value = "{mail|upper}", type = "work"}]', ADA) == {
        "emails": [
            {"value": "ADA@EXAMPLE.COM", "type": "work"},
            {"value": "COUNTESS@EXAMPLE.COM", "type": "work"},
        ]
    }


def test_one_of_the_elements_is_primary() -> None:
    written = """emails = [
        {value = "{nobody}", primary = true},
        {each = "mail", value = "{mail}", primary = true},
        {value = "{uid}@example.org", primary = true},
    ]"""
    assert document(written, ADA)["emails"] == [
        {"value": "ada@example.com", "primary": True},
        {"value": "countess@example.com"},
        {"value": "ada@example.org"},
    ]


def test_what_comes_again_as_another_type_is_left_out() -> None:
    written = """
        emails = [
            {value = "{mail}", type = "work", primary = true},
            {each = "mail", value = "{mail}", type = "other"},
        ]
        "urn:scim-server:params:scim:schemas:extension:account:1.0:User".attributes = [
            {name = "first", value = "{uid}"},
            {name = "second", value = "{uid}"},
        ]
    """
    assert document(written, ADA) == {
        "emails": [
            {"value": "ada@example.com", "type": "work", "primary": True},
            {"value": "countess@example.com", "type": "other"},
        ],
        ACCOUNT: {
            "attributes": [{"name": "first", "value": "ada"}, {"name": "second", "value": "ada"}]
        },
    }


@pytest.mark.parametrize(
    "value", ['"{nobody}"', '"{sn|digits}"', '{take = "{sn}", table = {a = "b"}}']
)
def test_an_element_of_constants_only_says_nothing_of_an_entry(value: str) -> None:
    assert document(f'emails = [{{value = {value}, type = "work", primary = true}}]', ADA) == {}


def test_an_element_that_is_constant_as_a_whole_is_for_everybody() -> None:
    written = 'roles = [{value = "employee", type = "sync"}]'
    assert document(written, ADA) == {"roles": [{"value": "employee", "type": "sync"}]}


TYPED = [
    ("visits", "42", 42),
    ("visits", "-1", -1),
    ("temporary", "TRUE", True),
    ("temporary", "no", False),
    ("temporary", "1", True),
    ("issuedAt", "2026-11-20T09:00:00+01:00", "2026-11-20T09:00:00+01:00"),
    ("issuedAt", "2026-11-20", "2026-11-20T00:00:00Z"),
    ("issuedAt", "20261120093000Z", "2026-11-20T09:30:00Z"),
    ("issuedAt", "20261120093000.5Z", "2026-11-20T09:30:00.5Z"),
    ("issuedAt", "202611200930Z", "2026-11-20T09:30:00Z"),
    ("issuedAt", "2026112009Z", "2026-11-20T09:00:00Z"),
    ("issuedAt", "202611200930.5Z", "2026-11-20T09:30:30Z"),
    ("issuedAt", "2026112009,25Z", "2026-11-20T09:15:00Z"),
    ("issuedAt", "20261120093000+0130", "2026-11-20T08:00:00Z"),
    ("issuedAt", "20261120093000-05", "2026-11-20T14:30:00Z"),
    ("issuedAt", "134082108000000000", "2025-11-21T15:00:00Z"),
    ("issuedAt", "0", None),
    ("issuedAt", "9223372036854775807", None),
]


@pytest.mark.parametrize(("name", "text", "value"), TYPED)
def test_texts_become_values_of_the_attribute_s_type(name: str, text: str, value: Any) -> None:
    made = document(f'"{BADGE}" = {{{name} = "{{x}}"}}', {"x": text})
    assert made == ({} if value is None else {BADGE: {name: value}})
    load(REGISTRY.kinds["User"], {"schemas": [USER], "userName": "ada", **made})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("visits", "many", "gives no integer"),
        ("visits", "9" * 30, "must be a whole number of 64 bits"),
        ("visits", "9" * 5000, "gives no integer"),
        ("visits", "1.5", "gives no integer"),
        ("temporary", "perhaps", "gives no boolean"),
        ("issuedAt", "yesterday", "must be a date and time"),
        ("issuedAt", "20261320093000Z", "gives no dateTime"),
        ("issuedAt", "20261120093000+2500", "gives no dateTime"),
        ("issuedAt", "99991231235959-01", "gives no dateTime"),
        ("issuedAt", "9999999999999999999", "gives no dateTime"),
        ("number", "a\0b", "must be a string"),
        ("number", "\ud800", "must be a string"),
    ],
)
def test_a_text_of_another_type_is_told_and_not_repeated(name: str, text: str, told: str) -> None:
    with pytest.raises(InvalidValue) as fault:
        document(f'"{BADGE}" = {{{name} = "{{x}}"}}', {"x": text})
    assert told in fault.value.detail and f'"users.{BADGE}.{name}"' in fault.value.detail
    assert text not in fault.value.detail


def test_a_list_of_simple_values_has_each_once() -> None:
    made = document(f'"{BADGE}".nicknames = ["{{mail}}", "{{uid}}", "ada"]', ADA)
    assert made == {BADGE: {"nicknames": ["ada@example.com", "countess@example.com", "ada"]}}


@pytest.mark.parametrize(
    "manager",
    ['"{manager}"', '{value = "{manager}"}', '{first = ["{boss}", "{manager}"]}'],
)
def test_a_reference_names_another_entry(manager: str) -> None:
    made = document(f'"{ENTERPRISE}" = {{manager = {manager}, department = "Math"}}', ADA)
    assert made[ENTERPRISE]["manager"] == {"value": Name("cn=babbage")}
    assert referred(made) == ("cn=babbage",)
    known = resolved(made, {"cn=babbage": "17", "cn=other": "18"})
    assert known == {ENTERPRISE: {"manager": {"value": "17"}, "department": "Math"}}
    assert resolved(made, {}) == {ENTERPRISE: {"department": "Math"}}


def test_a_name_that_nobody_can_look_up_is_told() -> None:
    with pytest.raises(InvalidValue, match=r"manager\.value"):
        document(f'"{ENTERPRISE}".manager = "{{manager}}"', {"manager": "a\0b"})


@pytest.mark.parametrize(
    ("said", "given", "active"),
    [
        ({"state": "left"}, True, False),
        ({"state": "here"}, True, True),
        ({"state": "here"}, False, True),
        ({}, True, True),
        ({}, False, False),
        ({}, None, None),
    ],
)
def test_the_flag_is_decided_by_the_mapping_else_by_the_source(
    said: Said, given: bool | None, active: bool | None
) -> None:
    flag = 'active = {if = "{state}", is = "left", then = false, else = {if="{state}", then=true}}'
    mapped = sound(flag)
    assert mapped.active(entry(said, active=given)) is active
    assert "active" not in mapped.document(entry(said, active=given))
    assert "state" in mapped.names and "active" not in mapped.owned
    assert sound("").active(entry(said, active=given)) is given


def test_a_flag_that_is_none_is_told() -> None:
    with pytest.raises(InvalidValue, match=r'"users\.active" gives no boolean'):
        sound('active = "{state}"').active(entry({"state": "left"}))


def test_it_knows_what_it_reads_and_what_it_writes() -> None:
    mapped = sound(f"""
        displayName = {{first = ["{{givenName}} {{sn}}", "{{cn}}"]}}
        emails = [{{each = "otherMail", value = "x", type = "{{kind}}"}}]
        title = {{if = "{{a}}", is = "b", then = "{{c}}", else = "{{d}}"}}
        nickName = {{take = "{{e}}", match = "x", else = "{{f}}"}}
        "{ENTERPRISE}" = {{department = "{{ou}}", manager = "{{boss}}"}}
    """)
    read = {"uid", "givenName", "sn", "cn", "otherMail", "kind", *"abcdef", "ou", "boss"} - {"b"}
    assert mapped.names == read
    assert mapped.owned == (
        "displayName",
        "emails",
        "nickName",
        "title",
        f"{ENTERPRISE}:department",
        f"{ENTERPRISE}:manager",
        "userName",
    )


EVERYTHING = sound(f"""
    displayName = "{{a}} {{b}}"
    name = {{givenName = "{{a|upper}}", familyName = {{join = "{{b}}", with = "-"}}}}
    profileUrl = "{{a}}"
    active = "{{b}}"
    emails = [{{value = "{{a}}", primary = "{{a}}"}}, {{each = "b", value = "{{b}}"}}]
    phoneNumbers = [{{value = "{{b}}", type = "{{a}}"}}]
    x509Certificates = [{{each = "a", value = "{{a}}"}}]
    "{ENTERPRISE}" = {{manager = "{{a}}", department = {{take = "{{b}}", match = '(\\d+)x?'}}}}
    "{ACCOUNT}" = {{folder = "{{a}}", attributes = [{{name = "{{b}}", value = "{{a}}"}}]}}
    "{BADGE}" = {{visits = "{{a}}", temporary = "{{b}}", issuedAt = "{{a}}", nicknames = "{{b}}"}}
""")
WORDS = st.sampled_from(["true", "0", "17", "2026-11-20", "20261120093000Z", "YQ==", "/a", "{a}"])
TEXTS = st.lists(WORDS | st.text(min_size=1, max_size=20), min_size=1, max_size=4)
ENTRIES = st.fixed_dictionaries({"uid": TEXTS}, optional={"a": TEXTS, "b": TEXTS})


def became(said: Said, ids: dict[str, str]) -> Document | str:
    """What is stored of an entry, or why not."""
    try:
        made = EVERYTHING.document(entry(said))
        EVERYTHING.active(entry(said))
        orjson.dumps(resolved(made, ids))
        return load(EVERYTHING.kind, resolved(made, dict.fromkeys(referred(made), "17")))
    except ScimError as fault:
        return fault.detail


@given(ENTRIES)
def test_any_entry_becomes_a_document_or_a_fault(said: dict[str, list[str]]) -> None:
    assert became(values(said), {})


@given(ENTRIES)
def test_a_document_is_the_same_whatever_else_the_source_says(said: dict[str, list[str]]) -> None:
    assert became(said, {}) == became({**said, "c": "{a}"}, {})
