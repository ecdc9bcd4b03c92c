"""Clients and their bearer tokens: issued, ended, and checked (security rules 21 and 22)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from structlog import get_logger

from scim_server.directory import tokens
from scim_server.directory.ports import Clock, Contention
from scim_server.directory.rights.rights import Rights
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Unauthorized, Unavailable
from scim_server.protocol.values import moment, stamp

log = get_logger("scim_server.credentials")

NOT_VALID = "The bearer token is not valid."
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
    """Who a credential is: a SCIM client, or a user by a session or a key.

    user:    id of the user, for ``/Me``
    rate:    requests a second, None for the setting
    session: id of the session
    key:     id of the API key
    rights:  what a user's key may do as an administrator; None: it is no user's key
    """

    tenant: int
    id: str
    name: str
    scopes: frozenset[str]
    mode: Mode = "tolerant"
    profile: Profile = "rfc"
    user: str | None = None
    rate: int | None = None
    session: str | None = None
    key: str | None = None
    rights: Rights | None = None


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


LookUp = Callable[[tokens.Reference, str], Client]
"""Who a token of one use is, by what it says that it is and its text. Raises Unauthorized."""


class Credentials:
    """Issues clients' tokens, and authenticates with every kind of token.

    besides: who the tokens of other uses are; those of a use without a look-up open nothing
    """

    def __init__(
        self, store: ClientStore, clock: Clock, besides: Mapping[Use, LookUp] | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self._look_ups: dict[Use, LookUp] = {Use.CLIENT: self._client, **(besides or {})}
        self._touched: dict[str, str] = {}

    def authenticate(self, text: str, uses: Collection[Use] = (Use.CLIENT,)) -> Client:
        """Who a bearer token of one of these uses is.

        Raises Unauthorized, the same for every reason.
        """
        try:
            said = tokens.parse(text)
        except tokens.NoToken:
            raise Unauthorized(NOT_VALID) from None
        look_up = self._look_ups.get(said.use) if said.use in uses else None
        if look_up is None:
            raise Unauthorized(NOT_VALID)
        return look_up(said, text)

    def _client(self, said: tokens.Reference, text: str) -> Client:
        found = self.store.credential(said.tenant, said.id)
        now = self.clock()
        if found is None:
            raise Unauthorized(NOT_VALID)
        token, client = found
        if not tokens.is_same(token.digest, text) or not token.is_live(stamp(now)):
            raise Unauthorized(NOT_VALID)
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
        now = self.clock()
        self.store.add_client(client, stamp(now))
        return self._add_token(client, now, lifetime)

    def issue(self, client: Client, lifetime: timedelta) -> str:
        """A further token; of the older ones only the newest stays live."""
        now = self.clock()
        older = [t for t in self._tokens(client) if t.is_live(stamp(now))]
        self.store.revoke(older[LIVE_TOKENS - 1 :], stamp(now))
        return self._add_token(client, now, lifetime)

    def _add_token(self, client: Client, now: datetime, lifetime: timedelta) -> str:
        text, token_id = tokens.make(Use.CLIENT, client.tenant)
        self.store.add_token(
            Token(
                client.tenant,
                token_id,
                client.id,
                tokens.digest(text),
                stamp(now),
                stamp(now + lifetime),
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


def days_left(token: Token, now: datetime) -> int | None:
    """Days until the token expires, one that has begun being one: 5 for a token made for 5."""
    if token.expires is None:
        return None
    return -((now - moment(token.expires)) // timedelta(days=1))


def _ends_soon(token: Token, now: datetime) -> bool:
    """Whether one of WARNED_DAYS has come since the token was last used."""
    left = days_left(token, now)
    if left is None or token.last_used is None:
        return left is not None and left <= max(WARNED_DAYS)
    before = days_left(token, moment(token.last_used)) or 0
    return any(left <= days < before for days in WARNED_DAYS)
