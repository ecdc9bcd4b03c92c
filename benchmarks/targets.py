"""The numbers to reach, as one table; a scenario says what was reached, never what is enough."""

from dataclasses import dataclass
from enum import StrEnum

from benchmarks.measure import Series


class Sense(StrEnum):
    """On which side of its limit a figure must be."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True)
class Target:
    """One promise: what is compared, and with which limit."""

    measure: str
    sense: Sense
    limit: float
    unit: str

    def met_by(self, reached: float) -> bool:
        """Tell whether a figure keeps the promise."""
        return reached <= self.limit if self.sense is Sense.AT_MOST else reached >= self.limit


@dataclass(frozen=True)
class Outcome:
    """What one scenario reached for one target, with the series behind it."""

    target: str
    subject: str
    reached: float
    series: tuple[Series, ...] = ()
    note: str = ""


def _slower(measure: str, limit: float) -> Target:
    return Target(measure, Sense.AT_MOST, limit, "×")


def _faster(measure: str, limit: float) -> Target:
    return Target(measure, Sense.AT_LEAST, limit, "×")


TARGETS = {
    "member-flat": _slower("PATCH one member: group of 100,000 ÷ group of 100", 1.5),
    "member-peer": _faster("PATCH one member: scim2-server at 10,000 ÷ ours at 100,000", 200),
    "crowd": Target(
        "16 parallel clients, 3,200 adds and 1,600 removes on one group, 20 rounds: "
        "changes lost or answered with an error",
        Sense.AT_MOST,
        0,
        "",
    ),
    "get-peer": _faster("GET user by id, 8 connections: faster than scim2-server", 4),
    "get-static": _faster("GET user by id, 8 connections: share of a static Flask view", 0.4),
    "create-peer": _faster("create user, durable, 8 connections: faster than scim2-server", 2),
    "filter-flat": _slower("eq filter: 100,000 users ÷ 1,000 users", 1.3),
    "contains-peer": _faster("emails.value co at 10,000 users: faster than scim2-server", 10),
    "page-peer": _faster("list page at 90 % (index), 10,000 users: faster than scim2-server", 10),
    "cursor-flat": _slower("cursor page: last page of the walk ÷ first page", 1.2),
    "bulk-peer": _faster("Bulk of 1,000 creates: faster than scim2-server", 3),
    "bulk-single": _faster("Bulk of 1,000 creates: faster than single creates, per operation", 3),
    "group-memory": Target(
        "GET group of 100,000 members: memory above idle", Sense.AT_MOST, 30, " MiB"
    ),
    "group-excluded": _slower("GET group of 100,000 without members ÷ GET empty group", 1.1),
    "deprovision": _slower(
        "PATCH active: false with 1,000 sessions and 100 keys ÷ PATCH of a title", 3
    ),
    "introspection": _faster("introspection, 8 connections: share of GET user by id", 0.5),
    "factors": Target(
        "second factors of 10,000 users reset in one call, with mails", Sense.AT_MOST, 30, " s"
    ),
    "import": Target(
        "import of 100,000 users from CSV, by the command", Sense.AT_LEAST, 2_000, " rows/s"
    ),
    "export": Target("export of 100,000 users as CSV", Sense.AT_LEAST, 20_000, " rows/s"),
    "export-memory": Target(
        "export of 100,000 users as CSV: memory above idle", Sense.AT_MOST, 30, " MiB"
    ),
    "sync-load": Target("first load from slapd, by the command", Sense.AT_MOST, 120, " s"),
    "sync-load-memory": Target(
        "first load from slapd: memory of the process", Sense.AT_MOST, 300, " MiB"
    ),
    "sync-flat": _slower("first load from slapd, a user: 20,000 users ÷ 2,000 users", 1.3),
    "sync-again": _slower("run with nothing changed, which writes nothing ÷ first load", 0.15),
    "sync-hundred": Target(
        "run after 100 changes in slapd, by the command", Sense.AT_MOST, 5, " s"
    ),
    "sync-feed": Target(
        "HR feed of 100,000 rows of which 1 % has changed, by the command", Sense.AT_MOST, 60, " s"
    ),
    "sync-kills": Target(
        "kill -9 of the first load at random points: loads that came to another end",
        Sense.AT_MOST,
        0,
        "",
    ),
    "million-filter": _slower("eq filter: 1,000,000 users ÷ 100,000 users", 2),
    "million-member": _slower("PATCH one member: group of 1,000,000 ÷ group of 100,000", 2),
}
