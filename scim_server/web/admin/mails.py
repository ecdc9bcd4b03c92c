"""Mail, as administrators see it; never what it says, nor its link."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.mail.mails import Mails
from scim_server.directory.mail.outbox import Sought, State
from scim_server.directory.rights.rights import Permission
from scim_server.web.admin.paging import Cursor, PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation


class MailAnswer(Schema):
    """A mail to a user."""

    id = fields.String(attribute="mail.id", required=True)
    user = fields.String(required=True, metadata={"description": "The user's id."})
    userName = fields.String(attribute="user_name", required=True)
    template = fields.String(
        attribute="mail.template", required=True, metadata={"description": "What it is about."}
    )
    address = fields.String(attribute="mail.address", required=True)
    state = fields.Enum(State, by_value=True, attribute="mail.state", required=True)
    created = Instant(attribute="mail.created", required=True)
    due = Instant(
        attribute="mail.due",
        required=True,
        allow_none=True,
        metadata={"description": "When it is sent or tried again; null: it is not."},
    )
    ended = Instant(
        attribute="mail.ended",
        required=True,
        allow_none=True,
        metadata={"description": "When it was sent or given up."},
    )
    attempts = fields.Integer(attribute="mail.attempts", required=True)
    fault = fields.String(
        attribute="mail.fault",
        required=True,
        allow_none=True,
        metadata={"description": "What the mail server said last."},
    )


class MailsAnswer(Schema):
    """A page of mail."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    mails = fields.List(fields.Nested(MailAnswer), required=True)


class MailsQuery(PageQuery):
    """Whose, and how far it has come."""

    cursor = Cursor(parts=1, metadata={"description": "The `next` of the page before."})
    user = fields.String(
        validate=validate.Length(1, 100),
        metadata={"description": "Only mail to the user with this id."},
    )
    state = fields.Enum(State, by_value=True)


@dataclass(frozen=True, slots=True)
class MailsEndpoints:
    """``/mails``."""

    mails: Mails

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.MAIL_READ, Permission.MAIL_WRITE
        return (
            Operation("GET", "/mails", self.list, read, query=MailsQuery, answer=MailsAnswer),
            Operation(
                *("POST", "/mails/<id>/retry", self.retry, write), answer=MailAnswer, faults=(409,)
            ),
            Operation("DELETE", "/mails/<id>", self.discard, write, status=204, faults=(409,)),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the mail of the last 30 days, newest first: what waits, was sent, or has failed."""
        sought = Sought(query.get("user"), query.get("state"))
        (after,) = query.get("cursor", (None,))
        found = self.mails.page(caller(), sought, after, query["count"])
        last = (found.mails[-1].mail.id,) if found.more else None
        return page("mails", found.mails, found.total, last)

    def retry(self, id: str) -> object:
        """Let a mail be sent now that was put off or has failed.

        One whose link is over cannot be: send another one.
        """
        return self.mails.retry(caller(), id)

    def discard(self, id: str) -> None:
        """Let a mail not be sent. Its link ends with it."""
        self.mails.discard(caller(), id)
