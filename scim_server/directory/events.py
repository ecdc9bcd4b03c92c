"""What happened: frozen records, written in the transaction of the change."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What a change did to the resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    RELEASE = "release"
    ACTIVATE = "activate"
    VERIFY = "verify"
    APPROVE = "approve"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    LOCK = "lock"
    UNLOCK = "unlock"
    DEPROVISION = "deprovision"
    END_SESSIONS = "end sessions"
    GRANT_ROLE = "grant role"
    REVOKE_ROLE = "revoke role"
    MAKE_KEY = "make key"
    REVOKE_KEY = "revoke key"
    ASSIGN = "assign application"
    UNASSIGN = "unassign application"
    SIGN_IN = "sign in"
    SIGN_IN_FAILED = "failed sign-in"
    SIGN_OUT = "sign out"
    SET_PASSWORD = "set password"
    MAKE_LINK = "make link"
    SEND_LINK = "send link"
    MAIL_FAILED = "mail failed"
    RETRY_MAIL = "retry mail"
    DISCARD_MAIL = "discard mail"
    ADD_AUTHENTICATOR = "add authenticator"
    REMOVE_AUTHENTICATOR = "remove authenticator"
    RESET_AUTHENTICATORS = "reset authenticators"
    MAKE_RECOVERY_CODES = "make recovery codes"
    USE_RECOVERY_CODE = "use recovery code"
    START_RUN = "start run"
    CONFIRM_RUN = "confirm run"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: the client or user by name and id, the request, where it came from, and why.

    key:    id of the API key by which; of one that belongs to nobody ``id`` is the same
    device: what it says that it is; told where somebody signs in or fails to
    """

    client: str
    request: str
    id: str | None = None
    address: str | None = None
    reason: str | None = None
    key: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one resource.

    changes: attribute path to {"before": …, "after": …}; ``members`` to {"added": [ids],
    "removed": [ids]}. Secrets never: they are not in the document.
    """

    id: str
    at: str
    actor: Actor
    kind: str
    resource: str
    version: int
    action: Action
    changes: dict[str, Any] = field(default_factory=dict)
