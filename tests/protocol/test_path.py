"""PATCH paths to syntax trees (RFC 7644 §3.5.2)."""

import pytest

from scim_server.protocol.errors import InvalidFilter, InvalidPath
from scim_server.protocol.filter import Compare, Not, Or, Present, Target, parse_path
from tests.protocol.filter_documents import ENTERPRISE, USER

A, B = Present("a"), Present("b")
WORK = Compare("type", "eq", "work")


@pytest.mark.proves("PAT-007", "PAT-009", "PAT-010", "PAT-013")
@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("members", Target("members")),
        ("name.familyName", Target("name.familyName")),
        ("members.$ref", Target("members.$ref")),
        ('emails[type eq "work"]', Target("emails", WORK)),
        ('emails[type eq "work"].value', Target("emails", WORK, "value")),
        ('emails[type eq "a]b"].value', Target("emails", Compare("type", "eq", "a]b"), "value")),
        ("emails[not (a pr) or b pr]", Target("emails", Or((Not(A), B)))),
        (f"{USER}:userName", Target(f"{USER}:userName")),
        (f'{USER}:emails[type eq "work"].value', Target(f"{USER}:emails", WORK, "value")),
        (f"{ENTERPRISE}:manager.value", Target(f"{ENTERPRISE}:manager.value")),
        (ENTERPRISE, Target(ENTERPRISE)),
        ("urn:example:2.0", Target("urn:example:2.0")),
        ("http://example.com/x:a.b", Target("http://example.com/x:a.b")),
        ("http://example.com/x:a[b pr].c", Target("http://example.com/x:a", B, "c")),
        ('schemas eq "urn:x"', Target("schemas", Compare("value", "eq", "urn:x"))),
        ('schemas eq "a[b]"', Target("schemas", Compare("value", "eq", "a[b]"))),
    ],
)
def test_it_parses_a_path(text: str, target: Target) -> None:
    assert parse_path(text) == target


@pytest.mark.proves("PAT-007", "PAT-008", "PAT-014")
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", InvalidPath),
        (" ", InvalidPath),
        ("a b", InvalidPath),
        (" members", InvalidPath),
        ("members\n", InvalidPath),
        ("emails[", InvalidPath),
        ("emails[type eq", InvalidPath),
        ("emails.", InvalidPath),
        (".value", InvalidPath),
        ("a.b.c", InvalidPath),
        ("/members/0", InvalidPath),
        ("emails[a pr]value", InvalidPath),
        ("emails[a pr].b.c", InvalidPath),
        ("emails [a pr]", InvalidPath),
        ("a pr", InvalidPath),
        ("a pr and b pr", InvalidPath),
        ("urn:\ud800", InvalidPath),
        ("a" * 9000 + "!", InvalidPath),
        ("emails[]", InvalidFilter),
        ("emails[0]", InvalidFilter),
        ("emails[0].value", InvalidFilter),
        ("emails[*]", InvalidFilter),
        ('emails[type zz "x"].value', InvalidFilter),
        ("emails[a[b pr]]", InvalidFilter),
        ("emails[a pr][b pr]", InvalidFilter),
        ("emails[a pr] or b[c pr]", InvalidFilter),
        ("emails[" + "(" * 30 + "a pr" + ")" * 30 + "]", InvalidFilter),
        ("emails[a eq \ud800]", InvalidFilter),
    ],
)
def test_it_refuses_a_path(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_path(text)
