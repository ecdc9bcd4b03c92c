"""Sessions at work: begun with a sign-in, used with each request, asked about by applications."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from scim_server.directory import tokens
from scim_server.directory.account import sign_in_name
from scim_server.directory.callers import INTROSPECT, Caller
from scim_server.directory.change import Change
from scim_server.directory.credentials import NOT_VALID, Client
from scim_server.directory.policy import Policy
from scim_server.directory.ports import Clock, Contention, Resource, ResourceStore
from scim_server.directory.sessions import Session
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Forbidden, Unauthorized, Unavailable
from scim_server.protocol.schema import Document
from scim_server.protocol.values import stamp

USED_RESOLUTION = timedelta(minutes=1)
"""How exact ``used`` is: a write for every request would cost more than the request."""
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
    text, id = tokens.make(Use.SESSION, change.caller.tenant)
    now = moment(change.now)
    ends = stamp(now + timedelta(seconds=policy.session_seconds))
    idle_ends = stamp(now + timedelta(seconds=policy.session_idle_seconds))
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


class SessionTokens:
    """What a session's token opens."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._noted: dict[str, str] = {}

    def look_up(self, said: tokens.Reference, text: str) -> Client:
        """Who it is, as a credential. Raises Unauthorized."""
        session = self._live(said, text)
        if session is None:
            raise Unauthorized(NOT_VALID)
        return Client(
            said.tenant,
            session.user,
            session.user_name[:MOST_NAME],
            frozenset(),
            user=session.user,
            session=session.id,
        )

    def introspect(self, caller: Caller, text: str) -> Document:
        """What an application may know of a token (RFC 7662 §2.2). Raises Forbidden.

        Of one that is unknown, over or another tenant's, no more than that it is not active.
        """
        if INTROSPECT not in caller.scopes:
            raise Forbidden(f'This needs the scope "{INTROSPECT}".')
        try:
            said = tokens.parse(text)
        except tokens.NoToken:
            return {"active": False}
        is_ours = said.use is Use.SESSION and said.tenant == caller.tenant
        session = self._live(said, text) if is_ours else None
        return {"active": False} if session is None else _told(session)

    def _live(self, said: tokens.Reference, text: str) -> Session | None:
        with self.store.reading(said.tenant) as reader:
            kept = reader.sessions.find(said.id)
        now = self.clock()
        if kept is None or not tokens.is_same(kept.digest, text) or not kept.may_sign_in:
            return None
        if stamp(now) >= min(kept.session.idle_ends, kept.session.ends):
            return None
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


def _told(session: Session) -> Document:
    return {
        "active": True,
        "sub": session.user,
        "username": session.user_name,
        "exp": int(moment(min(session.idle_ends, session.ends)).timestamp()),
        "iat": int(moment(session.created).timestamp()),
        "amr": list(session.methods),
        "sid": session.id,
        "token_type": "Bearer",
    }


def moment(instant: str) -> datetime:
    """The aware UTC datetime of an instant."""
    return datetime.fromisoformat(instant).replace(tzinfo=UTC)
