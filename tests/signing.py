"""What a test talks to: /auth/v1, as nobody or as somebody who is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from scim_server.config import AUTH_PATH
from scim_server.directory.callers import Caller
from scim_server.directory.events import Actor
from scim_server.protocol.intake import Strict
from scim_server.store.models import TENANT
from tests.application import Application, Scim

PASSWORD = "twelve tall giraffes"
OTHER = "eleven small meerkats"


class Signing:
    """One client of /auth/v1, with the token of a session or none."""

    def __init__(self, application: Application, token: str | None = None) -> None:
        self.application = application
        self.bearer = token
        self._client: FlaskClient = application.flask.test_client()

    def send(self, method: str, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", {}))
        if self.bearer:
            headers.setdefault("Authorization", f"Bearer {self.bearer}")
        return self._client.open(
            AUTH_PATH + path, method=method, json=body, headers=headers, buffered=True, **kwargs
        )

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.send("POST", path, {} if body is None else body, **kwargs)

    def delete(self, path: str) -> TestResponse:
        return self.send("DELETE", path)

    def introspect(self, token: str, **headers: str) -> TestResponse:
        return self.send("POST", "/introspect", headers=headers, data={"token": token})


def people(application: Application) -> Scim:
    """A client of a new tenant whose SCIM passwords are ones to sign in with."""
    scim = application.scim()
    caller = Caller(scim.tenant, Actor("tests", ""), frozenset(), Strict())
    application.parts.policies.change(caller, {"passwords_by_scim": True})
    return scim


def allow(application: Application, scim: Scim, **policy: Any) -> None:
    """Change the policy of the client's tenant."""
    answer = application.admin(scim.tenant).patch("/policy", policy)
    assert answer.status_code == 200, answer.text


def tenant_name(application: Application, tenant: int) -> str:
    """How its users name it; a look-up of its own, since a run has thousands of tenants."""
    with application.parts.database.reading() as connection:
        name = connection.scalar(select(TENANT.c.name).where(TENANT.c.id == tenant))
    assert isinstance(name, str)
    return name


def sign_in(
    application: Application, scim: Scim, name: str, password: str = PASSWORD, **kwargs: Any
) -> TestResponse:
    """Try to sign in as a user of the client's tenant."""
    body = {
        "tenant": tenant_name(application, scim.tenant),
        "userName": name,
        "password": password,
    }
    return Signing(application).post("/sign-in", body, **kwargs)


def signed_in(application: Application, scim: Scim, name: str, password: str = PASSWORD) -> Signing:
    """A user of the client's tenant with a new session."""
    answer = sign_in(application, scim, name, password)
    assert answer.status_code == 200, answer.text
    return Signing(application, answer.get_json()["token"])


@contextmanager
def in_time(
    application: Application, delay: timedelta = timedelta(), **settings: Any
) -> Iterator[Application]:
    """Another worker on the same database, whose clock is ahead."""
    worker = Application(application.config.database_url, **settings)

    def clock() -> datetime:
        return datetime.now(UTC) + delay

    worker.parts.transactions.clock = clock
    worker.parts.session_tokens.clock = clock
    worker.parts.key_tokens.clock = clock
    worker.parts.credentials.clock = clock
    try:
        yield worker
    finally:
        worker.parts.database.close()
