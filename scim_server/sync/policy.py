"""What the file of a source decides about leavers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scim_server.protocol.values import moment
from scim_server.sync.plan import Departure


@dataclass(frozen=True, slots=True)
class Leavers:
    """What becomes of users whom a source has no more: suspended at once, and after a time more.

    then:       SUSPEND: nothing more
    after_days: of grace, in which a return undoes it all
    """

    then: Departure = Departure.SUSPEND
    after_days: int = 30

    def is_over(self, left: str | None, now: datetime) -> bool:
        """Whether the grace has passed, of who left then; None: now."""
        grace = timedelta(days=self.after_days)
        return not grace if left is None else moment(left) + grace <= now
