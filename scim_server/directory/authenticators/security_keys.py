"""Security keys and passkeys (WebAuthn Level 3): what a browser is asked, and what it answers.

The only module that imports webauthn.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from scim_server.directory.authenticators.factors import Authenticator, Refused
from scim_server.protocol.schema import Document

PREFERRED = UserVerificationRequirement.PREFERRED
HARDWARE, SOFTWARE = "hwk", "swk"
"""Methods of RFC 8176: a key that stays in its device, and one that is copied among devices."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Registered:
    """A new key."""

    handle: str
    public_key: str
    counter: int


@dataclass(frozen=True, slots=True)
class Asserted:
    """A proof of a known key; ``method`` as in RFC 8176."""

    counter: int
    method: str


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom keys are: a host, and the origins of the pages that may ask for one.

    From settings, never from a request (security rule 19).
    """

    id: str
    origins: tuple[str, ...]

    def lacks(self) -> str:
        """Why no browser makes a key for it; nothing where they do (WebAuthn Level 3 §5.1.2)."""
        if _is_address(self.id):
            return f"browsers make security keys for the name of a host, which {self.id} is not."
        if not any(map(_is_secure, self.origins)):
            return f"browsers make security keys on https only, not on {', '.join(self.origins)}."
        return ""

    def registration(
        self, user_id: str, name: str, known: Iterable[Authenticator], challenge: bytes
    ) -> Document:
        """For ``PublicKeyCredential.parseCreationOptionsFromJSON``."""
        return options_to_json_dict(
            webauthn.generate_registration_options(
                rp_id=self.id,
                rp_name=self.id,
                user_id=user_id.encode(),
                user_name=name,
                challenge=challenge,
                exclude_credentials=_descriptors(known),
                authenticator_selection=AuthenticatorSelectionCriteria(user_verification=PREFERRED),
            )
        )

    def registered(self, credential: Document, challenge: bytes) -> Registered:
        """The key that a browser has made. Raises Refused."""
        found = _trusting_nothing(
            lambda: webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=list(self.origins),
            )
        )
        return Registered(
            bytes_to_base64url(found.credential_id),
            bytes_to_base64url(found.credential_public_key),
            found.sign_count,
        )

    def assertion(self, known: Iterable[Authenticator], challenge: bytes) -> Document:
        """For ``PublicKeyCredential.parseRequestOptionsFromJSON``."""
        return options_to_json_dict(
            webauthn.generate_authentication_options(
                rp_id=self.id, challenge=challenge, allow_credentials=_descriptors(known)
            )
        )

    def asserted(self, credential: Document, challenge: bytes, key: Authenticator) -> Asserted:
        """What a browser has signed with that key. Raises Refused."""
        found = _trusting_nothing(
            lambda: webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=list(self.origins),
                credential_public_key=base64url_to_bytes(key.secret),
                credential_current_sign_count=key.counter,
            )
        )
        stays = found.credential_device_type is CredentialDeviceType.SINGLE_DEVICE
        return Asserted(found.new_sign_count, HARDWARE if stays else SOFTWARE)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_secure(origin: str) -> bool:
    """Of this machine itself, every origin is (Secure Contexts §3.1)."""
    parts = urlsplit(origin)
    return parts.scheme == "https" or f".{parts.hostname}".endswith(".localhost")


def challenge_of(credential: Document) -> bytes:
    """The challenge that a browser says it has answered. Raises Refused."""
    return _trusting_nothing(lambda: _challenge(credential))


def _challenge(credential: Document) -> bytes:
    told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    return base64.urlsafe_b64decode(told["challenge"] + "==")


def _descriptors(known: Iterable[Authenticator]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.handle))
        for each in known
        if each.handle is not None
    ]


def _trusting_nothing(read: Callable[[], T]) -> T:
    """Read what a stranger has sent. Raises Refused.

    The library lets through what its parsers of CBOR, ASN.1 and certificates raise, and so every
    fault means the same here: this is no proof.
    """
    try:
        return read()
    except Exception as fault:
        raise Refused from fault
