"""Media types, methods, paths, versions (RFC 7644 §3.1, §3.2, §3.8, §3.13)."""

import re
from pathlib import Path

import pytest

from tests.application import USER, Application, Scim, error

proves = pytest.mark.proves


@proves("HTP-001")
def test_text_beyond_ascii_comes_back_as_it_was(scim: Scim) -> None:
    raw = f'{{"schemas":["{USER}"],"userName":"zoë","displayName":"Zoë 雪 🙂"}}'
    created = scim.post("/Users", data=raw, headers={"Content-Type": "application/scim+json"})
    assert created.status_code == 201
    assert '"Zoë 雪 🙂"' in created.data.decode("utf-8")
    assert scim.get("/Users", query={"filter": 'displayName co "雪 🙂"'}).get_json()["totalResults"]


@proves("HTP-002")
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/scim+json",
        "application/json",
        "APPLICATION/JSON",
        "application/*",
        "application/json; charset=utf-8",
        "application/json;odata=verbose",
        "text/html, application/xhtml+xml, */*;q=0.8",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    ],
)
def test_whoever_takes_json_is_answered_in_scim_json(scim: Scim, accept: str | None) -> None:
    response = scim.get("/Users", headers={} if accept is None else {"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/scim+json"


@proves("HTP-004")
@pytest.mark.parametrize("path", ["/Users", "/Users/1", "/Schemas", "/"])
@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml, text/*", "application/json;q=0, text/html"]
)
def test_whoever_takes_no_json_is_told_so_in_json(scim: Scim, path: str, accept: str) -> None:
    assert error(scim.get(path, headers={"Accept": accept})) == (406, None)


@proves("HTP-003")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/scim+json",
        "application/json",
        "application/scim+json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
    ],
)
def test_json_is_accepted_by_both_its_names(scim: Scim, content_type: str) -> None:
    body = f'{{"schemas":["{USER}"],"userName":"ada"}}'
    response = scim.post("/Users", data=body, headers={"Content-Type": content_type})
    assert response.status_code == 201


@proves("HTP-003")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content_type", ["text/xml", "text/plain", "application/x-www-form-urlencoded", "text/json"]
)
def test_a_body_of_another_type_is_refused(scim: Scim, method: str, content_type: str) -> None:
    path = "/Users" if method == "POST" else f"/Users/{scim.user()['id']}"
    sent = scim.send(method, path, data="{}", headers={"Content-Type": content_type})
    assert error(sent) == (415, None)


@proves("HTP-014")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b'"text"',
        b"null",
        b"5",
        b"{'userName': 'ada'}",
        b'{"userName": "ada",}',
        b'{"userName": "ada", "userName": "bob"}',
        b'{"userName": "ada", "USERNAME": "bob"}',
        b'{"userName": "ada"} {}',
        b'{"userName": "\xff"}',
        b'{"userName": NaN}',
    ],
)
@pytest.mark.parametrize("path", ["/Users", "/Users/.search", "/Bulk"])
def test_what_is_no_json_object_is_invalid_syntax(scim: Scim, path: str, body: bytes) -> None:
    sent = scim.post(path, data=body, headers={"Content-Type": "application/scim+json"})
    assert error(sent) == (400, "invalidSyntax")


@proves("HTP-005")
def test_every_link_begins_with_the_public_url(tmp_path: Path) -> None:
    url = "https://id.example.org/a/tenant1/"
    application = Application(f"sqlite:///{tmp_path}/scim.db", public_url=url)
    scim = application.scim()
    base = "https://id.example.org/a/tenant1/scim/v2"
    group = scim.group(scim.user()["id"])
    texts = [scim.get(path).text for path in ("/Users", "/Groups", "/Schemas", "/ResourceTypes")]
    links = re.findall(r'"(?:location|\$ref)":"([^"]+)"', " ".join(texts))
    assert links
    assert [link for link in links if not link.startswith(f"{base}/")] == []
    assert group["meta"]["location"] == f"{base}/Groups/{group['id']}"
    application.parts.database.close()


@proves("HTP-005")
def test_no_link_is_made_from_what_the_request_says_of_its_host(scim: Scim) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    scim.user()
    assert "evil.example" not in scim.get("/Users", headers=headers).text


@proves("HTP-007", "ERR-003")
@pytest.mark.parametrize("version", ["v1", "v3", "v22", "v2.1"])
@pytest.mark.parametrize("path", ["", "/", "/Users", "/Users/1", "/Bulk"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_another_version_is_refused(scim: Scim, version: str, path: str, method: str) -> None:
    sent = scim.application.flask.test_client().open(f"/scim/{version}{path}", method=method)
    assert error(sent) == (400, "invalidVers")


@proves("HTP-009")
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/Users"), ("GET", "/Groups"), ("GET", "/ServiceProviderConfig"), ("GET", "/Schemas"),
     ("GET", "/ResourceTypes"), ("GET", "/"), ("POST", "/.search"), ("POST", "/Users/.search"),
     ("POST", "/Groups/.search"), ("POST", "/Bulk")],
)  # fmt: skip
def test_every_defined_endpoint_is_served(scim: Scim, method: str, path: str) -> None:
    message = {"/Bulk": "BulkRequest"}.get(path, "SearchRequest")
    body = {
        "schemas": [f"urn:ietf:params:scim:api:messages:2.0:{message}"],
        **({"Operations": [{"method": "DELETE", "path": "/Users/1"}]} if path == "/Bulk" else {}),
    }
    assert scim.send(method, path, body if method == "POST" else None).status_code == 200


@proves("HTP-009")
def test_registering_oneself_is_not_implemented(scim: Scim) -> None:
    assert error(scim.post("/Me", {"schemas": [USER], "userName": "ada"})) == (501, None)


@proves("HTP-010")
@pytest.mark.parametrize("path", ["/Nope", "/users", "/Users/1/2", "/Users/1/.search", "/Users//"])
def test_an_unknown_endpoint_is_not_found(scim: Scim, path: str) -> None:
    assert error(scim.get(path)) == (404, None)


@proves("HTP-010")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/Users", {"GET", "HEAD", "POST"}),
        ("PUT", "/Users", {"GET", "HEAD", "POST"}),
        ("DELETE", "/Users", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/Users", {"GET", "HEAD", "POST"}),
        ("POST", "/Users/1", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", "/Users/.search", {"POST"}),
        ("DELETE", "/Users/.search", {"POST"}),
        ("GET", "/.search", {"POST"}),
        ("GET", "/Bulk", {"POST"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("POST", "/Schemas", {"GET", "HEAD"}),
        ("DELETE", "/ResourceTypes/User", {"GET", "HEAD"}),
        ("PATCH", "/ServiceProviderConfig", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_is_not_valid_here(
    scim: Scim, method: str, path: str, allowed: set[str]
) -> None:
    response = scim.send(method, path)
    assert error(response) == (405, None)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/Users/", "/Users/{id}/", "/Schemas/", "/Users/.search/"])
def test_a_slash_at_the_end_makes_no_difference(scim: Scim, path: str) -> None:
    at = path.format(id=scim.user()["id"])
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    sent = scim.post(at, search) if "search" in path else scim.get(at)
    assert sent.status_code == 200


@pytest.mark.parametrize("path", ["/Users", "/Users/{id}", "/Schemas", "/"])
def test_head_is_answered_as_get_without_the_body(scim: Scim, path: str) -> None:
    at = path.format(id=scim.user()["id"])
    full, bare = scim.get(at), scim.send("HEAD", at)
    assert (bare.status_code, bare.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert bare.headers.get(name) == full.headers.get(name)


@proves("HTP-011", "HTP-012")
@pytest.mark.parametrize(
    ("path", "body"),
    [("/Users", {"userName": "ada"}), ("/Groups", {"displayName": "all"}),
     ("/Notes", {"title": "a"})],
)  # fmt: skip
def test_every_type_can_be_replaced_and_modified(
    scim: Scim, path: str, body: dict[str, str]
) -> None:
    created = scim.post(path, body).get_json()
    at = f"{path}/{created['id']}"
    [name] = body
    replace = {"op": "replace", "path": name, "value": "new"}
    assert scim.patch(at, replace).get_json()[name] == "new"
    assert scim.put(at, created).get_json()[name] == created[name]


def test_an_answer_without_a_body_has_no_type(scim: Scim) -> None:
    user = scim.user()
    at = f"/Users/{user['id']}"
    current = scim.get(at, headers={"If-None-Match": user["meta"]["version"]})
    for response in (current, scim.delete(at)):
        assert response.data == b""
        assert "Content-Type" not in response.headers
