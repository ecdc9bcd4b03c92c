"""A user's own sessions, and what applications may ask about them."""

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from scim_server.directory.signing.introspection import Introspection
from scim_server.directory.signing.own_sessions import OwnSessions
from scim_server.directory.signing.sessions import Session
from scim_server.protocol.schema import Document
from scim_server.web.admin.paging import PageQuery, page
from scim_server.web.admin.sessions import SessionAnswer, SessionsAnswer
from scim_server.web.auth import Access, caller
from scim_server.web.operations import Operation


class IntrospectionForm(Schema):
    """A token that somebody has come with (RFC 7662 §2.1)."""

    class Meta:
        unknown = EXCLUDE

    token = fields.String(required=True)


class IntrospectionAnswer(Schema):
    """What the token is; of one that opens nothing, only that (RFC 7662 §2.2)."""

    active = fields.Boolean(required=True)
    sub = fields.String(metadata={"description": "The user's id."})
    username = fields.String()
    exp = fields.Integer(
        metadata={"description": "When it ends; a session, unless it is used until then."}
    )
    iat = fields.Integer()
    scope = fields.String(
        metadata={"description": "Of a key, the scopes that count now, with spaces between."}
    )
    client_id = fields.String(metadata={"description": "The key's id."})
    amr = fields.List(
        fields.String(), metadata={"description": "What the user proved it with (RFC 8176)."}
    )
    sid = fields.String(metadata={"description": "The session's id."})
    token_type = fields.String()


@dataclass(frozen=True, slots=True)
class OwnSessionsEndpoints:
    """``/session``, ``/sessions``, ``/sign-out``."""

    sessions: OwnSessions

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        user = Access.USER
        return (
            Operation("GET", "/session", self.current, access=user, answer=SessionAnswer),
            Operation("POST", "/sign-out", self.sign_out, access=user, status=204),
            Operation(
                "GET",
                "/sessions",
                self.list,
                access=user,
                query=PageQuery,
                answer=SessionsAnswer,
            ),
            Operation("DELETE", "/sessions/<id>", self.end, access=user, status=204),
        )

    def current(self) -> Session:
        """Show the session that asks."""
        return self.sessions.current(caller())

    def sign_out(self) -> None:
        """End the session that asks."""
        self.sessions.sign_out(caller())

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List one's own live sessions, newest first."""
        found = self.sessions.page(caller(), query.get("cursor"), query["count"])
        last = found.sessions[-1] if found.more else None
        place = None if last is None else (last.created, last.id)
        return page("sessions", found.sessions, found.total, place)

    def end(self, id: str) -> None:
        """End one of one's own sessions."""
        self.sessions.end(caller(), id)


@dataclass(frozen=True, slots=True)
class IntrospectionEndpoints:
    """``/introspect``."""

    introspection: Introspection

    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (
            Operation(
                "POST",
                "/introspect",
                self.introspect,
                access=Access.APPLICATION,
                form=IntrospectionForm,
                answer=IntrospectionAnswer,
                faults=(403,),
            ),
        )

    def introspect(self, form: dict[str, Any]) -> Document:
        """Ask whether the token of a session, or a user's API key, is live, and whose (RFC 7662).

        For applications: with the scope `introspect`, by bearer token or by HTTP Basic with the
        client's name or id and its token. Asking counts as a use.
        """
        return self.introspection.introspect(caller(), form["token"])
