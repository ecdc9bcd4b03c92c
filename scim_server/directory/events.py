"""What happened: frozen records, written in the transaction of the change."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What a change did to the resource."""

    CREATE = "create"
    UPDATE = "update"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: the client, and the request that it asks in."""

    client: str
    request: str


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
