"""Every attribute behaves as its published definition says (RFC 7643 §2.2, §2.3, §7)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.application import Scim, error
from tests.web.samples import (
    KINDS,
    WRONG,
    Json,
    definitions,
    full,
    held,
    kind,
    leaves,
    minimal,
    place,
    value,
)


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    """A resource type."""
    return str(request.param)


@pytest.fixture
def at(strict: Scim, name: str) -> str:
    """Its endpoint."""
    return str(kind(strict, name)["endpoint"])


def simple(scim: Scim, name: str) -> Iterator[tuple[str | None, Json, Json | None]]:
    """Every path to a single value that a client may write, as (urn, attribute, sub-attribute)."""
    for urn, definition in definitions(scim, name):
        for attribute, sub in leaves(definition):
            if "readOnly" not in (attribute["mutability"], (sub or attribute)["mutability"]):
                yield urn, attribute, sub


def wrapped(urn: str | None, attribute: Json, sub: Json | None, content: Any) -> Json:
    """A document with that content at the path."""
    if sub is not None:
        others = {s["name"]: value(s) for s in attribute["subAttributes"] if s["required"]}
        content = others | {sub["name"]: content}
    content = [content] if attribute["multiValued"] else content
    return place(urn, {attribute["name"]: content})


def path(urn: str | None, attribute: str) -> str:
    """The attribute as it is written in filters."""
    return attribute if urn is None else f"{urn}:{attribute}"


def text_of(urn: str | None, attribute: Json, sub: Json | None) -> str:
    """The path as it is written in filters."""
    return path(urn, ".".join(part["name"] for part in (attribute, sub) if part))


def texts_in(content: Any, sub: Json | None) -> list[str]:
    """The value at a path, as a list of none or one."""
    element = content[0] if isinstance(content, list) else content
    single = element.get(sub["name"]) if sub and element else element
    return [single] if single else []


@pytest.mark.proves("ATT-027", "ATT-032", "USR-005", "USR-016", "USR-021", "ENT-001", "RES-006")
def test_all_that_can_be_written_comes_back(strict: Scim, name: str, at: str) -> None:
    sent = full(strict, name)
    created = strict.post(at, sent)
    assert created.status_code == 201, created.text
    shown = strict.get(f"{at}/{created.get_json()['id']}").get_json()
    assert {
        d["name"]: held(shown, urn, d["name"])
        for urn, d in definitions(strict, name)
        if d["returned"] in ("default", "always") and held(sent, urn, d["name"]) is not None
    } == {
        d["name"]: held(sent, urn, d["name"])
        for urn, d in definitions(strict, name)
        if d["returned"] in ("default", "always") and held(sent, urn, d["name"]) is not None
    }


@pytest.mark.proves(
    "ATT-005",
    "ATT-007",
    "ATT-008",
    "ATT-009",
    "ATT-010",
    "ATT-011",
    "ATT-012",
    "USR-006",
    "USR-015",
    "SDF-007",
)
def test_every_attribute_refuses_what_is_not_of_its_type(strict: Scim, name: str, at: str) -> None:
    least = minimal(strict, name)
    accepted = [
        (text_of(urn, attribute, sub), wrong)
        for urn, attribute, sub in simple(strict, name)
        for wrong in WRONG[(sub or attribute)["type"]]
        if error(strict.post(at, least | wrapped(urn, attribute, sub, wrong)))
        != (400, "invalidValue")
    ]
    assert accepted == []


@pytest.mark.proves("ATT-016", "ATT-018", "SDF-007")
def test_lists_are_lists_and_objects_are_objects(strict: Scim, name: str, at: str) -> None:
    least = minimal(strict, name)
    swapped = [
        (urn, d["name"], value(d)[0] if d["multiValued"] else [value(d)])
        for urn, d in definitions(strict, name)
        if d["mutability"] != "readOnly"
    ]
    answers = {
        attribute: error(strict.post(at, least | place(urn, {attribute: content})))
        for urn, attribute, content in swapped
    }
    assert set(answers.values()) == {(400, "invalidValue")}, answers


@pytest.mark.proves("ATT-016")
def test_the_order_of_members_of_an_object_means_nothing(strict: Scim, name: str, at: str) -> None:
    sent = full(strict, name)
    created = strict.post(at, sent)
    turned = strict.put(f"{at}/{created.get_json()['id']}", dict(reversed(sent.items())))
    assert turned.headers["ETag"] == created.headers["ETag"]
    assert turned.get_json() == created.get_json()


@pytest.mark.proves("ATT-035", "SDF-007", "GRP-002", "USR-002", "CRE-008")
@pytest.mark.parametrize("empty", [None, [], ""])
def test_every_required_attribute_is_demanded(
    strict: Scim, name: str, at: str, empty: object
) -> None:
    least = minimal(strict, name)
    required = least.keys() - {"schemas"}
    answers = [error(strict.post(at, least | {attribute: empty})) for attribute in required]
    assert answers == [(400, "invalidValue")] * len(required)


@pytest.mark.proves("ATT-035", "SDF-007")
def test_no_required_attribute_can_be_removed(strict: Scim, name: str, at: str) -> None:
    least = minimal(strict, name)
    id = strict.post(at, least).get_json()["id"]
    required = least.keys() - {"schemas"}
    operations = [{"op": "remove", "path": attribute} for attribute in required]
    answers = [error(strict.patch(f"{at}/{id}", operation)) for operation in operations]
    assert answers == [(400, "mutability")] * len(required)


@pytest.mark.proves("ATT-027", "SDF-007", "USR-018", "ENT-003", "CRE-003")
def test_what_is_read_only_is_ignored_in_a_body_and_refused_in_a_patch(
    strict: Scim, name: str, at: str
) -> None:
    read_only = [
        (urn, attribute, sub)
        for urn, definition in definitions(strict, name)
        for attribute, sub in leaves(definition)
        if (sub or attribute)["mutability"] == "readOnly"
    ]
    plain = strict.post(at, minimal(strict, name)).get_json()
    for urn, attribute, sub in read_only:
        body = minimal(strict, name) | wrapped(urn, attribute, sub, "mine")
        assert strict.post(at, body).get_json().keys() == plain.keys()
        path = text_of(urn, attribute, sub)
        operation = {"op": "replace", "path": path, "value": "mine"}
        answer = strict.patch(f"{at}/{plain['id']}", operation)
        assert error(answer) == (400, "mutability"), path


@pytest.mark.proves("ATT-026", "SDF-007", "ENT-004")
def test_a_filter_heeds_letter_case_where_the_schema_says_so(
    strict: Scim, name: str, at: str
) -> None:
    sent = full(strict, name)
    strict.post(at, sent)
    texts = [
        (text_of(urn, a, sub), (sub or a)["caseExact"], content.swapcase())
        for urn, a, sub in simple(strict, name)
        if (sub or a)["type"] in ("string", "reference") and (sub or a)["returned"] != "never"
        for content in texts_in(held(sent, urn, a["name"]), sub)
    ]
    found = {text: bool(strict.found(at, f'{text} eq "{other}"')) for text, _, other in texts}
    assert found == {text: not exact for text, exact, _ in texts}


@pytest.mark.proves("ATT-034", "SDF-007")
def test_a_taken_value_is_refused_where_the_schema_says_so(
    strict: Scim, name: str, at: str
) -> None:
    texts = [
        (urn, d)
        for urn, d in definitions(strict, name)
        if d["type"] == "string" and not d["multiValued"] and d["mutability"] == "readWrite"
    ]
    taken = {}
    for urn, definition in texts:
        both = place(urn, {definition["name"]: strict.name()})
        first = strict.post(at, minimal(strict, name) | both)
        second = strict.post(at, minimal(strict, name) | both)
        assert first.status_code == 201
        taken[definition["name"]] = second.status_code
    assert taken == {d["name"]: 201 if d["uniqueness"] == "none" else 409 for _, d in texts}


@pytest.mark.proves("ATT-023", "ATT-025", "ATT-024", "SDF-007")
def test_null_and_empty_are_absent_for_every_attribute(strict: Scim, name: str, at: str) -> None:
    least = minimal(strict, name)
    filled = strict.post(at, full(strict, name) | least).get_json()
    optional = [
        (urn, d["name"])
        for urn, d in definitions(strict, name)
        if not d["required"] and d["mutability"] == "readWrite" and d["name"] != "active"
    ]
    absent = strict.put(f"{at}/{filled['id']}", least).get_json()
    nothings: tuple[object, ...] = (None, [])
    for nothing in nothings:
        strict.put(f"{at}/{filled['id']}", full(strict, name) | least)
        cleared = dict(least)
        for urn, attribute in optional:
            holder = cleared if urn is None else cleared.setdefault(urn, {})
            holder[attribute] = nothing
        put = strict.put(f"{at}/{filled['id']}", cleared)
        assert {**put.get_json(), "meta": 0} == {**absent, "meta": 0}
        assert "null" not in put.text
        assert strict.found(at, " or ".join(f"{path(u, a)} pr" for u, a in optional)) == []
