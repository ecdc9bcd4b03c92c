"""A WebAuthn authenticator in software: real P-256 keys, real CBOR, as a browser passes it on."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, BACKUP, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
COPIED = BACKUP | BACKED_UP
Document = dict[str, Any]


def spelled(data: bytes) -> str:
    """base64url without padding, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class SoftwareKey:
    """One key for one site. ``flags``: what it says of itself; ``counter``: its signatures."""

    origin: str
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: Document) -> Document:
        """What ``navigator.credentials.create`` answers, as JSON (attestation "none")."""
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + self._public_key()
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential(
            {"clientDataJSON": spelled(client), "attestationObject": spelled(attestation)}
        )

    def get(self, options: Document) -> Document:
        """What ``navigator.credentials.get`` answers, as JSON."""
        self.counter += 1
        data = self._data(options["rpId"], self.flags)
        client = self._client("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        signature = self.private.sign(signed, ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": spelled(client),
                "authenticatorData": spelled(data),
                "signature": spelled(signature),
            }
        )

    def _data(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _public_key(self) -> bytes:
        """COSE_Key of ES256 (RFC 9053 §7.1)."""
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _credential(self, response: Document) -> Document:
        name = spelled(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
