"""Secrets are kept nowhere and told nowhere (RFC 7644 §7.5, §7.7; security rules 16, 19, 26)."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from scim_server.store.models.base import Base
from tests.application import USER, Scim, error
from tests.web.bulk_job import create_user
from tests.web.event_log import events

PASSWORD = "t1meMa$heen-pw"


def database_text(scim: Scim) -> str:
    """All that the database holds."""
    with scim.application.parts.database.reading() as connection:
        rows = [
            str(row)
            for table in Base.metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return "\n".join(rows)


def body(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": "ada", "password": PASSWORD, **attributes}


@pytest.mark.proves("SEC-003", "USR-011")
def test_a_password_is_taken_by_every_method_and_kept_and_shown_by_none(scim: Scim) -> None:
    created = scim.post("/Users", body())
    at = f"/Users/{created.get_json(force=True)['id']}"
    replaced = {"op": "replace", "path": "password", "value": PASSWORD}
    answers = [
        created,
        scim.put(at, body(title="Dr")),
        scim.patch(at, replaced),
        scim.patch(at, {"op": "replace", "value": {"password": PASSWORD, "title": "Prof"}}),
        scim.patch(at, {"op": "remove", "path": "password"}),
        scim.bulk(create_user("q", "bob", password=PASSWORD)),
        scim.get(at),
        scim.get(at, query={"attributes": "password,userName"}),
        scim.get("/Users"),
        scim.search("/Users", attributes=["password"]),
    ]
    assert all(answer.status_code in (200, 201) for answer in answers)
    for answer in answers:
        assert PASSWORD not in answer.text
        assert '"password"' not in answer.text
    assert PASSWORD not in database_text(scim)
    assert hashlib.sha256(PASSWORD.encode()).hexdigest() not in database_text(scim)
    assert not any("password" in str(event.changes) for event in events(scim))


def test_setting_a_password_alone_is_no_change(scim: Scim) -> None:
    user = scim.user()
    operation = {"op": "replace", "path": "password", "value": PASSWORD}
    shown = scim.patch(f"/Users/{user['id']}", operation).get_json(force=True)
    assert shown["meta"] == user["meta"]


@pytest.mark.parametrize("password", [5, True, ["a"], {"value": "a"}])
def test_a_password_is_checked_for_its_type_and_not_repeated(strict: Scim, password: Any) -> None:
    response = strict.post("/Users", body(password=password))
    assert error(response) == (400, "invalidValue")
    id = strict.user()["id"]
    operation = {"op": "replace", "path": "password", "value": password}
    assert error(strict.patch(f"/Users/{id}", operation)) == (400, "invalidValue")


@pytest.mark.proves("SEC-002")
@pytest.mark.parametrize("operator", ["eq", "sw", "co", "gt"])
def test_a_filter_on_a_secret_is_refused_in_a_url(scim: Scim, operator: str) -> None:
    scim.post("/Users", body())
    filter = f'password {operator} "{PASSWORD}"'
    response = scim.get("/Users", query={"filter": filter})
    assert error(response) == (403, "sensitive")
    assert PASSWORD not in response.text
    assert error(scim.search("/Users", filter=filter)) == (400, "invalidFilter")


def test_a_token_is_stored_as_its_digest_only(scim: Scim) -> None:
    scim.get("/Users")
    held = database_text(scim)
    assert scim.bearer not in held
    assert scim.bearer.removeprefix("scim_") not in held
    assert hashlib.sha256(scim.bearer.encode()).hexdigest() in held


@pytest.mark.proves("SEC-003", "SEC-006")
def test_the_log_has_no_secret_no_name_and_no_filter_value(scim: Scim) -> None:
    with capture_logs() as lines:
        id = scim.post("/Users", body(displayName="Ada Lovelace")).get_json(force=True)["id"]
        scim.get("/Users", query={"filter": 'displayName eq "Ada Lovelace"'})
        scim.patch(f"/Users/{id}", {"op": "add", "path": "nosuch", "value": PASSWORD})
        scim.post("/Users", data=b'{"password": "' + PASSWORD.encode())
        scim.get("/Users/ada@example.com")
        scim.get("/nowhere/ada@example.com")
        scim.get("/Users", token=scim.bearer + "x")
    # A number of a request is random, and may well hold "ada".
    text = str([dict(line) | {"request": ""} for line in lines])
    assert len(lines) >= 7
    for told in (PASSWORD, scim.bearer, "Lovelace", "ada", "displayName", id):
        assert told not in text


@pytest.mark.proves("SEC-007")
def test_no_answer_may_be_kept_by_a_cache(scim: Scim) -> None:
    id = scim.user()["id"]
    for response in (scim.get(f"/Users/{id}"), scim.get("/Users"), scim.search("/Users")):
        assert response.headers["Cache-Control"] == "no-store"


HOSTS = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=http"},
    {"X-Forwarded-Proto": "ftp", "X-Original-Host": "evil.example"},
]


def links(value: object) -> Iterator[str]:
    """Every URI in an answer."""
    match value:
        case dict():
            for name, child in value.items():
                if name in ("location", "$ref"):
                    yield child
                yield from links(child)
        case list():
            for child in value:
                yield from links(child)


@pytest.mark.parametrize("headers", HOSTS)
def test_every_link_begins_with_the_configured_url(scim: Scim, headers: dict[str, str]) -> None:
    user = scim.user()["id"]
    scim.group(user)
    new = {"schemas": [USER], "userName": "ada"}
    answers = [
        scim.post("/Users", new, headers=headers),
        scim.get(f"/Users/{user}", headers=headers),
        scim.get("/", headers=headers),
        scim.post("/Bulk", BULK, headers=headers),
        scim.get("/Schemas", headers=headers),
        scim.get("/ResourceTypes", headers=headers),
        scim.get("/ServiceProviderConfig", headers=headers),
    ]
    for answer in answers:
        assert "evil" not in answer.text + str(answer.headers)
        found = list(links(answer.get_json(force=True)))
        assert found
        assert all(link.startswith("https://scim.example.com/scim/v2/") for link in found)
    assert answers[0].headers["Location"].startswith("https://scim.example.com/scim/v2/Users/")


BULK = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
    "Operations": [create_user("q", "bob")],
}

HOSTILE = ["%", "_", "a%", "\\", "' OR 1=1 --", '\\"; DROP TABLE resource; --', "${7*7}", "*", "?"]


@pytest.mark.proves("SEC-003")
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("operator", ["eq", "co", "sw", "ew"])
def test_the_text_of_a_filter_is_text(scim: Scim, text: str, operator: str) -> None:
    scim.user(displayName="abc")
    raw = text.replace('\\"', '"')
    id = scim.user(displayName=raw)["id"]
    quoted = raw.replace("\\", "\\\\").replace('"', '\\"')
    assert scim.found("/Users", f'displayName {operator} "{quoted}"') == [id]


KEPT: dict[str, Any] = {
    "groups": [{"value": "GROUP"}],
    "meta": {"created": "2000-01-01T00:00:00Z", "version": 'W/"99"', "location": "x"},
    "tenant": 1,
    "status": "Pending",
    "version": 99,
    "key": 1,
    "__class__": "x",
}


def test_no_key_of_a_body_reaches_what_the_schema_keeps_from_clients(scim: Scim) -> None:
    group, put, patched = scim.group()["id"], scim.user()["id"], scim.user()["id"]
    kept = KEPT | {"groups": [{"value": group}]}
    scim.post("/Users", {"schemas": [USER], "userName": "posted", **kept})
    scim.put(f"/Users/{put}", {"schemas": [USER], "userName": "put", **kept})
    scim.patch(f"/Users/{patched}", {"op": "replace", "value": kept})
    scim.bulk(create_user("q", "bulk", **kept))
    shown = scim.get("/Users").get_json(force=True)["Resources"]
    assert len(shown) == 4
    for user in shown:
        assert user.keys() == {"schemas", "id", "userName", "active", "meta"}
        assert user["meta"]["created"] > "2026"
        assert user["meta"]["location"].endswith(f"/Users/{user['id']}")
        assert user["meta"]["version"] in ('W/"1"', 'W/"2"')
    assert scim.get(f"/Groups/{group}").get_json(force=True)["members"] == []
