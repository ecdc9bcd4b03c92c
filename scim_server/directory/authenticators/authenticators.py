"""Second factors at work: asked for at a sign-in, and verified."""

from collections.abc import Collection
from dataclasses import dataclass

from structlog import get_logger

from scim_server.directory.authenticators import factors, recovery_codes, security_keys, totp
from scim_server.directory.authenticators.factors import (
    Authenticator,
    Factor,
    Factors,
    Purpose,
    Refused,
)
from scim_server.directory.authenticators.sealing import Seal, Unsealable
from scim_server.directory.authenticators.security_keys import RelyingParty
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.ports import Reader, Resource
from scim_server.protocol.errors import Unauthorized
from scim_server.protocol.schema import Document
from scim_server.protocol.values import moment

log = get_logger("scim_server.authenticators")

NOT_VALID = "The second factor is not valid."
ONE_TIME = "otp"
"""RFC 8176; a recovery code is a password for one time, too."""


@dataclass(frozen=True, slots=True)
class Authenticators:
    """directory.trials.SecondFactors."""

    seal: Seal
    party: RelyingParty

    def kinds(self, store: Reader, user_key: int) -> tuple[str, ...]:
        """What the user can prove a sign-in with; none: the password is enough."""
        found = store.authenticators.of(user_key)
        kinds = [kind for kind in (Factor.TOTP, Factor.WEBAUTHN) if found.of(kind)]
        return (*kinds, Factor.RECOVERY) if found.codes else tuple(kinds)

    def challenge(self, change: Change, user: Resource, kinds: Collection[str]) -> Document:
        """What a browser needs for the proof: ``publicKey`` for a WebAuthn key."""
        if Factor.WEBAUTHN not in kinds:
            return {}
        keys = change.store.authenticators.of(user.key).of(Factor.WEBAUTHN)
        store = change.store.authenticators
        chance = factors.begin(store, user.key, Purpose.ASSERT, "", change.now)
        return {"publicKey": self.party.assertion(keys, chance)}

    def verify(self, change: Change, user: Resource, proof: Document) -> str:
        """The method that the proof is of (RFC 8176): ``otp``, ``hwk``, ``swk``.

        ``{"kind": "totp", "code": …}``, ``{"kind": "recovery", "code": …}`` or
        ``{"kind": "webauthn", "credential": …}``. Raises Unauthorized.
        """
        found = change.store.authenticators.of(user.key)
        try:
            match proof:
                case {"kind": Factor.TOTP, "code": str(code)}:
                    return self._by_totp(change, user, found, code)
                case {"kind": Factor.WEBAUTHN, "credential": dict(credential)}:
                    return self._by_key(change, user, found, credential)
                case {"kind": Factor.RECOVERY, "code": str(code)}:
                    return _by_code(change, user, found, code)
        except Refused:
            raise Unauthorized(NOT_VALID) from None
        raise Unauthorized(NOT_VALID)

    def _by_totp(self, change: Change, user: Resource, found: Factors, code: str) -> str:
        now = moment(change.now)
        for each in found.of(Factor.TOTP):
            step = totp.accepted_step(self.opened(user, each), code, each.counter, now)
            if step is not None:
                return _used(change, each, step, ONE_TIME)
        raise Refused

    def _by_key(self, change: Change, user: Resource, found: Factors, credential: Document) -> str:
        chance = security_keys.challenge_of(credential)
        store = change.store.authenticators
        factors.finish(store, user.key, Purpose.ASSERT, chance, change.now)
        keys = [key for key in found.of(Factor.WEBAUTHN) if key.handle == credential.get("id")]
        for key in keys:
            asserted = self.party.asserted(credential, chance, key)
            return _used(change, key, asserted.counter, asserted.method)
        raise Refused

    def opened(self, user: Resource, authenticator: Authenticator) -> str:
        """The secret of TOTP. Raises Refused: the key that it was sealed with is gone."""
        try:
            return self.seal.open(authenticator.secret, user.id)
        except Unsealable:
            log.error("sealed with another key", user=user.id, authenticator=authenticator.id)
            raise Refused from None


def _used(change: Change, authenticator: Authenticator, counter: int, method: str) -> str:
    if not change.store.authenticators.use(authenticator, counter, change.now):
        raise Refused
    return method


def _by_code(change: Change, user: Resource, found: Factors, code: str) -> str:
    if not change.store.authenticators.take_code(user.key, recovery_codes.digest(code)):
        raise Refused
    left = {"left": found.codes - 1}
    change.note(Action.USE_RECOVERY_CODE, user.kind, user.id, left)
    return ONE_TIME
