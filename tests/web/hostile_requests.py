"""Requests that are valid but for what was broken in them, generated."""

import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from scim_server.protocol.searching import PARAMETERS
from tests.application import ENTERPRISE, GROUP, MESSAGES, USER

TEXT = st.text(max_size=20) | st.sampled_from(
    ["", " ", "\0", "\u202e", "\ufeff", "é" * 300, "x" * 70_000, "bulkId:a", "..", "%", "null"]
)
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "userName",
    "emails",
    "emails.value",
    'emails[type eq "work"].value',
    "name.givenName",
    "active",
    "groups",
    "meta.lastModified",
    "id",
    "password",
    "members",
    "displayName",
    f"{ENTERPRISE}:manager.value",
    "schemas",
    "nothing",
    "x509Certificates",
)
FRAGMENTS = (
    *NAMES,
    *("eq", "ne", "co", "sw", "ew", "gt", "le", "pr", "and", "or", "not", "(", ")", "[", "]"),
    *('"a"', '"', "true", "null", "1", "-1.5e3", '"\\u0000"', '"\\ud800"', ".", ":", "\\", "'"),
    '"2026-01-01T00:00:00Z"',
)
WORDS = st.lists(st.sampled_from(FRAGMENTS) | TEXT, max_size=9).map(" ".join)
CONDITION = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")),
    SCALAR.filter(lambda value: not isinstance(value, float)).map(
        lambda value: f'"{value}"' if isinstance(value, str) else str(value).lower()
    ),
).map(" ".join)
FILTER = WORDS | CONDITION | st.lists(CONDITION, min_size=2, max_size=4).map(" or ".join)
PATH = st.sampled_from(NAMES) | WORDS | FILTER.map("emails[{}].value".format)
BODIES: tuple[dict[str, Any], ...] = (
    {
        "schemas": [USER, ENTERPRISE],
        "userName": "hostile",
        "name": {"givenName": "Ada"},
        "active": True,
        "emails": [{"value": "ada@example.com", "type": "work", "primary": True}],
        ENTERPRISE: {"manager": {"value": "x"}, "employeeNumber": "7"},
    },
    {"schemas": [GROUP], "displayName": "hostile", "members": [{"value": "x"}]},
    {
        "schemas": [MESSAGES + "SearchRequest"],
        "filter": "userName pr",
        "sortBy": "userName",
        "attributes": ["userName"],
        "startIndex": 1,
        "count": 3,
    },
    {
        "schemas": [MESSAGES + "PatchOp"],
        "Operations": [{"op": "add", "path": "emails", "value": [{"value": "a@example.com"}]}],
    },
    {
        "schemas": [MESSAGES + "BulkRequest"],
        "failOnErrors": 3,
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "bulky"}},
            {"method": "DELETE", "path": "/Users/x"},
            {"method": "PATCH", "path": "/Groups/x", "data": {"Operations": []}},
        ],
    },
)
IDS = st.sampled_from(
    ["{user}", "{group}", "x", ".search", "..", "%2F", "a%2Fb", "%00", "%0d%0a", "%ff", "x" * 8000]
) | TEXT.map(lambda text: quote(text[:2000], safe=""))
PLACES = ("/Users", "/Groups", "/Devices", "/Notes", "/Bulk", "/Me", "/Schemas", "/ResourceTypes")
PATHS = (
    st.sampled_from((*PLACES, "/", "/.search", "/Users/.search", "/Groups/.search", "/nowhere"))
    | st.tuples(st.sampled_from(PLACES), IDS).map("/".join)
    | st.sampled_from(("/Users/{user}", "/Groups/{group}"))
)
QUERY = st.dictionaries(
    st.sampled_from((*PARAMETERS, "x")),
    FILTER | PATH | SCALAR.map(str),
    max_size=3,
)
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": LATIN | st.sampled_from(["*", 'W/"1"', '"', 'W/"', "," * 100, 'W/"9"' * 99]),
        "If-None-Match": LATIN | st.sampled_from(["*", 'W/"1"']),
        "Accept": LATIN | st.sampled_from(["text/html", "*/*;q=x", "application/json;q=0"]),
        "Content-Type": LATIN | st.sampled_from(["application/json", "application/scim+json"]),
        "Authorization": LATIN | st.sampled_from(["Bearer", "Bearer scim_", "Basic eDp5", "é"]),
    },
)


@dataclass(frozen=True)
class Hostile:
    """A request; {user} and {group} in its path stand for ids."""

    method: str
    path: str
    body: Any
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a document could be broken: at every value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    below = ((key, child) for key, child in items)
    return [
        place
        for key, child in below
        for place in [
            (*at, key),
            *(_places(child, (*at, key)) if isinstance(child, dict | list) else []),
        ]
    ]


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A valid body with some of its values replaced, or removed."""
    body = copy.deepcopy(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(0, 3))):
        places = _places(body)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder = body
        for step in way:
            holder = holder[step]
        if draw(st.integers(0, 4)):
            holder[last] = draw(FILTER | PATH | JSON)
        else:
            del holder[last]
    return body


REQUESTS = st.builds(
    Hostile,
    method=st.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")),
    path=PATHS,
    body=broken() | broken() | JSON,
    query=QUERY,
    headers=st.just({}) | HEADERS,
)
