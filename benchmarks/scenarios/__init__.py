"""One module for each part of the table of numbers; each scenario yields its outcomes."""

from collections.abc import Callable, Iterator

from benchmarks.scenarios import (
    bulk,
    creates,
    crowd,
    cursors,
    deprovision,
    factors,
    files,
    filters,
    introspection,
    large_group,
    members,
    million,
    reads,
    searches,
    sync_feed,
    sync_kills,
    sync_ldap,
)
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

Scenario = Callable[[Stage], Iterator[Outcome]]

SCENARIOS: dict[str, Scenario] = {
    "reads": reads.measure,
    "searches": searches.measure,
    "cursors": cursors.measure,
    "filters": filters.measure,
    "members": members.measure,
    "large-group": large_group.measure,
    "crowd": crowd.measure,
    "creates": creates.measure,
    "bulk": bulk.measure,
    "introspection": introspection.measure,
    "deprovision": deprovision.measure,
    "factors": factors.measure,
    "files": files.measure,
    "sync-ldap": sync_ldap.measure,
    "sync-feed": sync_feed.measure,
    "sync-kills": sync_kills.measure,
}
"""In this order: those that read come before those that make directories grow."""

MILLION: dict[str, Scenario] = {"million": million.measure}
