"""One application per database for the whole test run; every test gets a tenant of its own."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scim_server.app import assemble
from scim_server.config import ADMIN_PATH, BASE_PATH, BUNDLED_SCHEMAS, Config
from scim_server.directory.credentials import Client, Mode, Profile
from scim_server.directory.signing.passwords import Passwords
from scim_server.parts import Parts, build, new_id
from scim_server.store.migrate import migrate
from tests.servers import empty_database

EXAMPLES = Path(__file__).parent / "data" / "schemas"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACCOUNT = "urn:scim-server:params:scim:schemas:extension:account:1.0:User"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
EVERYTHING = ("*:write", "bulk", "admin")
ORIGIN = "https://scim.example.com"
BASE_URL = ORIGIN + BASE_PATH
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""For tests that are not about what a hash costs: the real one takes 30 ms each time."""

_names = itertools.count()


class Application:
    """A migrated database and the application on it, with the example schemas besides ours."""

    def __init__(self, database_url: str, **settings: Any) -> None:
        defaults = {
            "public_url": ORIGIN,
            "schemas": (BUNDLED_SCHEMAS, EXAMPLES),
        }
        self.config = Config(database_url=database_url, **(defaults | settings))
        self.parts: Parts = build(self.config)
        self.parts.passwords = Passwords(QUICK)
        migrate(self.parts.database)

    @cached_property
    def flask(self) -> Flask:
        """Assembled on first use: some tests need its parts only."""
        return assemble(self.parts)

    def tenant(self) -> int:
        """A new tenant."""
        return self.parts.clients.add_tenant(f"tenant-{next(_names)}", "2026-11-21T00:00:00")

    def token(
        self,
        tenant: int,
        mode: Mode = "tolerant",
        scopes: Sequence[str] = EVERYTHING,
        *,
        profile: Profile = "rfc",
        user: str | None = None,
        rate: int | None = None,
        lifetime: timedelta = timedelta(days=1),
    ) -> str:
        """The token of a new client."""
        client = Client(
            tenant, new_id(), f"client-{next(_names)}", frozenset(scopes), mode, profile, user, rate
        )
        return self.parts.credentials.add(client, lifetime)

    def admin(self, tenant: int, scopes: Sequence[str] = ("admin",)) -> "Admin":
        """An administrator of that tenant, by a credential that belongs to nobody."""
        return Admin(self, self.token(tenant, scopes=scopes))

    def scim(self, mode: Mode = "tolerant", tenant: int | None = None, **token: Any) -> "Scim":
        """A client of a new tenant, or of that one."""
        tenant = self.tenant() if tenant is None else tenant
        return Scim(self, tenant, self.token(tenant, mode, **token))


class Scim:
    """What a test talks to: SCIM over the WSGI interface, as one client of one tenant.

    ``scim.get("/Users?filter=…")``; paths are relative to the base URL and are sent as they are
    where they are percent-encoded already, else encoded.
    """

    def __init__(self, application: Application, tenant: int, token: str) -> None:
        self.application = application
        self.tenant = tenant
        self.bearer = token
        self._client: FlaskClient = application.flask.test_client()
        self._names = itertools.count()

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.send("POST", path, body, **kwargs)

    def put(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.send("PUT", path, body, **kwargs)

    def patch(self, path: str, *operations: Any, **kwargs: Any) -> TestResponse:
        """Send operations in a PatchOp message."""
        body = {"schemas": [MESSAGES + "PatchOp"], "Operations": list(operations)}
        return self.send("PATCH", path, body, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("DELETE", path, **kwargs)

    def search(self, path: str, **fields: Any) -> TestResponse:
        """POST a SearchRequest to path + /.search."""
        return self.post(f"{path}/.search", {"schemas": [MESSAGES + "SearchRequest"], **fields})

    def bulk(self, *operations: Any, **fields: Any) -> TestResponse:
        """POST a BulkRequest."""
        schemas = [MESSAGES + "BulkRequest"]
        return self.post("/Bulk", {"schemas": schemas, "Operations": list(operations), **fields})

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        data: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        token: str | None = "",
    ) -> TestResponse:
        """Send a JSON body, or raw ``data``; ``token`` None sends no credential."""
        sent = dict(headers or {})
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token or self.bearer}")
        if body is not None:
            sent.setdefault("Content-Type", "application/scim+json")
        return self._client.open(
            BASE_PATH + path,
            method=method,
            json=body,
            data=data,
            headers=sent,
            query_string=query,
            buffered=True,
        )

    # Ready-made documents and resources.

    def name(self) -> str:
        """A name that no other resource of this tenant has."""
        return f"name-{next(self._names)}"

    def user(self, **attributes: Any) -> dict[str, Any]:
        """Create a user and return it as the server answered."""
        body = {"schemas": [USER], "userName": self.name(), **attributes}
        return self._created("/Users", body)

    def group(self, *members: str, **attributes: Any) -> dict[str, Any]:
        """Create a group of these ids and return it as the server answered."""
        body = {
            "schemas": [GROUP],
            "displayName": self.name(),
            "members": [{"value": id} for id in members],
            **attributes,
        }
        return self._created("/Groups", body)

    def _created(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.get_json(force=True)
        return created

    def found(self, path: str, filter: str) -> list[str]:
        """The ids that a filter finds, in order."""
        response = self.get(path, query={"filter": filter, "count": 1000})
        assert response.status_code == 200, response.text
        return [resource["id"] for resource in response.get_json(force=True)["Resources"]]


class Admin:
    """What a test talks to: the administration API as one credential."""

    def __init__(self, application: Application, token: str | None) -> None:
        self.bearer = token
        self._client: FlaskClient = application.flask.test_client()

    def send(self, method: str, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return self._client.open(
            ADMIN_PATH + path, method=method, json=body, headers=headers, buffered=True, **kwargs
        )

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None) -> TestResponse:
        return self.send("POST", path, {} if body is None else body)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.send("PATCH", path, body)

    def put(self, path: str, body: Any) -> TestResponse:
        return self.send("PUT", path, body)

    def delete(self, path: str) -> TestResponse:
        return self.send("DELETE", path)


def problem(response: TestResponse) -> tuple[int, str | None]:
    """Status and code of a problem document, after checking its form (RFC 9457)."""
    body = response.get_json(force=True)
    assert response.mimetype == "application/problem+json", response.text
    assert body["status"] == response.status_code, body
    assert body["title"] and body["detail"]
    return response.status_code, body.get("code")


def error(response: TestResponse) -> tuple[int, str | None]:
    """Status and scimType of a SCIM error, after checking its form (§3.12)."""
    body = response.get_json(force=True)
    assert body["schemas"] == [MESSAGES + "Error"], body
    assert body["status"] == str(response.status_code), body
    assert response.mimetype == "application/scim+json"
    return response.status_code, body.get("scimType")


@contextmanager
def on_empty_database(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory
) -> Iterator[Application]:
    """A server for a fixture, until the block ends; its parameter is "sqlite" or "postgresql"."""
    made = Application(empty_database(request, folders.mktemp("application")))
    yield made
    made.parts.database.close()
