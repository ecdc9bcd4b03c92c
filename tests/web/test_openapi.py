"""The OpenAPI documents: all that is served is in them, and nothing else."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from scim_server.config import ADMIN_PATH, AUTH_PATH
from scim_server.directory.rights.rights import Permission
from tests.application import Application

APIS = (ADMIN_PATH, AUTH_PATH)
METHODS = ("get", "post", "put", "patch", "delete")
FILES = {"text/csv", "application/jsonl", "application/x-ndjson"}
TYPED = {"type", "$ref", "enum", "anyOf"}
INSTANTS = {"at", "created", "due", "ended", "ends", "expires", "idleEnds", "lastSignIn", "used"}


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> str:
    path: str = request.param
    return path


@pytest.fixture
def document(application: Application, api: str) -> dict[str, Any]:
    """As anybody gets it."""
    answer = application.flask.test_client().get(f"{api}/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield path, method.upper(), operation


def served(app: Flask, api: str) -> set[tuple[str, str]]:
    return {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule.removeprefix(api)), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(api)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_every_route_and_no_other(
    application: Application, api: str, document: dict[str, Any]
) -> None:
    told = {(path, method) for path, method, _ in operations(document)}
    assert told == served(application.flask, api)


def test_every_operation_is_explained_and_named_once(document: dict[str, Any]) -> None:
    every = [operation for _, _, operation in operations(document)]
    assert all(operation["summary"].endswith(".") for operation in every)
    names = [operation["operationId"] for operation in every]
    assert len(set(names)) == len(names)


def test_every_operation_says_who_may_come_and_with_what(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for _, _, operation in operations(document):
        for scheme in operation["security"]:
            [(name, needed)] = scheme.items()
            assert name in schemes
            assert set(needed) <= set(Permission)
            assert needed == [one for one in [operation.get("x-permission")] if one]
            assert "401" in operation["responses"]
        if "x-permission" in operation:
            assert operation["security"] and "403" in operation["responses"]


def test_every_fault_is_a_problem_and_every_success_has_a_form(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            if status >= "400":
                assert list(content) == ["application/problem+json"], (path, method, status)
            elif status not in ("202", "204"):
                assert content, (path, method, status)


def test_what_is_sent_has_no_members_but_those_told(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path, method, operation in operations(document):
        for media, content in operation.get("requestBody", {"content": {}})["content"].items():
            if media in FILES:
                assert content["schema"] == {"type": "string"}
            else:
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert schemas[name]["additionalProperties"] is False, (path, method)


def test_every_member_has_a_type_and_every_instant_is_one(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for member, told in schema.get("properties", {}).items():
            assert TYPED & told.keys(), (name, member)
            if member in INSTANTS and told["type"] != "integer":
                assert told["format"] == "date-time", (name, member)


def test_a_file_is_described_by_its_types(application: Application) -> None:
    answer = application.flask.test_client().get(f"{ADMIN_PATH}/openapi.json")
    body = answer.get_json()["paths"]["/users/import"]["post"]["requestBody"]
    assert set(body["content"]) == FILES


class _Links(HTMLParser):
    """The ids of a page, what its links lead to, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loaded: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if "id" in told:
            self.ids.append(str(told["id"]))
        if tag == "a":
            self.links.add(str(told["href"]))
        if tag in ("script", "link", "img", "iframe"):
            self.loaded.add(tag)


def test_the_page_shows_every_operation_and_loads_nothing(
    application: Application, api: str, document: dict[str, Any]
) -> None:
    answer = application.flask.test_client().get(f"{api}/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = _Links()
    page.feed(answer.text)
    names = {operation["operationId"] for _, _, operation in operations(document)}
    assert names | set(document["components"]["schemas"]) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= {
        *page.ids,
        f"{document['servers'][0]['url']}/openapi.json",
    }
    assert page.loaded == set()
    assert "url(" not in answer.text and "@import" not in answer.text
