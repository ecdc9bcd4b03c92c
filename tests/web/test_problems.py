"""Faults outside of SCIM are problem documents (RFC 9457), whatever they are."""

import pytest

from scim_server.config import ADMIN_PATH, AUTH_PATH
from tests.application import Application, problem

APIS = (ADMIN_PATH, AUTH_PATH)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("path", ["/nothing", "/policy/nothing", "/users//events", "/%00", "/ü"])
def test_what_there_is_not(application: Application, api: str, path: str) -> None:
    answer = application.flask.test_client().get(api + path)
    assert problem(answer)[0] == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "EXPLODE"])
def test_a_method_that_a_path_does_not_take(
    application: Application, api: str, method: str
) -> None:
    answer = application.flask.test_client().open(f"{api}/openapi.json", method=method)
    assert problem(answer)[0] == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("path", ["/openapi.json", "/"])
def test_head_is_get_without_a_body(application: Application, api: str, path: str) -> None:
    client = application.flask.test_client()
    head, get = client.head(api + path), client.get(api + path)
    assert (head.status_code, head.data) == (200, b"")
    assert (head.mimetype, head.content_length) == (get.mimetype, get.content_length)
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_is_there_without_its_slash(application: Application) -> None:
    assert application.flask.test_client().get(ADMIN_PATH).mimetype == "text/html"


@pytest.mark.parametrize("accepted", ["application/json", "*/*", "text/html, */*;q=0.1", ""])
def test_json_is_given_to_who_takes_it(application: Application, accepted: str) -> None:
    headers = {"Accept": accepted}
    answer = application.flask.test_client().get(f"{ADMIN_PATH}/openapi.json", headers=headers)
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("accepted", ["text/html", "application/json;q=0", "image/*"])
def test_who_takes_no_json_is_told(application: Application, accepted: str) -> None:
    headers = {"Accept": accepted}
    answer = application.flask.test_client().get(f"{ADMIN_PATH}/openapi.json", headers=headers)
    assert problem(answer)[0] == 406


def test_no_credential_is_asked_for_as_a_problem(application: Application) -> None:
    answer = application.flask.test_client().get(f"{ADMIN_PATH}/policy")
    assert problem(answer)[0] == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("data", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b" " * (2**20 + 1), "application/json", 413),
    ],
)
def test_a_body_that_is_none(
    application: Application, data: bytes, media: str, status: int
) -> None:
    token = application.token(application.tenant())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media}
    answer = application.flask.test_client().patch(
        f"{ADMIN_PATH}/policy", data=data, headers=headers
    )
    assert problem(answer)[0] == status
