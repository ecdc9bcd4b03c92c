"""A user who is deleted, and what was known of them."""

from typing import Any

from marshmallow import Schema, fields

from scim_server.directory.accounts.dossier import Dossier
from scim_server.web.admin.applications import OwnedAnswer
from scim_server.web.admin.events import EventAnswer
from scim_server.web.admin.mails import MailAnswer
from scim_server.web.admin.roles import HeldAnswer, held
from scim_server.web.admin.sessions import SessionAnswer
from scim_server.web.keys import KeyAnswer
from scim_server.web.keys import shown as key
from scim_server.web.signing.authenticators import AuthenticatorAnswer


class DeleteQuery(Schema):
    """Whether to show it once more."""

    export = fields.Boolean(
        load_default=False,
        metadata={"description": "Answer with all that is known of the user, and delete."},
    )


class DossierAnswer(Schema):
    """All that was known of a user."""

    user = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "As SCIM shows it."}
    )
    roles = fields.List(fields.Nested(HeldAnswer), required=True)
    applications = fields.List(fields.Nested(OwnedAnswer), required=True)
    authenticators = fields.List(
        fields.Nested(AuthenticatorAnswer), attribute="factors.authenticators", required=True
    )
    recoveryCodes = fields.Integer(
        attribute="factors.codes",
        required=True,
        metadata={"description": "How many were left."},
    )
    sessions = fields.List(fields.Nested(SessionAnswer), required=True)
    keys = fields.List(fields.Nested(KeyAnswer), required=True)
    mails = fields.List(fields.Nested(MailAnswer), required=True)
    events = fields.List(fields.Nested(EventAnswer), required=True)


class DeletedAnswer(Schema):
    """Who was deleted, and what was known of them where that was asked for."""

    id = fields.String(required=True)
    known = fields.Nested(DossierAnswer)


def dossier(found: Dossier) -> dict[str, Any]:
    """As DossierAnswer has it."""
    return {
        "user": found.user,
        "roles": list(map(held, found.roles)),
        "applications": found.applications,
        "factors": found.factors,
        "sessions": found.sessions,
        "keys": list(map(key, found.keys)),
        "mails": found.mails,
        "events": found.events,
    }
