"""Somebody who signs in, as the tests of second factors need them."""

from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import text
from werkzeug.test import TestResponse

from scim_server.config import AUTH_PATH
from scim_server.directory.callers import Caller
from scim_server.directory.events import Actor
from scim_server.directory.passwords import set_password
from scim_server.protocol.intake import Strict
from tests.application import Application, Scim

PASSWORD = "correct horse battery staple"
LONG_AGO = "2026-01-01T00:00:00"


@dataclass
class Person:
    """A user with a password, and with the token of a session once signed in."""

    application: Application
    tenant: int
    id: str
    name: str
    token: str | None = None

    def send(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        client = self.application.flask.test_client()
        return client.open(AUTH_PATH + path, method=method, json=body, headers=headers)

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.send("POST", path, body)

    def delete(self, path: str) -> TestResponse:
        return self.send("DELETE", path)

    def begin(self) -> TestResponse:
        """The first step of a sign-in."""
        self.token = None
        body = {"tenant": self.tenant_name(), "userName": self.name, "password": PASSWORD}
        return self.send("POST", "/sign-in", body)

    def tenant_name(self) -> str:
        tenants = self.application.parts.clients.tenants()
        return next(name for name, number in tenants.items() if number == self.tenant)

    def sign_in(self, **proof: Any) -> TestResponse:
        """Both steps, or only the first where that is enough; keeps the token."""
        answer = self.begin()
        if proof:
            challenge = answer.get_json()["challenge"]
            answer = self.post("/sign-in/second", challenge=challenge, proof=proof)
        self.token = answer.get_json().get("token")
        return answer

    def enrol(self) -> pyotp.TOTP:
        """An authenticator application, whose codes are all fresh again."""
        begun = self.post("/authenticators/totp/begin")
        assert begun.status_code == 200, begun.text
        application = pyotp.parse_uri(begun.get_json()["uri"])
        assert isinstance(application, pyotp.TOTP)
        enrolment, code = begun.get_json()["enrolment"], application.now()
        answer = self.post("/authenticators/totp", enrolment=enrolment, code=code, name="phone")
        assert answer.status_code == 201, answer.text
        self.execute("UPDATE authenticator SET counter = -1 WHERE tenant = :tenant")
        return application

    def grow_old(self) -> None:
        """The session began long ago."""
        self.execute("UPDATE session SET created = :then WHERE tenant = :tenant", then=LONG_AGO)

    def execute(self, statement: str, **values: str) -> None:
        """In the person's tenant."""
        with self.application.parts.database.writing() as connection:
            connection.execute(text(statement), {"tenant": self.tenant, **values})

    def names(self) -> list[str]:
        """Of the authenticators."""
        shown = self.get("/authenticators").get_json()["authenticators"]
        return [each["name"] for each in shown]


def person(application: Application, scim: Scim, **attributes: Any) -> Person:
    """A new user, who is signed in."""
    user = scim.user(**attributes)
    users, parts = application.parts.registry.own_kind, application.parts
    caller = Caller(scim.tenant, Actor("test", "test"), frozenset(), Strict())
    hashed = parts.passwords.hash(PASSWORD)
    parts.transactions.write(
        caller, lambda change: set_password(change, change.store.lock(users, user["id"]), hashed)
    )
    made = Person(application, scim.tenant, user["id"], user["userName"])
    answer = made.sign_in()
    assert answer.status_code == 200, answer.text
    return made
