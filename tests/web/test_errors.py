"""Errors: one form, whatever raised them (RFC 7644 §3.12)."""

import pytest
from flask.testing import FlaskClient

from scim_server.app import assemble
from scim_server.config import BASE_PATH
from scim_server.protocol.errors import ScimError
from scim_server.web.auth import Access, access
from tests.application import USER, Application, Scim, error

OUTSIDE = {"passwordChangeRequired"}
"""Codes of problem documents at sign-in, which SCIM never answers."""
REGISTERED = {
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath",
    "noTarget", "invalidValue", "invalidVers", "sensitive", "invalidCursor", "expiredCursor",
    "invalidCount",
}  # fmt: skip
ADA = {"schemas": [USER], "userName": "ada"}
JSON = {"Content-Type": "application/scim+json"}

FAULTS = [
    ("POST", "/Users", b"{", 400, "invalidSyntax"),
    ("POST", "/Users", b"[]", 400, "invalidSyntax"),
    ("POST", "/Users", b'{"schemas": [], "userName": "x"}', 400, "invalidSyntax"),
    ("POST", "/Users", b'{"schemas": ["%s"]}' % USER.encode(), 400, "invalidValue"),
    ("POST", "/.search", b'{"filter": "a"}', 400, "invalidSyntax"),
    ("POST", "/Bulk", b"{}", 400, "invalidSyntax"),
    ("PATCH", "/Users/1", b"{}", 400, "invalidSyntax"),
    ("GET", "/Users?filter=title", None, 400, "invalidFilter"),
    ("GET", "/Users?filter=nosuch%20eq%201", None, 400, "invalidFilter"),
    ("GET", "/Users?sortBy=nosuch", None, 400, "invalidPath"),
    ("GET", "/Users?count=x", None, 400, "invalidValue"),
    ("GET", "/Users?filter=password%20eq%20%22x%22", None, 403, "sensitive"),
    ("GET", "/Users?cursor=forged", None, 400, "invalidCursor"),
    ("GET", "/Users/ghost", None, 404, None),
    ("GET", "/Nowhere", None, 404, None),
    ("GET", "/Users/1/2/3", None, 404, None),
    ("DELETE", "/Users", None, 405, None),
    ("POST", "/Users/1", b"{}", 405, None),
    ("OPTIONS", "/Users", None, 405, None),
    ("POST", "/Me", b"{}", 501, None),
    ("POST", "/Users", b" " * (2**20 + 1), 413, None),
]


@pytest.mark.proves("ERR-001", "ERR-002", "ERR-004", "ERR-005", "ERR-006")
@pytest.mark.parametrize(("method", "path", "data", "status", "scim_type"), FAULTS)
def test_every_fault_is_a_scim_error(
    strict: Scim, method: str, path: str, data: bytes | None, status: int, scim_type: str | None
) -> None:
    response = strict.send(method, path, data=data, headers=JSON if data else {})
    assert error(response) == (status, scim_type)
    assert response.get_json(force=True)["detail"]


@pytest.mark.proves("ERR-001")
def test_a_body_that_is_no_json_by_its_type_is_refused(scim: Scim) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert error(scim.post("/Users", data=b"userName=x", headers=form)) == (415, None)


@pytest.mark.proves("ERR-001", "AUT-001")
def test_a_request_without_credential_is_refused_in_the_same_form(scim: Scim) -> None:
    assert error(scim.get("/Users", token=None)) == (401, None)


@pytest.mark.proves("ERR-006", "ERR-005")
def test_uniqueness_is_a_conflict(scim: Scim) -> None:
    scim.user(userName="ada")
    assert error(scim.post("/Users", ADA)) == (409, "uniqueness")


@pytest.mark.proves("ERR-003")
def test_no_error_of_scim_has_a_scim_type_of_its_own() -> None:
    assert {kind.scim_type for kind in every_error()} - {None} <= REGISTERED | OUTSIDE


@pytest.mark.proves("ERR-004")
def test_no_error_class_has_a_status_that_table_8_and_http_do_not_give_it() -> None:
    assert {kind.status for kind in every_error()} <= {
        400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 429, 500, 501, 503,
    }  # fmt: skip


def every_error() -> set[type[ScimError]]:
    found, waiting = set(), [ScimError]
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting += kind.__subclasses__()
    return found


@pytest.fixture
def defective(application: Application) -> FlaskClient:
    """The server with a view that has a defect."""
    flask = assemble(application.parts)

    @flask.get(f"{BASE_PATH}/defect")
    @access(Access.ANYONE)
    def defect() -> str:
        raise KeyError("SELECT secret FROM token")

    return flask.test_client()


@pytest.mark.proves("ERR-001", "ERR-007")
def test_a_defect_is_told_without_its_inside(defective: FlaskClient) -> None:
    response = defective.get(f"{BASE_PATH}/defect")
    assert error(response) == (500, None)
    assert not any(word in response.text for word in ("SELECT", "KeyError", "Traceback", "File"))


def test_a_405_names_what_is_allowed(scim: Scim) -> None:
    allowed = scim.delete("/Users").headers["Allow"].split(", ")
    assert {"GET", "POST"} <= set(allowed)


def test_no_answer_is_kept_by_a_cache(scim: Scim) -> None:
    for response in (scim.get("/Users"), scim.get("/Users/ghost"), scim.get("/Schemas")):
        assert response.headers["Cache-Control"] == "no-store"
