"""``attributes`` and ``excludedAttributes`` (RFC 7644 §3.4.2.5, §3.9, §3.10)."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.application import ENTERPRISE, MESSAGES, USER, Scim, error

proves = pytest.mark.proves
Verb = Callable[[Scim, str], TestResponse]
PERSON: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "title": "Guide",
    "name": {"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace"},
    "emails": [
        {"value": "a@x.org", "type": "work", "primary": True},
        {"value": "b@x.org", "type": "home"},
    ],
    "password": "correct horse battery",
    ENTERPRISE: {"department": "Tours", "costCenter": "4130"},
}
ALWAYS = {"schemas", "id"}
DEFAULT = {"userName", "active", "meta", "title", "name", "emails", ENTERPRISE} | ALWAYS


@pytest.fixture
def person(scim: Scim) -> str:
    """The path of a user with a bit of everything."""
    return f"/Users/{scim.user(userName='ada', **PERSON)['id']}"


def shown(scim: Scim, path: str, **query: str) -> dict[str, Any]:
    """The resource as it is shown with these parameters."""
    response = scim.get(path, query=query)
    assert response.status_code == 200, response.text
    resource: dict[str, Any] = response.get_json()
    return resource


def _get(scim: Scim, query: str) -> TestResponse:
    return scim.get(f"/Users/{scim.user(**PERSON)['id']}?{query}")


def _list(scim: Scim, query: str) -> TestResponse:
    scim.user(**PERSON)
    return scim.get(f"/Users?{query}")


def _root(scim: Scim, query: str) -> TestResponse:
    scim.user(**PERSON)
    return scim.get(f"/?{query}")


def _search(scim: Scim, query: str) -> TestResponse:
    scim.user(**PERSON)
    pairs = (part.split("=") for part in query.split("&"))
    return scim.search("/Users", **{name: value.split(",") for name, value in pairs})


def _create(scim: Scim, query: str) -> TestResponse:
    return scim.post(f"/Users?{query}", {**PERSON, "userName": "new"})


def _replace(scim: Scim, query: str) -> TestResponse:
    user = scim.user(**PERSON)
    return scim.put(f"/Users/{user['id']}?{query}", {**user, "title": "Poet"})


def _modify(scim: Scim, query: str) -> TestResponse:
    path = f"/Users/{scim.user(**PERSON)['id']}?{query}"
    return scim.patch(path, {"op": "replace", "path": "title", "value": "Poet"})


EVERY_VERB = [_get, _list, _root, _search, _create, _replace, _modify]
every_verb = pytest.mark.parametrize("verb", EVERY_VERB)


def only(response: TestResponse) -> dict[str, Any]:
    """The one resource of the answer."""
    assert response.status_code in (200, 201), response.text
    body: dict[str, Any] = response.get_json()
    [resource] = body["Resources"] if f"{MESSAGES}ListResponse" in body["schemas"] else [body]
    assert isinstance(resource, dict)
    return resource


@proves("PRJ-001", "PRJ-002", "PRJ-011")
@every_verb
def test_every_verb_shows_only_what_is_named(scim: Scim, verb: Verb) -> None:
    assert only(verb(scim, "attributes=userName,title")).keys() == {"userName", "title"} | ALWAYS


@proves("PRJ-001", "PRJ-003", "PRJ-011")
@every_verb
def test_every_verb_leaves_out_what_is_excluded(scim: Scim, verb: Verb) -> None:
    resource = only(verb(scim, "excludedAttributes=emails,meta,id,schemas"))
    assert resource.keys() == DEFAULT - {"emails", "meta"}


@proves("PRJ-004")
@every_verb
def test_both_at_once_are_refused_and_nothing_is_done(scim: Scim, verb: Verb) -> None:
    refused = error(verb(scim, "attributes=title&excludedAttributes=emails"))
    assert refused == (400, "invalidValue")
    assert scim.found("/Users", 'title eq "Poet" or userName eq "new"') == []


@proves("PRJ-003")
def test_members_and_what_is_always_shown(scim: Scim) -> None:
    group = scim.group(scim.user()["id"])
    bare = shown(scim, f"/Groups/{group['id']}", excludedAttributes="members,id")
    assert bare.keys() == {"schemas", "id", "displayName", "meta"}
    tag = shown(scim, f"/Groups/{group['id']}", attributes="displayName")
    assert tag == {name: group[name] for name in ("schemas", "id", "displayName")}


@proves("PRJ-005")
@pytest.mark.parametrize(
    "query",
    [
        "attributes=userName,name",
        "attributes=userName,%20name",
        "attributes=userName%2Cname",
        "attributes=+userName+,+name+,",
        "attributes=userName&attributes=name",
        "attributes=,,userName,name,name",
    ],
)
def test_a_list_in_a_url_has_commas(scim: Scim, person: str, query: str) -> None:
    assert scim.get(f"{person}?{query}").get_json().keys() == {"userName", "name"} | ALWAYS


@proves("PRJ-005")
@pytest.mark.parametrize("name", ["attributes", "excludedAttributes"])
@pytest.mark.parametrize("value", ["userName", [5], {"a": 1}, [["userName"]]])
def test_a_list_in_a_body_is_an_array_of_names(scim: Scim, name: str, value: Any) -> None:
    assert error(scim.search("/Users", **{name: value})) == (400, "invalidValue")


@proves("PRJ-006")
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("name.givenName", {"name": {"givenName": "Ada"}}),
        ("NAME.GIVENNAME", {"name": {"givenName": "Ada"}}),
        ("USERNAME", {"userName": "ada"}),
        (f"{USER}:userName", {"userName": "ada"}),
        (f"{USER.upper()}:name.familyname", {"name": {"familyName": "Lovelace"}}),
        (f"{ENTERPRISE}:department", {ENTERPRISE: {"department": "Tours"}}),
        (f"{ENTERPRISE.lower()}:Department", {ENTERPRISE: {"department": "Tours"}}),
        (
            f"name.givenName,{ENTERPRISE}:costCenter",
            {"name": {"givenName": "Ada"}, ENTERPRISE: {"costCenter": "4130"}},
        ),
    ],
)
def test_names_may_have_parts_and_urns(
    scim: Scim, person: str, named: str, expected: dict[str, Any]
) -> None:
    resource = shown(scim, person, attributes=named)
    assert {name: resource[name] for name in resource.keys() - ALWAYS} == expected


@proves("PRJ-007")
def test_a_complex_attribute_is_shown_whole_and_a_part_alone(scim: Scim, person: str) -> None:
    assert shown(scim, person, attributes="emails")["emails"] == PERSON["emails"]
    assert shown(scim, person, attributes="name")["name"] == PERSON["name"]
    parts = shown(scim, person, attributes="emails.value")["emails"]
    assert parts == [{"value": "a@x.org"}, {"value": "b@x.org"}]


@proves("PRJ-008")
def test_excluding_a_part_leaves_its_siblings(scim: Scim, person: str) -> None:
    resource = shown(
        scim, person, excludedAttributes=f"name.formatted,emails.type,{ENTERPRISE}:costCenter"
    )
    assert resource["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert resource["emails"] == [{"value": "a@x.org", "primary": True}, {"value": "b@x.org"}]
    assert resource[ENTERPRISE] == {"department": "Tours"}


@proves("PRJ-009")
@every_verb
@pytest.mark.parametrize("query", ["attributes=password", f"attributes={USER}:password,userName"])
def test_a_secret_is_never_shown(scim: Scim, verb: Verb, query: str) -> None:
    response = verb(scim, query)
    assert "password" not in only(response)
    assert "correct horse" not in response.text


@proves("PRJ-009")
def test_what_is_shown_on_request_needs_to_be_named(scim: Scim) -> None:
    body = {"displayName": "lamp", "serialNumber": "1", "notes": "long remarks", "pin": "1234"}
    created = scim.post("/Devices", body).get_json()
    path = f"/Devices/{created['id']}"
    assert "notes" not in shown(scim, path)
    assert "notes" not in shown(scim, path, attributes="displayName")
    assert "notes" not in scim.get("/Devices").get_json()["Resources"][0]
    asked = shown(scim, path, attributes="notes,pin")
    assert asked.keys() == {"schemas", "id", "serialNumber", "notes"}
    listed = scim.get("/Devices?attributes=notes").get_json()["Resources"]
    assert [device["notes"] for device in listed] == ["long remarks"]
    assert "notes" in scim.put(f"{path}?attributes=notes", body).get_json()


@proves("PRJ-010")
@every_verb
@pytest.mark.parametrize("query", ["attributes=nope,x.y", "attributes=nope,userName"])
def test_unknown_names_are_ignored(scim: Scim, verb: Verb, query: str) -> None:
    assert only(verb(scim, query)).keys() == ALWAYS | ({"userName"} & set(query.split(",")))


@proves("PRJ-010")
def test_unknown_names_exclude_nothing(scim: Scim, person: str) -> None:
    assert shown(scim, person, excludedAttributes="nope,name.nope") == shown(scim, person)


@proves("PRJ-012")
def test_the_urn_of_an_extension_means_all_of_it(scim: Scim, person: str) -> None:
    named = shown(scim, person, attributes=ENTERPRISE)
    assert named.keys() == {ENTERPRISE} | ALWAYS
    assert named[ENTERPRISE] == PERSON[ENTERPRISE]
    assert shown(scim, person, excludedAttributes=ENTERPRISE).keys() == DEFAULT - {ENTERPRISE}
    listed = scim.get(f"/Users?attributes={ENTERPRISE.upper()}").get_json()["Resources"]
    assert listed == [named]


@pytest.mark.parametrize("query", ["attributes=", "excludedAttributes=", "attributes=,"])
def test_an_empty_list_names_nothing(scim: Scim, person: str, query: str) -> None:
    assert scim.get(f"{person}?{query}").get_json() == shown(scim, person)
