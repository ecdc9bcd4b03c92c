"""Ways in for who is not signed in: a lost password, a first one, an address to confirm."""

from dataclasses import dataclass
from typing import Any

from flask import g
from marshmallow import Schema, ValidationError, fields, validate, validates, validates_schema

from scim_server.directory.accounts.addresses import is_address
from scim_server.directory.accounts.registration import Registration
from scim_server.directory.signing.password_rules import MOST_CHARACTERS
from scim_server.directory.signing.recovery import (
    LONGEST,
    TO_ACTIVATE,
    TO_RECOVER,
    Recovery,
)
from scim_server.directory.signing.requests import BY_ADDRESS, BY_NAME
from scim_server.directory.signing.sign_in import Attempt
from scim_server.web.auth import Access, Throttle
from scim_server.web.operations import Operation
from scim_server.web.signing.sign_in import FIRST_TENANT, LONGEST_TOKEN, origin


def _tenant() -> fields.String:
    return fields.String(load_default=FIRST_TENANT, validate=validate.Length(1, 100))


class RecoveryBody(Schema):
    """Who: by user name, or by e-mail address."""

    tenant = _tenant()
    userName = fields.String(validate=validate.Length(1, LONGEST))
    email = fields.String(validate=validate.Length(1, LONGEST))

    @validates_schema
    def _is_one(self, told: dict[str, Any], **_: object) -> None:
        if (BY_NAME in told) == (BY_ADDRESS in told):
            raise ValidationError(f'either "{BY_NAME}" or "{BY_ADDRESS}" is needed.')


class RegistrationBody(Schema):
    """A new account; its password is chosen with the link that is mailed."""

    tenant = _tenant()
    userName = fields.String(required=True, validate=validate.Length(1, 255))
    email = fields.String(required=True, validate=validate.Length(1, LONGEST))
    displayName = fields.String(validate=validate.Length(1, 255))
    givenName = fields.String(validate=validate.Length(1, 255))
    familyName = fields.String(validate=validate.Length(1, 255))

    @validates("email")
    def _is_address(self, text: str, data_key: str) -> None:
        if not is_address(text):
            raise ValidationError("must be an e-mail address.")


class TokenBody(Schema):
    """The token of a link."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))


class TokenPasswordBody(TokenBody):
    """The token of a link, and the password that the user chooses."""

    password = fields.String(required=True, validate=validate.Length(1, MOST_CHARACTERS))


class VerificationBody(TokenBody):
    """The token of a link; and a password, where the account has none yet."""

    password = fields.String(validate=validate.Length(1, MOST_CHARACTERS))


@dataclass(frozen=True, slots=True)
class RecoveryEndpoints:
    """``/recovery``, ``/activation``, ``/registration``, ``/verification``."""

    recovery: Recovery
    registration: Registration
    throttle: Throttle

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            Operation(
                "POST",
                "/recovery",
                self.ask,
                access=Access.ANYONE,
                body=RecoveryBody,
                status=202,
                faults=(429,),
            ),
            self._by_link("/recovery/password", self.recover, TokenPasswordBody),
            self._by_link("/activation", self.activate, TokenPasswordBody),
            Operation(
                "POST",
                "/registration",
                self.register,
                access=Access.ANYONE,
                body=RegistrationBody,
                status=202,
                faults=(404, 409, 429),
            ),
            self._by_link("/verification", self.verify, VerificationBody),
        )

    def _by_link(self, path: str, view: Any, body: type[Schema]) -> Operation:
        return Operation(
            "POST", path, view, access=Access.ANYONE, body=body, status=204, faults=(404, 409)
        )

    def ask(self, body: dict[str, Any]) -> None:
        """Ask for a link to choose a new password.

        The answer is the same, and takes the same, whether there is such an account or not. Where
        there is one with a password, the link goes to the address that the account has.
        """
        self.throttle.ask(origin().address)
        way = BY_NAME if BY_NAME in body else BY_ADDRESS
        self.recovery.ask(attempt(), body["tenant"], way, body[way])

    def recover(self, body: dict[str, Any]) -> None:
        """Choose a new password with the token of a recovery link, which is used up by it.

        Every session of the user ends, and an account that wrong passwords have locked is unlocked.
        """
        self.recovery.choose_password(attempt(), body["token"], TO_RECOVER, body["password"])

    def activate(self, body: dict[str, Any]) -> None:
        """Activate an account with the token of an activation link or an invitation."""
        self.recovery.choose_password(attempt(), body["token"], TO_ACTIVATE, body["password"])

    def register(self, body: dict[str, Any]) -> None:
        """Make oneself an account, which waits until a mailed link confirms the address.

        Answered with 404 where the tenant's policy does not have it, which is the default.
        """
        self.throttle.ask(origin().address)
        profile = {name: value for name, value in body.items() if name != "tenant"}
        self.registration.register(attempt(), body["tenant"], profile)

    def verify(self, body: dict[str, Any]) -> None:
        """Confirm the address of an account that was registered, with the token that it was sent.

        An account that has no password yet needs one now.
        """
        self.recovery.verify(attempt(), body["token"], body.get("password"))


def attempt() -> Attempt:
    """Which request it is, and where it comes from."""
    return Attempt(g.request_id, origin())
