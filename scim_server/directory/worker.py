"""What a worker does, round after round: answers requests, sends mail, ends what is over.

Any number of workers share the work; one is enough, and none has anything that is lost with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Protocol

from structlog import get_logger

from scim_server.directory.apart import one_by_one
from scim_server.directory.mail.courier import Unreachable
from scim_server.directory.ports import Clock, Contention
from scim_server.protocol.errors import Unavailable

log = get_logger("scim_server.worker")

UPKEEP_SECONDS = 60
"""Between two looks at what is over."""
PAUSE_SECONDS = 1.0
"""Between two rounds in which there was nothing to do."""
LONGEST_PAUSE_SECONDS = 60.0
"""While the database or the mail server is down."""

Duty = Callable[[], int]
"""Does some of what there is to do; returns how much that was."""
Chore = Callable[[int], int]
"""Likewise, of one tenant."""


class Upkeep(Protocol):
    """Rows that are over."""

    def delete_expired(self, tenant: int, now: datetime) -> int:
        """Sessions, links and ceremonies; returns how many, at most some hundreds."""


class TenantNumbers(Protocol):
    """The tenants that there are."""

    def tenants(self) -> Mapping[str, int]:
        """Name to number."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What ends by itself, of every tenant; returns how much ended."""

    tenants: TenantNumbers
    chores: Sequence[Chore]

    def tidy(self) -> int:
        """Raises Unavailable, Contention."""
        numbers = self.tenants.tenants().values()
        return one_by_one(product(numbers, self.chores), _exhausted)


def _exhausted(of_tenant: tuple[int, Chore]) -> int:
    """Each chore does some at a time, in a transaction of its own."""
    tenant, chore = of_tenant
    total = 0
    while done := chore(tenant):
        total += done
    return total


@dataclass
class Worker:
    """Rounds of all duties. One that fails keeps none of the others from being done.

    often:    done in each round
    sometimes: done once in UPKEEP_SECONDS
    """

    clock: Clock
    often: Mapping[str, Duty]
    sometimes: Mapping[str, Duty]
    pause: float = field(default=PAUSE_SECONDS, init=False)
    _tidied: datetime | None = field(default=None, init=False)

    def round(self) -> int:
        """Do some of all that is due; returns how much was done.

        ``pause`` then says how many seconds to wait where that was nothing.
        """
        duties = dict(self.often)
        now = self.clock()
        if self._tidied is None or (now - self._tidied).total_seconds() >= UPKEEP_SECONDS:
            self._tidied = now
            duties |= self.sometimes
        outcomes = [self._do(name, duty) for name, duty in duties.items()]
        failed = None in outcomes
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS) if failed else PAUSE_SECONDS
        return sum(done or 0 for done in outcomes)

    def drain(self) -> int:
        """Rounds until there is nothing left that can be done now; returns how much was done."""
        total = 0
        while done := self.round():
            total += done
        return total

    def _do(self, name: str, duty: Duty) -> int | None:
        """None: it cannot be done now."""
        try:
            return duty()
        except Unreachable as fault:
            log.warning("mail server away", fault=str(fault))
        except (Unavailable, Contention) as fault:
            log.warning("database away", duty=name, fault=str(fault))
        except Exception as fault:
            log.error("defect", duty=name, exc_info=fault)
        return None
