"""The status of an account: one table of transitions, and one for SCIM ``active``.

Nothing else decides a status: every write path comes through ``step`` or ``on_active``.
"""

from enum import StrEnum

from scim_server.protocol.errors import Conflict


class Status(StrEnum):
    """What an account may do; only Active may sign in."""

    PENDING = "Pending"
    INACTIVE = "Inactive"
    ACTIVE = "Active"
    LOCKED = "Locked"
    SUSPENDED = "Suspended"
    DEPROVISIONED = "Deprovisioned"


class Step(StrEnum):
    """What can happen to an account."""

    ACTIVATE = "activate"
    VERIFY = "verify"
    APPROVE = "approve"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    LOCK = "lock"
    UNLOCK = "unlock"
    DEPROVISION = "deprovision"


TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.PENDING, Step.VERIFY): Status.ACTIVE,
    (Status.PENDING, Step.APPROVE): Status.ACTIVE,
    (Status.PENDING, Step.SUSPEND): Status.SUSPENDED,
    (Status.PENDING, Step.DEPROVISION): Status.DEPROVISIONED,
    (Status.INACTIVE, Step.ACTIVATE): Status.ACTIVE,
    (Status.INACTIVE, Step.SUSPEND): Status.SUSPENDED,
    (Status.INACTIVE, Step.DEPROVISION): Status.DEPROVISIONED,
    (Status.ACTIVE, Step.LOCK): Status.LOCKED,
    (Status.ACTIVE, Step.SUSPEND): Status.SUSPENDED,
    (Status.ACTIVE, Step.DEPROVISION): Status.DEPROVISIONED,
    (Status.LOCKED, Step.UNLOCK): Status.ACTIVE,
    (Status.LOCKED, Step.SUSPEND): Status.SUSPENDED,
    (Status.LOCKED, Step.DEPROVISION): Status.DEPROVISIONED,
    (Status.SUSPENDED, Step.REACTIVATE): Status.ACTIVE,
    (Status.SUSPENDED, Step.DEPROVISION): Status.DEPROVISIONED,
}

ON_ACTIVE: dict[tuple[Status, bool], Step | None] = {
    (Status.PENDING, False): Step.SUSPEND,
    (Status.INACTIVE, False): None,
    (Status.INACTIVE, True): Step.ACTIVATE,
    (Status.ACTIVE, False): Step.SUSPEND,
    (Status.ACTIVE, True): None,
    (Status.LOCKED, False): Step.SUSPEND,
    (Status.LOCKED, True): None,
    (Status.SUSPENDED, False): None,
    (Status.SUSPENDED, True): Step.REACTIVATE,
    (Status.DEPROVISIONED, False): None,
}
"""SCIM ``active`` to the step that it means; None: the status already says so, or stays."""


TOWARDS: dict[tuple[Status, Status], Step] = {
    (before, after): event
    for (before, event), after in TRANSITIONS.items()
    if event not in (Step.VERIFY, Step.LOCK)
}
"""The step that leads from one status to another, for whoever writes a status: who verifies an
address, and who fails to sign in, is somebody else."""

FIRST = frozenset({Status.PENDING, Status.INACTIVE, Status.ACTIVE, Status.SUSPENDED})
"""What a new account may be."""


def step(status: Status, event: Step) -> Status:
    """The status after an event. Raises Conflict where the table has no such transition."""
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise Conflict(f"An account that is {status} cannot take the step {event}.") from None


def on_active(status: Status, active: bool) -> Step | None:
    """The step that SCIM means by ``active``. Raises Conflict where that is refused."""
    try:
        return ON_ACTIVE[status, active]
    except KeyError:
        raise Conflict(f"SCIM cannot make an account active that is {status}.") from None


def towards(status: Status, wanted: Status) -> Step | None:
    """The step that leads there; None: it is there. Raises Conflict where there is none."""
    if wanted is status:
        return None
    try:
        return TOWARDS[status, wanted]
    except KeyError:
        raise Conflict(f"An account that is {status} cannot be made {wanted}.") from None


def ends_access(before: Status | None, after: Status | None) -> bool:
    """Whether sessions, keys and links end with this change (security rule 12)."""
    return after is not before and after not in (Status.ACTIVE, Status.LOCKED)


def locks(before: Status | None, after: Status | None) -> bool:
    """Whether sessions and links end, and keys only rest.

    Else everybody who knows a name could end its keys (docs/decisions/0010).
    """
    return after is Status.LOCKED is not before


def initial(active: bool | None) -> Status:
    """The status of an account that SCIM creates; without a word on ``active`` it is Active."""
    return Status.SUSPENDED if active is False else Status.ACTIVE
