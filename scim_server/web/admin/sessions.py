"""Sessions, as administrators see and end them."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.rights.rights import Permission
from scim_server.directory.signing.sessions import Sessions
from scim_server.protocol.errors import NotFound
from scim_server.web.admin.paging import PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import ONE_USER, Operation


class SessionAnswer(Schema):
    """One session."""

    id = fields.String(required=True)
    user = fields.String(required=True, metadata={"description": "The user's id."})
    userName = fields.String(attribute="user_name", required=True)
    created = Instant(required=True)
    used = Instant(required=True)
    idleEnds = Instant(attribute="idle_ends", required=True)
    ends = Instant(required=True)
    address = fields.String(required=True)
    device = fields.String(required=True)
    methods = fields.List(fields.String(), required=True)


class SessionsAnswer(Schema):
    """A page of sessions."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    sessions = fields.List(fields.Nested(SessionAnswer), required=True)


class SessionsQuery(PageQuery):
    """Whose."""

    user = fields.String(metadata={"description": "Only the sessions of the user with this id."})


class EndedAnswer(Schema):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)


class EndBody(Schema):
    """Which sessions."""

    ids = fields.List(fields.String(), required=True, validate=validate.Length(1, 1000))


@dataclass(frozen=True, slots=True)
class SessionsEndpoints:
    """``/sessions``, ``/users/{id}/sessions``."""

    sessions: Sessions

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.SESSIONS_READ, Permission.SESSIONS_WRITE
        return (
            Operation(
                "GET",
                "/sessions",
                self.list,
                read,
                query=SessionsQuery,
                answer=SessionsAnswer,
                faults=(404,),
            ),
            Operation("DELETE", "/sessions/<id>", self.end, write, status=204, limited=True),
            Operation(
                *("POST", "/sessions/end", self.end_selected, write),
                body=EndBody,
                answer=EndedAnswer,
                limited=True,
            ),
            Operation(
                *("GET", f"{ONE_USER}/sessions", self.list_of, read),
                query=PageQuery,
                answer=SessionsAnswer,
            ),
            Operation("DELETE", f"{ONE_USER}/sessions", self.clear, write, answer=EndedAnswer),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the live sessions, newest first."""
        return self._page(query.get("user"), query)

    def list_of(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """List the live sessions of a user, newest first."""
        return self._page(id, query)

    def _page(self, user: str | None, query: dict[str, Any]) -> dict[str, Any]:
        found = self.sessions.page(caller(), user, query.get("cursor"), query["count"])
        last = found.sessions[-1] if found.more else None
        return page(
            "sessions",
            found.sessions,
            found.total,
            None if last is None else (last.created, last.id),
        )

    def end(self, id: str) -> None:
        """End one session."""
        if not self.sessions.end(caller(), [id]):
            raise NotFound(f'There is no session "{id[:100]}".')

    def end_selected(self, body: dict[str, Any]) -> dict[str, int]:
        """End the sessions with these ids; ids that are none within reach are passed over."""
        return {"ended": self.sessions.end(caller(), body["ids"])}

    def clear(self, id: str) -> dict[str, int]:
        """Sign a user out everywhere: end every session, API key and link of theirs."""
        return {"ended": self.sessions.clear(caller(), id)}
