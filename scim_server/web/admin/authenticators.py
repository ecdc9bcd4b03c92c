"""Users' second factors, as administrators see, reset and register them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.authenticators.factors import EVERY, Factor
from scim_server.directory.authenticators.users_authenticators import UsersAuthenticators
from scim_server.directory.rights.rights import Permission
from scim_server.web.auth import caller
from scim_server.web.operations import Operation
from scim_server.web.signing.authenticators import (
    AuthenticatorAnswer,
    AuthenticatorsAnswer,
    CredentialBody,
    OptionsAnswer,
)

MOST_USERS = 10_000
LONGEST_ID = 100


class KindsBody(Schema):
    """Which kinds of factors; left out: all."""

    kinds = fields.List(
        fields.String(validate=validate.OneOf([kind.value for kind in Factor])),
        validate=validate.Length(1, len(Factor)),
    )


class ManyBody(KindsBody):
    """Whose."""

    users = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_ID)),
        required=True,
        validate=validate.Length(1, MOST_USERS),
        metadata={"description": "Ids of users."},
    )


class ResetAnswer(Schema):
    """What the reset came to."""

    users = fields.Integer(
        required=True, metadata={"description": "How many users had something to lose."}
    )
    authenticators = fields.Integer(
        required=True, metadata={"description": "How many authenticators are gone."}
    )
    notFound = fields.List(
        fields.String(),
        attribute="unknown",
        required=True,
        metadata={"description": "Ids that no user has."},
    )


@dataclass(frozen=True, slots=True)
class UsersAuthenticatorsEndpoints:
    """``/users/{id}/authenticators``, ``/authenticators/reset``."""

    authenticators: UsersAuthenticators

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.USERS_READ, Permission.CREDENTIALS_WRITE
        top = "/users/<id>/authenticators"
        return (
            Operation("GET", top, self.list, read, answer=AuthenticatorsAnswer),
            Operation("DELETE", f"{top}/<authenticator>", self.remove, write, status=204),
            Operation(
                "POST", f"{top}/reset", self.reset, write, body=KindsBody, answer=ResetAnswer
            ),
            Operation(
                "POST",
                "/authenticators/reset",
                self.reset_many,
                write,
                body=ManyBody,
                answer=ResetAnswer,
            ),
            Operation(
                "POST",
                f"{top}/webauthn/begin",
                self.begin_key,
                write,
                answer=OptionsAnswer,
                faults=(409,),
            ),
            Operation(
                "POST",
                f"{top}/webauthn",
                self.add_key,
                write,
                body=CredentialBody,
                answer=AuthenticatorAnswer,
                status=201,
                faults=(409,),
            ),
        )

    def list(self, id: str) -> object:
        """List a user's authenticators, without their secrets."""
        return self.authenticators.of(caller(), id)

    def remove(self, id: str, authenticator: str) -> None:
        """Remove one authenticator, and with the last one the recovery codes.

        The user is told by mail, as of every change here.
        """
        self.authenticators.remove(caller(), id, authenticator)

    def reset(self, id: str, body: dict[str, Any]) -> object:
        """Remove all of a user's second factors, or those of some kinds."""
        return self.authenticators.reset(caller(), id, _kinds(body))

    def reset_many(self, body: dict[str, Any]) -> object:
        """Remove all second factors of many users, or those of some kinds.

        A thousand users at a time: what is done stays done where a later part fails, and asking
        again does no harm.
        """
        return self.authenticators.reset_many(caller(), body["users"], _kinds(body))

    def begin_key(self, id: str) -> object:
        """Begin to register a WebAuthn key on a user's behalf: options for the browser."""
        return {"publicKey": self.authenticators.begin_key(caller(), id)}

    def add_key(self, id: str, body: dict[str, Any]) -> object:
        """Finish it with what the administrator's browser has made, within ten minutes."""
        return self.authenticators.finish_key(caller(), id, body["credential"], body["name"])


def _kinds(body: dict[str, Any]) -> Collection[Factor]:
    return {Factor(kind) for kind in body["kinds"]} if "kinds" in body else EVERY
