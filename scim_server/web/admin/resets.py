"""Ways back in, as administrators hand them out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.rights.rights import Permission
from scim_server.directory.signing.links import Purpose
from scim_server.directory.signing.resets import (
    First,
    Handed,
    How,
    Resets,
    sign_out,
    stay_signed_in,
)
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation


class LinkBody(Schema):
    """How the link goes to the user."""

    mail = fields.String(
        validate=validate.OneOf(["send"]),
        metadata={"description": "`send` mails it; without it, the link is in the answer, once."},
    )


class PasswordBody(Schema):
    """How the password is reset."""

    mode = fields.String(
        required=True,
        validate=validate.OneOf([how.value for how in How]),
        metadata={
            "description": "`mail`: the user chooses another one by a mailed link, and the old one"
            " works until then; `temporary`: the server makes one, which must be changed at the"
            " next sign-in; `remove`: nobody signs in with a password any more."
        },
    )
    signOutEverywhere = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={
            "description": "Whether sessions and API keys end. Sessions end in any case with the"
            " password: at once with `temporary` and `remove`."
        },
    )


class HandedAnswer(Schema):
    """What is to be handed over, shown once."""

    link = fields.String()
    password = fields.String()
    address = fields.String(metadata={"description": "Where a link was mailed to instead."})
    expires = Instant()


@dataclass(frozen=True, slots=True)
class ResetsEndpoints:
    """``/users/{id}/recovery-link``, ``/users/{id}/invitation``, ``/users/{id}/password``."""

    resets: Resets

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            self._post("/users/<id>/recovery-link", self.recovery_link, LinkBody),
            self._post("/users/<id>/invitation", self.invitation, LinkBody),
            self._post("/users/<id>/password", self.password, PasswordBody),
        )

    def _post(self, path: str, view: Callable[..., Any], body: type[Schema]) -> Operation:
        return Operation(
            "POST",
            path,
            view,
            Permission.CREDENTIALS_WRITE,
            body=body,
            answer=HandedAnswer,
            faults=(409,),
        )

    def recovery_link(self, id: str, body: dict[str, Any]) -> dict[str, str]:
        """Make a link with which the user chooses a new password; it works once.

        It ends the recovery links before it.
        """
        return self._link(id, body, Purpose.RECOVERY)

    def invitation(self, id: str, body: dict[str, Any]) -> dict[str, str]:
        """Invite a user who is Pending, Inactive, or has no password yet.

        The link activates the account and sets its password; it works once.
        """
        return self._link(id, body, Purpose.INVITATION)

    def password(self, id: str, body: dict[str, Any]) -> dict[str, str]:
        """Reset a user's password: by a mailed link, by a temporary one, or by its removal."""
        first: First = sign_out if body["signOutEverywhere"] else stay_signed_in
        way = {
            How.MAIL: self.resets.mail_password,
            How.TEMPORARY: self.resets.make_temporary,
            How.REMOVE: self.resets.remove,
        }[How(body["mode"])]
        return _told(way(caller(), id, first))

    def _link(self, id: str, body: dict[str, Any], purpose: Purpose) -> dict[str, str]:
        way = self.resets.mail_link if "mail" in body else self.resets.show_link
        return _told(way(caller(), id, purpose))


def _told(handed: Handed) -> dict[str, str]:
    told = {name: getattr(handed, name) for name in ("link", "password", "address", "expires")}
    return {name: value for name, value in told.items() if value is not None}
