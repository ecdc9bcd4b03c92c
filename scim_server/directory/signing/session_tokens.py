"""Sessions at work: begun with a sign-in, used with each request."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scim_server.directory import tokens
from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.change import Change
from scim_server.directory.credentials import NOT_VALID, Client
from scim_server.directory.ports import Clock, Contention, Resource, ResourceStore
from scim_server.directory.signing.sessions import Session
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Unauthorized, Unavailable
from scim_server.protocol.schema import Document
from scim_server.protocol.values import later, moment, stamp

USED_RESOLUTION = timedelta(minutes=1)
"""How exact ``used`` is: a write for every request would cost more than the request."""
OVER = "The session is over."
MOST_NOTED = 10_000
MOST_NAME = 100
"""Characters of a name that events keep."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: an IP address, and what the device says that it is."""

    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session and its token, shown once."""

    token: str
    session: Session


def begin(
    change: Change, user: Resource, policy: Policy, methods: Sequence[str], origin: Origin
) -> Begun:
    """Begin a session of an Active user."""
    text, id = tokens.make_near(Use.SESSION, change.caller.tenant, user.id)
    ends = later(change.now, timedelta(seconds=policy.session_seconds))
    idle_ends = later(change.now, timedelta(seconds=policy.session_idle_seconds))
    session = Session(
        id=id,
        user=user.id,
        user_name=sign_in_name(user.kind, user.document),
        created=change.now,
        used=change.now,
        idle_ends=min(idle_ends, ends),
        ends=ends,
        address=origin.address,
        device=origin.device,
        methods=tuple(methods),
    )
    change.store.sessions.add(user.key, session, tokens.digest(text))
    return Begun(text, session)


def require_live(change: Change) -> None:
    """The session that acts, of a user who is locked, is not over by now. Raises Unauthorized.

    Else a lock would not stop the tries at a password that came with those that have caused it.
    """
    if change.store.sessions.find(change.caller.session or "") is None:
        raise Unauthorized(OVER)


class SessionTokens:
    """What a session's token opens."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._noted: dict[str, str] = {}

    def look_up(self, said: tokens.Reference, text: str) -> Client:
        """Who it is, as a credential. Raises Unauthorized."""
        session = self._live(said, text)
        return Client(
            said.tenant,
            session.user,
            session.user_name[:MOST_NAME],
            frozenset(),
            user=session.user,
            session=session.id,
        )

    def introspect(self, said: tokens.Reference, text: str) -> Document:
        """What an application may know of a session. Raises Unauthorized."""
        session = self._live(said, text)
        return {
            "active": True,
            "sub": session.user,
            "username": session.user_name,
            "exp": epoch(min(session.idle_ends, session.ends)),
            "iat": epoch(session.created),
            "amr": list(session.methods),
            "sid": session.id,
            "token_type": "Bearer",
        }

    def _live(self, said: tokens.Reference, text: str) -> Session:
        """Raises Unauthorized, the same for every reason."""
        with self.store.reading(said.tenant) as reader:
            kept = reader.sessions.find(said.id)
        now = self.clock()
        if kept is None or not tokens.is_same(kept.digest, text) or not kept.may_sign_in:
            raise Unauthorized(NOT_VALID)
        if stamp(now) >= min(kept.session.idle_ends, kept.session.ends):
            raise Unauthorized(NOT_VALID)
        return self._used(said.tenant, kept.session, now)

    def _used(self, tenant: int, session: Session, now: datetime) -> Session:
        """Note the use, once a minute; while nothing can be written, who reads shall read."""
        idle = moment(session.idle_ends) - moment(session.used)
        latest = max(self._noted.get(session.id, ""), session.used)
        if latest >= stamp(now - min(USED_RESOLUTION, idle / 2)):
            return session
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[session.id] = stamp(now)
        idle_ends = max(session.idle_ends, stamp(now + idle))
        used = replace(session, used=stamp(now), idle_ends=min(idle_ends, session.ends))
        with suppress(Contention, Unavailable), self.store.writing(tenant) as writer:
            writer.sessions.use(used)
            return used
        return session


def epoch(instant: str) -> int:
    """The seconds since 1970, as RFC 7519 has them."""
    return int(moment(instant).timestamp())
