"""All that a user can get in with, and what of it still opens a door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp

from tests.application import Admin, Application, Scim
from tests.signing import Signing
from tests.software_key import Document, SoftwareKey
from tests.web.people import ADMINISTRATOR, give, key_of
from tests.web.person import PASSWORD, Person, person

NEW = "nineteen quiet otters"


@dataclass(frozen=True)
class Somebody:
    """A user, as the identity provider sees them; ``client``: a SCIM token that is theirs."""

    world: Scim
    user: dict[str, Any]
    client: str

    @property
    def id(self) -> str:
        """Of the user."""
        return str(self.user["id"])


@dataclass(frozen=True)
class Invited(Somebody):
    """Whose account waits for the link of an invitation."""

    invitation: str

    def may_begin(self, place: Application) -> bool:
        """Whether the link, which is used by it, activates the account."""
        return _chooses(place, "/activation", self.invitation)


@dataclass(frozen=True)
class Belongings(Somebody):
    """Of a user with an authenticator application and the role Administrator."""

    address: str
    session: str
    key: str
    recovery: str
    challenge: str
    codes: pyotp.TOTP
    ceremony: Document

    def opening(self, place: Application) -> list[str]:
        """What opens a door at this worker; each is tried, and what is for one use is used up."""
        return [name for name, opens in DOORS.items() if opens(self, place)]

    def is_signed_in(self, place: Application) -> bool:
        return Signing(place, self.session).get("/session").status_code == 200

    def administers(self, place: Application) -> bool:
        return Admin(place, self.key).get("/roles").status_code == 200

    def provisions(self, place: Application) -> bool:
        return Scim(place, self.world.tenant, self.key).get("/Users").status_code == 200

    def is_themselves(self, place: Application) -> bool:
        return Scim(place, self.world.tenant, self.client).get("/Me").status_code == 200

    def is_told_of(self, place: Application, token: str) -> bool:
        """Whether an application learns of it."""
        asking = Signing(place, place.token(self.world.tenant, scopes=["introspect"]))
        return bool(asking.introspect(token).get_json()["active"])

    def signs_in(self, place: Application) -> bool:
        """To the end, with the second factor that was missing."""
        proof = {"kind": "totp", "code": self.codes.now()}
        body = {"challenge": self.challenge, "proof": proof}
        return Signing(place).post("/sign-in/second", body).status_code == 200

    def registers(self, place: Application) -> bool:
        """The security key that an administrator has begun to register for the user."""
        credential = SoftwareKey("https://scim.example.com").create(self.ceremony)
        path = f"/users/{self.id}/authenticators/webauthn"
        answer = place.admin(self.world.tenant).post(path, {"credential": credential, "name": "k"})
        return answer.status_code == 201

    def recovers(self, place: Application) -> bool:
        return _chooses(place, "/recovery/password", self.recovery)


DOORS: dict[str, Callable[[Belongings, Application], bool]] = {
    "session": Belongings.is_signed_in,
    "session at an application": lambda b, place: b.is_told_of(place, b.session),
    "key": Belongings.administers,
    "key over SCIM": Belongings.provisions,
    "key at an application": lambda b, place: b.is_told_of(place, b.key),
    "SCIM token": Belongings.is_themselves,
    "begun sign-in": Belongings.signs_in,
    "begun ceremony": Belongings.registers,
    "recovery link": Belongings.recovers,
}


def _chooses(place: Application, path: str, token: str) -> bool:
    return Signing(place).post(path, {"token": token, "password": NEW}).status_code == 204


def equipped(application: Application, world: Scim) -> Belongings:
    """A new user who has all of it."""
    name = f"{world.name()}-{world.tenant}"
    address = f"{name}@mail.example"
    somebody = person(
        application, world, userName=name, emails=[{"value": address, "primary": True}]
    )
    codes = somebody.enrol()
    admin = application.admin(world.tenant)
    give(admin, somebody.id, ADMINISTRATOR)
    session, challenge = str(somebody.token), _begun(application, somebody)
    recovery = _link(admin, f"/users/{somebody.id}/recovery-link")
    begun = admin.post(f"/users/{somebody.id}/authenticators/webauthn/begin")
    return Belongings(
        world=world,
        user=world.get(f"/Users/{somebody.id}").get_json(force=True),
        address=address,
        session=session,
        key=key_of(application, world.tenant, somebody.id),
        client=application.token(world.tenant, user=somebody.id),
        recovery=recovery,
        challenge=challenge,
        codes=codes,
        ceremony=begun.get_json()["publicKey"],
    )


def invited(application: Application, world: Scim) -> Invited:
    """A new user, who has a link and has not used it."""
    admin = application.admin(world.tenant)
    name = f"{world.name()}-{world.tenant}"
    profile = {"userName": name, "email": f"{name}@mail.example", "activation": "pending"}
    id = admin.post("/users", profile).get_json()["id"]
    user = world.get(f"/Users/{id}").get_json(force=True)
    link = _link(admin, f"/users/{id}/invitation")
    return Invited(world, user, application.token(world.tenant, user=id), link)


def _begun(application: Application, somebody: Person) -> str:
    body = {
        "tenant": somebody.tenant_name(),
        "userName": somebody.name,
        "password": PASSWORD,
    }
    challenge: str = Signing(application).post("/sign-in", body).get_json()["challenge"]
    return challenge


def _link(admin: Admin, path: str) -> str:
    answer = admin.post(path)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["link"].rpartition("/")[2])
