"""New second factors, in ceremonies of two steps; and the end of one."""

import base64
import binascii
from dataclasses import dataclass

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.authenticators import factors, recovery_codes, security_keys, totp
from scim_server.directory.authenticators.authenticators import Authenticators
from scim_server.directory.authenticators.factors import Authenticator, Factor, Purpose, Refused
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.outbox import notice
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import Conflict, InvalidValue, NotFound
from scim_server.protocol.schema import Document
from scim_server.protocol.values import moment

CLOSED = frozenset({Status.SUSPENDED, Status.DEPROVISIONED})
"""In these an account gets nothing new."""
ADDED, REMOVED = "authenticator_added", "authenticator_removed"
"""Mails that tell the user, whoever did it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A TOTP enrolment: what an authenticator application needs, shown this once."""

    enrolment: str
    secret: str
    uri: str
    qr_code: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What one transaction may do to the factors of one user."""

    authenticators: Authenticators

    def begin_totp(self, change: Change, user: Resource) -> Begun:
        """Make a secret, which counts when a code has shown that it arrived. Raises Conflict."""
        _require_open(user)
        self._require_no_totp(change, user)
        secret = totp.new_secret()
        sealed = self.authenticators.seal.close(secret, user.id)
        store = change.store.authenticators
        chance = factors.begin(store, user.key, Purpose.TOTP, sealed, change.now)
        uri = totp.uri(secret, sign_in_name(user.kind, user.document), self.authenticators.party.id)
        return Begun(_spelled(chance), secret, uri, totp.qr_code(uri))

    def finish_totp(
        self, change: Change, user: Resource, enrolment: str, code: str, name: str
    ) -> Authenticator:
        """Raises InvalidValue, Conflict."""
        self._require_no_totp(change, user)
        store, now = change.store.authenticators, change.now
        try:
            sealed = factors.finish(store, user.key, Purpose.TOTP, _read(enrolment), now)
            made = Authenticator(change.new_id(), Factor.TOTP, name, now, sealed, -1)
            secret = self.authenticators.opened(user, made)
        except Refused:
            raise InvalidValue("There is no such enrolment: begin it anew.") from None
        step = totp.accepted_step(secret, code, made.counter, moment(now))
        if step is None:
            raise InvalidValue("The code is not one of now: is the clock of the device right?")
        made = Authenticator(made.id, made.kind, name, made.created, sealed, step)
        return _added(change, user, made)

    def begin_key(self, change: Change, user: Resource) -> Document:
        """Options for the browser. Raises Conflict."""
        if lacking := self.authenticators.party.lacks():
            raise Conflict(f"No security key can be registered here: {lacking}")
        _require_open(user)
        found = change.store.authenticators.of(user.key)
        found.require_room()
        store = change.store.authenticators
        chance = factors.begin(store, user.key, Purpose.REGISTER, "", change.now)
        known = found.of(Factor.WEBAUTHN)
        return self.authenticators.party.registration(
            user.id, sign_in_name(user.kind, user.document), known, chance
        )

    def finish_key(
        self, change: Change, user: Resource, credential: Document, name: str
    ) -> Authenticator:
        """Raises InvalidValue, NotUnique, Conflict."""
        store = change.store.authenticators
        store.of(user.key).require_room()
        try:
            chance = security_keys.challenge_of(credential)
            factors.finish(store, user.key, Purpose.REGISTER, chance, change.now)
            key = self.authenticators.party.registered(credential, chance)
        except Refused:
            raise InvalidValue("This is no answer to a registration that has begun.") from None
        made = Authenticator(
            change.new_id(),
            Factor.WEBAUTHN,
            name,
            change.now,
            key.public_key,
            key.counter,
            key.handle,
        )
        return _added(change, user, made)

    def _require_no_totp(self, change: Change, user: Resource) -> None:
        """Each one more would be one more that a guess may meet."""
        found = change.store.authenticators.of(user.key)
        found.require_room()
        if found.of(Factor.TOTP):
            raise Conflict("There is an authenticator application already: remove it first.")


def new_codes(change: Change, user: Resource) -> list[str]:
    """Recovery codes instead of the old ones, shown this once. Raises Conflict."""
    if not change.store.authenticators.of(user.key).authenticators:
        raise Conflict("Recovery codes stand in for an authenticator, and there is none.")
    codes = recovery_codes.new_codes()
    digests = [recovery_codes.digest(code) for code in codes]
    change.store.authenticators.put_codes(user.key, digests, change.now)
    change.note(Action.MAKE_RECOVERY_CODES, user.kind, user.id, {"number": len(codes)})
    return codes


def remove(change: Change, user: Resource, id: str) -> None:
    """Remove one authenticator. Raises NotFound."""
    gone = change.store.authenticators.remove(user.key, id)
    if gone is None:
        raise NotFound(f'The user has no authenticator "{id[:100]}".')
    change.note(Action.REMOVE_AUTHENTICATOR, user.kind, user.id, _told(gone))
    notice(change, user, REMOVED, {"authenticator": gone.name})


def _added(change: Change, user: Resource, made: Authenticator) -> Authenticator:
    change.store.authenticators.add(user.key, made)
    change.note(Action.ADD_AUTHENTICATOR, user.kind, user.id, _told(made))
    notice(change, user, ADDED, {"authenticator": made.name})
    return made


def _told(authenticator: Authenticator) -> Document:
    return {
        "authenticator": authenticator.id,
        "kind": authenticator.kind.value,
        "name": authenticator.name,
    }


def _require_open(user: Resource) -> None:
    if user.status in CLOSED:
        raise Conflict(f"An account that is {user.status} gets no authenticator.")


def _spelled(chance: bytes) -> str:
    return base64.urlsafe_b64encode(chance).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(f"{text}==".encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raise Refused from None
