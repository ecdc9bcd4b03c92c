"""Somebody who signs in, as the tests of second factors need them."""

from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.application import Application, Scim
from tests.signing import Signing, allow, tenant_name
from tests.software_key import SoftwareKey

PASSWORD = "correct horse battery staple"
REFUSED = (401, None)
"""The problem that a wrong proof meets."""
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
        return Signing(self.application, self.token).send(method, path, body)

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
        return tenant_name(self.application, self.tenant)

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
    allow(application, scim, passwordsByScim=True)
    user = scim.user(password=PASSWORD, **attributes)
    made = Person(application, scim.tenant, user["id"], user["userName"])
    answer = made.sign_in()
    assert answer.status_code == 200, answer.text
    return made


def registered(who: Person, key: SoftwareKey, name: str = "key") -> None:
    """Register a key."""
    begun = who.post("/authenticators/webauthn/begin")
    assert begun.status_code == 200, begun.text
    credential = key.create(begun.get_json()["publicKey"])
    answer = who.post("/authenticators/webauthn", credential=credential, name=name)
    assert answer.status_code == 201, answer.text


def with_key(who: Person, key: SoftwareKey, **spoilt: Any) -> Any:
    """Sign in with a key, whose answer is changed first."""
    begun = who.begin().get_json()
    credential = key.get(begun["options"]["publicKey"]) | spoilt
    proof = {"kind": "webauthn", "credential": credential}
    return who.post("/sign-in/second", challenge=begun["challenge"], proof=proof)
