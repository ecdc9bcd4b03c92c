"""A user's own second factors."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.authenticators.own_authenticators import OwnAuthenticators
from scim_server.directory.signing.password_rules import MOST_CHARACTERS
from scim_server.web.auth import Access, caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation

LONGEST_NAME = 100
LONGEST_CODE = 100


class AuthenticatorAnswer(Schema):
    """One authenticator; its secret is shown to nobody."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["totp", "webauthn"]))
    name = fields.String(required=True)
    created = Instant(required=True)
    used = Instant(required=True, allow_none=True)


class AuthenticatorsAnswer(Schema):
    """All that a user has: at most 20, so there are no pages."""

    authenticators = fields.List(fields.Nested(AuthenticatorAnswer), required=True)
    recoveryCodes = fields.Integer(
        attribute="codes", required=True, metadata={"description": "How many are left."}
    )


class PasswordBody(Schema):
    """Who signed in more than ten minutes ago says the password again."""

    password = fields.String(validate=validate.Length(1, MOST_CHARACTERS), load_default=None)


class TotpAnswer(Schema):
    """What an authenticator application needs, shown this once."""

    enrolment = fields.String(required=True)
    secret = fields.String(required=True, metadata={"description": "In base32, to be typed in."})
    uri = fields.String(required=True, metadata={"description": "`otpauth://totp/…`"})
    qrCode = fields.String(
        attribute="qr_code", required=True, metadata={"description": "The URI as an SVG element."}
    )


class NamedBody(Schema):
    """What the user calls it."""

    name = fields.String(load_default="Authenticator", validate=validate.Length(1, LONGEST_NAME))


class TotpBody(NamedBody):
    """The first code of an enrolment."""

    enrolment = fields.String(required=True, validate=validate.Length(1, LONGEST_CODE))
    code = fields.String(required=True, validate=validate.Length(1, LONGEST_CODE))


class OptionsAnswer(Schema):
    """What a browser is asked."""

    publicKey = fields.Dict(
        required=True,
        metadata={"description": "For `PublicKeyCredential.parseCreationOptionsFromJSON`."},
    )


class CredentialBody(NamedBody):
    """What a browser has made."""

    credential = fields.Dict(
        required=True, metadata={"description": "`PublicKeyCredential.toJSON()`"}
    )


class CodesAnswer(Schema):
    """Recovery codes, shown this once."""

    codes = fields.List(fields.String(), required=True)


@dataclass(frozen=True, slots=True)
class AuthenticatorsEndpoints:
    """``/authenticators``."""

    authenticators: OwnAuthenticators

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        top, totp, key = "/authenticators", "/authenticators/totp", "/authenticators/webauthn"
        return (
            _operation("GET", top, self.list, answer=AuthenticatorsAnswer),
            _operation("POST", f"{totp}/begin", self.begin_totp, PasswordBody, TotpAnswer),
            _operation("POST", totp, self.add_totp, TotpBody, AuthenticatorAnswer, 201),
            _operation("POST", f"{key}/begin", self.begin_key, PasswordBody, OptionsAnswer),
            _operation("POST", key, self.add_key, CredentialBody, AuthenticatorAnswer, 201),
            _operation("POST", f"{top}/recovery-codes", self.codes, PasswordBody, CodesAnswer),
            _operation("DELETE", f"{top}/<id>", self.remove, status=204),
        )

    def list(self) -> object:
        """List the user's authenticators."""
        return self.authenticators.all(caller())

    def begin_totp(self, body: dict[str, Any]) -> object:
        """Begin to enrol an authenticator application: its secret, shown this once.

        A session older than ten minutes needs the password. A user has one such application.
        """
        return self.authenticators.begin_totp(caller(), body["password"])

    def add_totp(self, body: dict[str, Any]) -> object:
        """Finish it with a first code, within ten minutes."""
        return self.authenticators.finish_totp(
            caller(), body["enrolment"], body["code"], body["name"]
        )

    def begin_key(self, body: dict[str, Any]) -> object:
        """Begin to register a WebAuthn key: options for the browser.

        A session older than ten minutes needs the password.
        """
        return {"publicKey": self.authenticators.begin_key(caller(), body["password"])}

    def add_key(self, body: dict[str, Any]) -> object:
        """Finish it with what the browser has made, within ten minutes."""
        return self.authenticators.finish_key(caller(), body["credential"], body["name"])

    def codes(self, body: dict[str, Any]) -> object:
        """Make ten recovery codes, shown this once, instead of the old ones.

        A session older than ten minutes needs the password.
        """
        return {"codes": self.authenticators.new_codes(caller(), body["password"])}

    def remove(self, id: str) -> None:
        """Remove one authenticator, and with the last one the recovery codes.

        This needs a session that is younger than ten minutes.
        """
        self.authenticators.remove(caller(), id)


def _operation(
    method: str,
    path: str,
    view: Any,
    body: type[Schema] | None = None,
    answer: type[Schema] | None = None,
    status: int = 200,
) -> Operation:
    faults = (403, 404, 409) if method != "GET" else ()
    return Operation(
        method,
        path,
        view,
        access=Access.USER,
        body=body,
        answer=answer,
        status=status,
        faults=faults,
    )
