"""The policy over the administration API."""

import re
from dataclasses import dataclass, fields
from typing import Any

from marshmallow import Schema, validate
from marshmallow import fields as shapes

from scim_server.directory.accounts.policy import DEFAULTS, Policies, Policy
from scim_server.directory.rights.rights import Permission
from scim_server.web.auth import caller
from scim_server.web.operations import Operation

DAY = 86_400
RANGES: dict[str, tuple[int, int]] = {
    "password_length": (8, 256),
    "password_length_with_factor": (8, 256),
    "lock_after": (1, 1000),
    "lock_seconds": (1, DAY),
    "lock_seconds_most": (1, 30 * DAY),
    "session_idle_seconds": (60, 30 * DAY),
    "session_seconds": (60, 365 * DAY),
    "link_seconds": (60, DAY),
    "invitation_seconds": (600, 90 * DAY),
    "activation_seconds": (600, 90 * DAY),
    "user_name_least": (1, 256),
    "user_name_most": (1, 256),
    "stale_days": (1, 3650),
    "retention_days": (1, 36_500),
}
"""Least and most that can be decided. Nothing shorter than eight characters is a password."""
MEANINGS = {
    "password_length": "Characters that a password has at least.",
    "password_length_with_factor": "Likewise, for whoever has a second factor besides.",
    "password_blocklist": "Words that no password may be, besides the well known ones.",
    "lock_after": "Failed sign-ins after which an account is locked.",
    "lock_seconds": "How long the first time; each lock after it is twice as long.",
    "lock_seconds_most": "How long at most.",
    "session_idle_seconds": "Without use, after which a session ends.",
    "session_seconds": "After which a session ends, however much it is used.",
    "link_seconds": "For which a recovery link works.",
    "invitation_seconds": "For which an invitation works.",
    "activation_seconds": "For which an activation or verification link works.",
    "user_name_least": "Characters that a local account's name has at least.",
    "user_name_most": "Characters that a local account's name has at most.",
    "user_name_email": "Whether names of local accounts must be e-mail addresses.",
    "unique_email": "Whether no two accounts may have the same e-mail address.",
    "approve_by_scim": "Whether SCIM's `active: true` approves an account that is Pending.",
    "self_registration": "Whether anybody may register an account.",
    "passwords_by_scim": "Whether passwords that SCIM sends become ones to sign in with.",
    "stale_days": "Without a sign-in, after which an account counts as stale.",
    "retention_days": "For which events are kept.",
    "notice_mails": "Whether users are told by mail of each change to how they sign in.",
}


class Switch(shapes.Boolean):
    """true or false, and no word or number for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def _shown(name: str) -> str:
    """``lockAfter`` for ``lock_after``."""
    return re.sub("_(.)", lambda found: found[1].upper(), name)


def _shape(name: str, default: object, **options: Any) -> shapes.Field[Any]:
    options |= {"attribute": name, "metadata": {"description": MEANINGS[name]}}
    if isinstance(default, bool):
        return Switch(**options)
    if isinstance(default, int):
        return shapes.Integer(strict=True, validate=validate.Range(*RANGES[name]), **options)
    words = shapes.String(validate=validate.Length(1, 256))
    return shapes.List(words, validate=validate.Length(max=1000), **options)


def _shapes(**options: Any) -> dict[str, shapes.Field[Any]]:
    names = [each.name for each in fields(Policy)]
    return {_shown(name): _shape(name, getattr(DEFAULTS, name), **options) for name in names}


PolicyAnswer = Schema.from_dict(dict(_shapes(required=True)), name="PolicyAnswer")
PolicyBody = Schema.from_dict(dict(_shapes(allow_none=True)), name="PolicyBody")


@dataclass(frozen=True, slots=True)
class PolicyEndpoints:
    """``/policy``."""

    policies: Policies

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            Operation("GET", "/policy", self.get, Permission.POLICY_READ, answer=PolicyAnswer),
            Operation(
                "PATCH",
                "/policy",
                self.change,
                Permission.POLICY_WRITE,
                body=PolicyBody,
                answer=PolicyAnswer,
            ),
        )

    def get(self) -> Policy:
        """Show what the tenant has decided."""
        return self.policies.get(caller())

    def change(self, body: dict[str, Any]) -> Policy:
        """Decide what is named anew; null is the default again, what is not named stays."""
        return self.policies.change(caller(), body)
