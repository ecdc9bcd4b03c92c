"""Signing in, and the change of one's own password."""

from dataclasses import dataclass
from typing import Any

from flask import g, request
from marshmallow import Schema, fields, validate

from scim_server.directory.signing.password_rules import MOST_CHARACTERS
from scim_server.directory.signing.session_tokens import Begun, Origin
from scim_server.directory.signing.sign_in import Attempt, SignIn
from scim_server.directory.signing.trials import Challenged
from scim_server.web.admin.sessions import SessionAnswer
from scim_server.web.auth import Access, Throttle, caller, device
from scim_server.web.operations import Operation

LONGEST_ADDRESS = 64
LONGEST_TOKEN = 200
FIRST_TENANT = "default"


def _password() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, MOST_CHARACTERS))


def _challenge() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TOKEN),
        metadata={"description": "From the step before; it is valid for five minutes."},
    )


class SignInBody(Schema):
    """Who, and with which password."""

    tenant = fields.String(
        load_default=FIRST_TENANT,
        validate=validate.Length(1, 100),
        metadata={"description": "The name of the tenant that the user belongs to."},
    )
    userName = fields.String(required=True, validate=validate.Length(1, 1000))
    password = _password()


class SecondBody(Schema):
    """A proof of a second factor."""

    challenge = _challenge()
    proof = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": '`{"kind": "totp", "code": …}`, `{"kind": "recovery", "code": …}` or'
            ' `{"kind": "webauthn", "credential": …}`.'
        },
    )


class NewPasswordBody(Schema):
    """A password in place of a temporary one."""

    challenge = _challenge()
    password = _password()


class ChangeBody(Schema):
    """The password as it is, and as it shall be."""

    current = _password()
    new = _password()


class SignInAnswer(Schema):
    """A session and its token, shown once; or what is missing for one."""

    token = fields.String(metadata={"description": "The bearer token of the session."})
    session = fields.Nested(SessionAnswer)
    challenge = fields.String(metadata={"description": "For the second step."})
    kinds = fields.List(
        fields.String(), metadata={"description": "The second factors that would do."}
    )
    options = fields.Dict(
        keys=fields.String(), metadata={"description": "`publicKey`, for `credentials.get`."}
    )


def origin() -> Origin:
    """Where the request comes from."""
    return Origin((request.remote_addr or "")[:LONGEST_ADDRESS], device())


@dataclass(frozen=True, slots=True)
class SignInEndpoints:
    """``/sign-in``, ``/password``."""

    sign_in: SignIn
    throttle: Throttle

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            self._step("/sign-in", self.by_password, SignInBody, 403),
            self._step("/sign-in/second", self.by_second_factor, SecondBody, 403),
            self._step("/sign-in/password", self.by_new_password, NewPasswordBody),
            Operation(
                "POST",
                "/password",
                self.change,
                access=Access.USER,
                body=ChangeBody,
                status=204,
                faults=(403, 429),
            ),
        )

    def _step(self, path: str, view: Any, body: type[Schema], *faults: int) -> Operation:
        return Operation(
            "POST",
            path,
            view,
            access=Access.ANYONE,
            body=body,
            answer=SignInAnswer,
            faults=(401, *faults, 429),
        )

    def by_password(self, body: dict[str, Any]) -> Begun | Challenged:
        """Sign in with a password.

        The answer is a session or, where the user has a second factor, a challenge for the second
        step. A temporary password, and one that is too short by now, is refused with 403 and the
        code `passwordChangeRequired`; the problem's `challenge` is for setting another one. Unknown
        users, wrong passwords and accounts that may not sign in are answered alike, 401.
        """
        with self.throttle.signing_in(origin().address):
            return self.sign_in.by_password(
                _attempt(), body["tenant"], body["userName"], body["password"]
            )

    def by_second_factor(self, body: dict[str, Any]) -> Begun | Challenged:
        """Prove a second factor, the second step of a sign-in."""
        with self.throttle.signing_in(origin().address):
            return self.sign_in.by_second_factor(_attempt(), body["challenge"], body["proof"])

    def by_new_password(self, body: dict[str, Any]) -> Begun:
        """Set a password in place of a temporary one, and be signed in."""
        with self.throttle.signing_in(origin().address):
            return self.sign_in.by_new_password(_attempt(), body["challenge"], body["password"])

    def change(self, body: dict[str, Any]) -> None:
        """Change one's own password. Every other session of the user ends."""
        with self.throttle.signing_in(origin().address):
            self.sign_in.change_password(caller(), body["current"], body["new"])


def _attempt() -> Attempt:
    return Attempt(g.request_id, origin())
