"""What a body must be before anything looks at it (security rules 9 and 18)."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import pytest
from werkzeug.test import TestResponse

from tests.application import GROUP, MESSAGES, USER, Application, Scim, error
from tests.rows import digest


@dataclass(frozen=True)
class Endpoint:
    """An endpoint that takes a body, and a valid one; {user} and {group} stand for ids."""

    method: str
    path: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def message(name: str, fields: str) -> bytes:
    return b'{"schemas":["%s"],%s}' % ((MESSAGES + name).encode(), fields.encode())


PATCH = message("PatchOp", '"Operations":[{"op":"add","path":"displayName","value":"Ada"}]')
SEARCH = message("SearchRequest", '"count":1')
BULK = message(
    "BulkRequest",
    '"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"new",'
    f'"schemas":["{USER}"]}}}}]',
)
ADA = b'{"schemas":["%s"],"userName":"new"}' % USER.encode()
TEAM = b'{"schemas":["%s"],"displayName":"new"}' % GROUP.encode()
DEVICE = (
    b'{"schemas":["urn:example:params:scim:schemas:core:2.0:Device"],"displayName":"new",'
    b'"serialNumber":"new","location":{"site":"here"}}'
)
ENDPOINTS = [
    Endpoint("POST", "/Users", ADA),
    Endpoint("PUT", "/Users/{user}", ADA),
    Endpoint("PATCH", "/Users/{user}", PATCH),
    Endpoint("POST", "/Users/.search", SEARCH),
    Endpoint("POST", "/Groups", TEAM),
    Endpoint("PUT", "/Groups/{group}", TEAM),
    Endpoint("PATCH", "/Groups/{group}", PATCH),
    Endpoint("POST", "/Groups/.search", SEARCH),
    Endpoint("POST", "/Devices", DEVICE),
    Endpoint("POST", "/.search", SEARCH),
    Endpoint("POST", "/Bulk", BULK),
    Endpoint("PUT", "/Me", ADA),
    Endpoint("PATCH", "/Me", PATCH),
]
at_every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


@dataclass(frozen=True)
class Place:
    """A client bound to a user, that user and a group."""

    scim: Scim
    ids: dict[str, str]

    def send(self, endpoint: Endpoint, body: bytes, **headers: str) -> TestResponse:
        path = endpoint.path.format(**self.ids)
        headers = {"Content-Type": "application/scim+json", **headers}
        return self.scim.send(endpoint.method, path, data=body, headers=headers)


@pytest.fixture(scope="module")
def peopled(application: Application) -> Place:
    """One for all tests: none of them may change anything in it."""
    scim = application.scim()
    user, group = scim.user(), scim.group()
    bound = application.scim(tenant=scim.tenant, user=user["id"])
    return Place(bound, {"user": user["id"], "group": group["id"]})


@pytest.fixture
def place(peopled: Place) -> Iterator[Place]:
    """Here only refusals are allowed, and they leave no trace."""
    before = digest(peopled.scim)
    yield peopled
    assert digest(peopled.scim) == before


def with_field(body: bytes, field: bytes) -> bytes:
    """The object with one more field at its end."""
    return body[:-1] + b"," + field + b"}"


def nested(levels: int) -> bytes:
    """A value of so many levels."""
    return b'{"x":' * (levels - 1) + b"[]" + b"}" * (levels - 1)


NO_JSON = {
    "empty": b"",
    "blank": b" \n",
    "array": b"[]",
    "array of objects": b"[{}]",
    "string": b'"text"',
    "number": b"1",
    "true": b"true",
    "null": b"null",
    "two documents": b"{}{}",
    "a byte too many": b"{}\x00",
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a":1}'.encode("utf-16"),
    "utf-32": '{"a":1}'.encode("utf-32-le"),
    "deeper than the parser goes": b'{"a":' * 100_000,
    "arrays deeper than the parser goes": b"[" * 100_000,
    "unfinished": b'{"a":',
    "comment": b"{/**/}",
    "comma at the end": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "form": b"userName=ada&active=true",
}
FIELDS = {
    "latin-1": b'"x":"\xe9"',
    "overlong": b'"x":"\xc0\xaf"',
    "surrogate in utf-8": b'"x":"\xed\xa0\x80"',
    "NaN": b'"x":NaN',
    "Infinity": b'"x":Infinity',
    "-Infinity": b'"x":-Infinity',
    "1e400": b'"x":1e400',
    "-1e400": b'"x":-1e400',
    "400 digits": b'"x":1' + b"0" * 400,
    "leading zero": b'"x":01',
    "hexadecimal": b'"x":0x10',
    "lone high surrogate": rb'"x":"\ud800"',
    "lone low surrogate": rb'"x":"\udc00"',
    "swapped surrogates": rb'"x":"\udc00\ud800"',
    "surrogate in a key": rb'"\ud800":1',
    "raw NUL": b'"x":"\x00"',
    "NUL": rb'"x":"\u0000"',
    "NUL after a backslash": rb'"x":"\\\u0000"',
    "NUL in a key": rb'"a\u0000b":1',
    "NUL in an array": rb'"x":["\u0000"]',
    "NUL below": rb'"x":[{"y":{"z":"\u0000"}}]',
    "raw tab": b'"x":"\t"',
    "key twice": b'"x":1,"x":1',
    "key twice, not in a row": b'"x":1,"y":2,"x":3',
    "key thrice": b'"x":1,"x":1,"x":1',
    "key twice in two cases": b'"userType":1,"usertype":1',
    "key twice below": b'"name":{"givenName":"a","givenName":"b"}',
    "key twice in two cases below": b'"name":{"givenName":"a","GIVENNAME":"b"}',
    "key twice in an array": b'"emails":[{"value":"a","value":"b"}]',
    "key twice, once escaped": rb'"x":1,"\u0078":2',
    "key twice, both escaped": rb'"\u0078":1,"\u0078":2',
    "key twice in two cases, once escaped": rb'"x":1,"\u0058":2',
    "key twice, a slash escaped": rb'"a/b":1,"a\/b":2',
    "key twice, the first with what the second lacks": b'"x":{"a":1,"b":2},"x":{"a":1}',
    "key twice beside texts like keys": rb'"x":"\"y\":","x":1',
    "key twice with blanks": b'"x" \n\t:1,"x"\r:1',
    "empty key twice": b'"":1,"":2',
    "case outside ASCII": '"É":1,"é":2'.encode(),
    "Kelvin sign and k": '"\u212a":1,"k":2'.encode(),
    "33 levels": b'"x":' + nested(32),
    "33 levels of arrays": b'"x":' + b"[" * 32 + b"]" * 32,
    "900 levels": b'"x":' + nested(900),
}


@at_every_endpoint
@pytest.mark.proves("HTP-014", "ATT-003")
def test_what_is_no_sound_json_object_is_a_syntax_error(place: Place, endpoint: Endpoint) -> None:
    broken = {name: with_field(endpoint.body, field) for name, field in FIELDS.items()}
    sent = NO_JSON | broken
    found = {name: error(place.send(endpoint, body)) for name, body in sent.items()}
    assert found == dict.fromkeys(found, (400, "invalidSyntax"))


def test_an_empty_body_is_called_empty(scim: Scim) -> None:
    answer = scim.post("/Users", data=b"", headers={"Content-Type": "application/scim+json"})
    assert answer.get_json(force=True)["detail"] == "The body is empty."


@pytest.mark.parametrize(
    "field",
    [
        rb'"x":"\\u0000"',
        rb'"x":"\"y\":1,\"y\":"',
        rb'"x":"\\","y":"z\\\":"',
        b'"x":"a:b","y":":"',
        b'"x":[{"k":1},{"k":1}]',
        b'"x":{"k":{"k":{"k":1}}}',
        rb'"x":"\ud83d\ude00"',
        rb'"\ud83d\ude00":1',
        '"x":"😀\u2028"'.encode(),
        b'"x":' + nested(31),
        b'"x":' + b"[" * 31 + b"]" * 31,
        b'"x":1e-400,"y":-0',
        b'"ss":1,"\xc3\x9f":2',
    ],
)
def test_what_only_looks_unsound_goes_through(scim: Scim, field: bytes) -> None:
    response = scim.post("/Users", data=with_field(ADA, field))
    assert response.status_code == 201, response.text


@at_every_endpoint
@pytest.mark.proves("HTP-003")
@pytest.mark.parametrize(
    "type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json", "a/b;c"]
)
def test_another_content_type_is_not_read(place: Place, endpoint: Endpoint, type: str) -> None:
    response = place.send(endpoint, endpoint.body, **{"Content-Type": type})
    assert error(response) == (415, None)


@pytest.mark.proves("HTP-003")
@pytest.mark.parametrize(
    "type",
    [
        None,
        "",
        "application/json",
        "application/scim+json",
        "APPLICATION/SCIM+JSON; charset=UTF-8",
        'application/json;charset="utf-8"',
    ],
)
def test_json_and_no_content_type_at_all_are_read(scim: Scim, type: str | None) -> None:
    headers = {} if type is None else {"Content-Type": type}
    assert scim.post("/Users", data=ADA, headers=headers).status_code == 201


def limit(scim: Scim, endpoint: Endpoint) -> int:
    config = scim.application.config
    return config.bulk_bytes if endpoint.path == "/Bulk" else config.body_bytes


@at_every_endpoint
@pytest.mark.proves("BLK-018")
def test_a_longer_body_than_the_limit_is_refused(place: Place, endpoint: Endpoint) -> None:
    missing = limit(place.scim, endpoint) - len(endpoint.body) + 1
    assert error(place.send(endpoint, b" " * missing + endpoint.body)) == (413, None)


@pytest.mark.parametrize("endpoint", [ENDPOINTS[0], ENDPOINTS[3], ENDPOINTS[10]], ids=str)
def test_a_body_as_long_as_the_limit_is_read(scim: Scim, endpoint: Endpoint) -> None:
    missing = limit(scim, endpoint) - len(endpoint.body)
    response = scim.post(endpoint.path, data=endpoint.body + b" " * missing)
    assert response.is_json and response.status_code in (200, 201), response.text


def operations(count: int) -> bytes:
    one = {"op": "add", "path": "displayName", "value": "x"}
    return orjson.dumps({"schemas": [MESSAGES + "PatchOp"], "Operations": [one] * count})


def values(count: int) -> bytes:
    value = [{"value": f"{n}@example.com"} for n in range(count)]
    one = {"op": "add", "path": "emails", "value": value}
    return orjson.dumps({"schemas": [MESSAGES + "PatchOp"], "Operations": [one]})


def creations(count: int) -> bytes:
    one = {"method": "DELETE", "path": "/Users/nobody"}
    return orjson.dumps({"schemas": [MESSAGES + "BulkRequest"], "Operations": [one] * count})


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        (ENDPOINTS[2], operations(1001)),
        (ENDPOINTS[2], values(10_001)),
        (ENDPOINTS[6], operations(1001)),
        (ENDPOINTS[10], creations(1001)),
    ],
    ids=["operations", "values", "operations of a group", "bulk operations"],
)
@pytest.mark.proves("BLK-018")
def test_more_than_a_limit_allows_is_refused_before_any_work(
    place: Place, endpoint: Endpoint, body: bytes
) -> None:
    assert error(place.send(endpoint, body)) == (413, None)


@pytest.mark.parametrize("body", [b"[", b"\xff" * 100, b'{"a":1,"a":2}', b" " * (2**20 + 1)])
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("DELETE", 204)])
def test_the_body_of_a_request_that_takes_none_is_not_looked_at(
    scim: Scim, method: str, status: int, body: bytes
) -> None:
    response = scim.send(method, f"/Users/{scim.user()['id']}", data=body)
    assert response.status_code == status
