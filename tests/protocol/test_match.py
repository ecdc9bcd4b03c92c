"""The reference meaning of filters, on documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.protocol.bind import Not, bind, bind_within
from scim_server.protocol.errors import InvalidFilter, Sensitive
from scim_server.protocol.filter import parse_filter, parse_path
from scim_server.protocol.match import matches, matches_element
from scim_server.protocol.schema import Document
from tests.protocol.filter_cases import FILTERS
from tests.protocol.filter_documents import DOCUMENTS, filled, seen
from tests.protocol.shipped import REGISTRY

USERS = REGISTRY.kinds["User"]
LEAVES = st.sampled_from([path.text for kind in REGISTRY.kinds.values() for path in kind.paths()])
SUBS = st.sampled_from(["", ".value", ".type", ".primary", ".floor", ".speed", ".created"])
OPERATORS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
VALUES = st.sampled_from(
    ["null", "true", "false", "5", "-0.5", '""', '"a"', '"2026-01-01T00:00:00Z"']
)
TERMS = st.builds("{}{} {} {}".format, LEAVES, SUBS, OPERATORS, VALUES)


@pytest.mark.parametrize(("kind", "text", "names"), FILTERS)
def test_a_filter_selects(kind: str, text: str, names: tuple[str, ...]) -> None:
    text = filled(text, {name: f"id-{name}" for name in DOCUMENTS[kind]})
    bound = bind(REGISTRY.kinds[kind], parse_filter(text))
    found = [n for n in DOCUMENTS[kind] if matches(bound, seen(kind, n))]
    assert tuple(found) == names


@given(TERMS, st.sampled_from([(kind, name) for kind in DOCUMENTS for name in DOCUMENTS[kind]]))
def test_every_term_is_refused_or_answered(term: str, which: tuple[str, str]) -> None:
    kind, document = REGISTRY.kinds[which[0]], seen(*which)
    try:
        bound = bind(kind, parse_filter(term), *REGISTRY.kinds.values())
    except (InvalidFilter, Sensitive):
        return
    answer = matches(bound, document)
    assert matches(Not(bound), document) is not answer


@pytest.mark.proves("FIL-007", "FIL-027")
@pytest.mark.parametrize(
    ("document", "text", "answer"),
    [
        ({"title": ""}, "title pr", False),
        ({"title": ""}, "title eq null", True),
        ({"title": ""}, 'title eq ""', True),
        ({"title": ""}, 'title co ""', True),
        ({"title": " "}, "title pr", True),
        ({"name": {"givenName": ""}}, "name pr", False),
        ({"emails": []}, "emails pr", False),
        ({"emails": [{"value": ""}]}, "emails pr", False),
        ({"emails": [{"primary": False}]}, "emails pr", True),
        ({"active": False}, "active pr", True),
        ({}, 'emails.value eq "x"', False),
    ],
)
def test_an_empty_value_is_not_present(document: Document, text: str, answer: bool) -> None:
    assert matches(bind(USERS, parse_filter(text)), document) is answer


@pytest.mark.proves("PAT-007", "PAT-009", "PAT-013", "ATT-020")
@pytest.mark.parametrize(
    ("path", "element", "answer"),
    [
        ('emails[type eq "WORK"].value', {"type": "work"}, True),
        ('emails[type eq "work"]', {"type": "home"}, False),
        ('emails[type ne "work"]', {}, True),
        ("emails[primary eq false]", {"value": "a"}, True),
        ("emails[primary ne true]", {"primary": True}, False),
        ('emails[value co "@" and not (type pr)]', {"value": "a@b"}, True),
        ('schemas eq "urn:a"', "urn:a", True),
        ('schemas[value eq "urn:a"]', "urn:b", False),
        ('schemas[schemas sw "urn:"]', "urn:b", True),
    ],
)
def test_a_path_selects_elements(path: str, element: object, answer: bool) -> None:
    target = parse_path(path)
    attribute = USERS.resolve(target.attribute)
    assert attribute is not None
    assert target.filter is not None
    bound = bind_within(USERS, attribute, target.filter)
    assert matches_element(bound, element) is answer
