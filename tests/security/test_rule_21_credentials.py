"""No route opens to a credential that is none (security rule 21); every route is tried.

How tokens are made and kept: tests/directory/test_credentials.py; that each route says who may
come: tests/web/test_authentication.py.
"""

from collections.abc import Callable

import pytest

from scim_server.config import AUTH_PATH
from scim_server.directory import tokens
from scim_server.directory.tokens import Use
from scim_server.web.auth import USES, Access
from tests.application import Application
from tests.security.endpoints import LINKS, access, routes
from tests.security.stage import Stage, staged
from tests.signing import people

OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /admin/v1/",
    "GET /admin/v1/openapi.json",
    "GET /auth/v1/",
    "GET /auth/v1/openapi.json",
    f"GET {LINKS}",
    f"POST {LINKS}",
    *(
        f"POST {AUTH_PATH}/{path}"
        for path in (
            *("sign-in", "sign-in/second", "sign-in/password", "recovery", "recovery/password"),
            *("activation", "registration", "verification"),
        )
    ),
}
"""What anybody may ask."""
FALSE: dict[str, Callable[[str], dict[str, str]]] = {
    "none": lambda _: {},
    "empty": lambda _: {"Authorization": ""},
    "a scheme alone": lambda _: {"Authorization": "Bearer"},
    "a space": lambda _: {"Authorization": "Bearer  "},
    "another scheme": lambda token: {"Authorization": f"Token {token}"},
    "basic": lambda token: {"Authorization": f"Basic {token}"},
    "without a scheme": lambda token: {"Authorization": token},
    "doubled": lambda token: {"Authorization": f"Bearer {token} {token}"},
    "doubled with a comma": lambda token: {"Authorization": f"Bearer {token}, Bearer {token}"},
    "cut": lambda token: {"Authorization": f"Bearer {token[:-1]}"},
    "other letter case": lambda token: {"Authorization": f"Bearer {token.swapcase()}"},
    "another secret": lambda token: {"Authorization": f"Bearer {another(token)}"},
    "in a cookie": lambda token: {"Cookie": f"token={token}; Authorization={token}"},
    "in another header": lambda token: {"X-Api-Key": token, "X-Auth-Token": token},
}


def another(token: str) -> str:
    """Well made, of the same id, with another secret."""
    said = tokens.parse(token)
    return tokens.remake(said.use, said.tenant, said.id)


def of_each_use(stage: Stage) -> dict[Use, str]:
    """A live token of every use that is one for requests."""
    key = stage.admin.post("/keys", {"name": "k", "scopes": ["admin", "*:write"]})
    return {
        Use.CLIENT: stage.world.bearer,
        Use.SESSION: str(stage.own.token),
        Use.KEY: str(key.get_json()["token"]),
    }


@pytest.fixture(scope="module")
def stage(application: Application) -> Stage:
    """One for all that is refused: each test sees that nothing has changed."""
    return staged(application, people(application))


def closed(application: Application) -> list[tuple[str, str, Access]]:
    """Method, path and who may come, of every route that is not open to all."""
    return [
        (method, path, access(application, rule))
        for method, path, rule in routes(application)
        if access(application, rule) not in (Access.ANYONE, Access.DISCOVERY)
    ]


@pytest.mark.parametrize("false", FALSE)
def test_what_is_no_credential_opens_no_route(
    application: Application, stage: Stage, false: str
) -> None:
    tokens_of, told = of_each_use(stage), stage.told()
    client = application.flask.test_client()
    for method, path, level in closed(application):
        for use in USES[level]:
            headers = FALSE[false](tokens_of[use])
            answer = client.open(stage.path(path), method=method, headers=headers)
            assert answer.status_code == 401, (method, path, use)
            assert "WWW-Authenticate" in answer.headers
    assert stage.told() == told


@pytest.mark.parametrize("name", ["access_token", "token", "api_key", "Authorization"])
def test_no_credential_comes_in_a_query(application: Application, stage: Stage, name: str) -> None:
    tokens_of, client = of_each_use(stage), application.flask.test_client()
    for method, path, level in closed(application):
        for use in USES[level]:
            query = {name: tokens_of[use]}
            answer = client.open(stage.path(path), method=method, query_string=query)
            assert answer.status_code == 401, (method, path, use)
            assert tokens_of[use] not in answer.text


def test_a_token_of_another_use_opens_no_route(application: Application, stage: Stage) -> None:
    tokens_of, told = of_each_use(stage), stage.told()
    client = application.flask.test_client()
    for method, path, level in closed(application):
        for use, token in tokens_of.items():
            if use not in USES[level]:
                headers = {"Authorization": f"Bearer {token}"}
                answer = client.open(stage.path(path), method=method, headers=headers)
                assert answer.status_code == 401, (method, path, use)
    assert stage.told() == told


def test_every_route_that_is_open_to_all_is_known(application: Application) -> None:
    for method, path, rule in routes(application):
        is_open = access(application, rule) is Access.ANYONE
        start = LINKS if path.startswith(LINKS) else path
        assert is_open == (f"{method} {start}" in OPEN), (method, path)
