"""Clients and their bearer tokens: made, told apart, and checked (security rules 21 and 22).

A token is ``scim_`` and base64url of tenant, token id, 24 random bytes and a CRC: found by its id,
recognised by scanners, and a mistyped one is refused without asking the store.
"""

import base64
import binascii
import hashlib
import secrets
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from structlog import get_logger

from scim_server.directory.ports import Clock, Contention
from scim_server.protocol.errors import Unauthorized, Unavailable
from scim_server.protocol.values import stamp

log = get_logger("scim_server.credentials")

PREFIX = "scim_"
LAYOUT = struct.Struct(">i8s24s")
"""Signed, as the tenant's column is: a forged token must not be more than the database can hold."""
TOKEN_CHARACTERS = 54
"""After the prefix: base64 of LAYOUT and four bytes of CRC."""
LIVE_TOKENS = 2
"""Of one client at a time, so that a rotation has no gap."""
USED_RESOLUTION = timedelta(minutes=1)
"""How exact ``last_used`` is: a write for every request would cost more than the request."""

WARNED_DAYS = (1, 7, 14, 30)
"""Before a token's end: the first use after each is warned of in the log."""

Mode = Literal["tolerant", "lenient", "strict"]
Profile = Literal["rfc", "entra"]


@dataclass(frozen=True, slots=True)
class Client:
    """A SCIM client. ``rate``: requests a second, None for the setting; ``user``: for ``/Me``."""

    tenant: int
    id: str
    name: str
    scopes: frozenset[str]
    mode: Mode = "tolerant"
    profile: Profile = "rfc"
    user: str | None = None
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is stored; instants as in directory/ports.py."""

    tenant: int
    id: str
    client: str
    digest: str
    created: str
    expires: str | None = None
    revoked: str | None = None
    last_used: str | None = None

    def is_live(self, now: str) -> bool:
        """Whether it authenticates at that instant."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class ClientStore(Protocol):
    """Clients and tokens of every tenant."""

    def credential(self, tenant: int, token_id: str) -> tuple[Token, Client] | None:
        """In one statement."""

    def clients(self, tenant: int) -> list[tuple[Client, list[Token]]]:
        """All of a tenant, by name, with their tokens, newest first."""

    def add_client(self, client: Client, created: str) -> None:
        """Raises NotUnique."""

    def add_token(self, token: Token) -> None:
        """Store a token."""

    def revoke(self, tokens: Sequence[Token], now: str) -> None:
        """They authenticate no more."""

    def expire(self, tokens: Sequence[Token], at: str) -> None:
        """They authenticate until then."""

    def touch(self, token: Token, now: str) -> None:
        """Note the use."""


class Credentials:
    """Issues tokens and authenticates with them."""

    def __init__(self, store: ClientStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._touched: dict[str, str] = {}

    def authenticate(self, text: str) -> Client:
        """The client behind a bearer token. Raises Unauthorized, the same for every reason."""
        tenant, token_id = _parse(text)
        found = self.store.credential(tenant, token_id)
        now = self.clock()
        if found is None or not _is_same(found[0], text) or not found[0].is_live(stamp(now)):
            raise Unauthorized("The bearer token is not valid.")
        token, client = found
        self._touch(token, client, now)
        return client

    def _touch(self, token: Token, client: Client, now: datetime) -> None:
        """Note the use; who may read shall read while nothing can be written.

        While it cannot, one request a minute waits for that, and not every one.
        """
        latest = self._touched.get(token.id) or token.last_used
        if latest is not None and latest >= stamp(now - USED_RESOLUTION):
            return
        self._touched[token.id] = stamp(now)
        if _ends_soon(token, now):
            log.warning(
                "token ends soon",
                client=client.name,
                tenant=client.tenant,
                days=days_left(token, now),
            )
        with suppress(Contention, Unavailable):
            self.store.touch(token, stamp(now))

    def add(self, client: Client, lifetime: timedelta) -> str:
        """Register a client and return its token, shown once. Raises NotUnique."""
        self.store.add_client(client, stamp(self.clock()))
        return self.issue(client, lifetime)

    def issue(self, client: Client, lifetime: timedelta) -> str:
        """A further token; of the older ones only the newest stays live."""
        now = self.clock()
        text, token_id = _make(client.tenant)
        older = [t for t in self._tokens(client) if t.is_live(stamp(now))]
        self.store.revoke(older[LIVE_TOKENS - 1 :], stamp(now))
        self.store.add_token(
            Token(
                client.tenant, token_id, client.id, _digest(text), stamp(now), stamp(now + lifetime)
            )
        )
        return text

    def revoke(self, client: Client) -> None:
        """End every token of the client, at once."""
        self.store.revoke(self._tokens(client), stamp(self.clock()))

    def expire(self, client: Client, at: datetime) -> None:
        """Let every live token of the client end at ``at``."""
        now = stamp(self.clock())
        self.store.expire([t for t in self._tokens(client) if t.is_live(now)], stamp(at))

    def _tokens(self, client: Client) -> list[Token]:
        return next(ts for c, ts in self.store.clients(client.tenant) if c.id == client.id)


def is_token(text: str) -> bool:
    """Whether a text is made like a token, live or not."""
    try:
        _parse(text)
    except Unauthorized:
        return False
    return True


def visible_prefix(token: Token) -> str:
    """How the token's text begins, up to where the secret does: enough to tell which one it is."""
    payload = LAYOUT.pack(token.tenant, bytes.fromhex(token.id), b"")
    return PREFIX + base64.urlsafe_b64encode(payload[:12]).decode()


def days_left(token: Token, now: datetime) -> int | None:
    """Days until the token expires, one that has begun being one: 5 for a token made for 5."""
    if token.expires is None:
        return None
    return -((now - _moment(token.expires)) // timedelta(days=1))


def _ends_soon(token: Token, now: datetime) -> bool:
    """Whether one of WARNED_DAYS has come since the token was last used."""
    left = days_left(token, now)
    if left is None or token.last_used is None:
        return left is not None and left <= max(WARNED_DAYS)
    before = days_left(token, _moment(token.last_used)) or 0
    return any(left <= days < before for days in WARNED_DAYS)


def _moment(instant: str) -> datetime:
    return datetime.fromisoformat(instant + "+00:00")


def _make(tenant: int) -> tuple[str, str]:
    token_id = secrets.token_bytes(8)
    payload = LAYOUT.pack(tenant, token_id, secrets.token_bytes(24))
    checked = payload + binascii.crc32(payload).to_bytes(4)
    return PREFIX + base64.urlsafe_b64encode(checked).rstrip(b"=").decode(), token_id.hex()


def _parse(text: str) -> tuple[int, str]:
    """Tenant and token id. Raises Unauthorized."""
    try:
        checked = base64.b64decode(text.removeprefix(PREFIX) + "==", b"-_", validate=True)
    except ValueError:
        checked = b""
    payload, crc = checked[:-4], checked[-4:]
    is_whole = len(payload) == LAYOUT.size and binascii.crc32(payload).to_bytes(4) == crc
    if not text.startswith(PREFIX) or not is_whole:
        raise Unauthorized("The bearer token is not valid.")
    tenant, token_id, _ = LAYOUT.unpack(payload)
    return tenant, token_id.hex()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_same(token: Token, text: str) -> bool:
    return secrets.compare_digest(token.digest, _digest(text))
