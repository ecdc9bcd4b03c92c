"""What sources and their entries say of others, and no foreign key holds them to."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, select

from scim_server.directory.accounts.lifecycle import Status
from scim_server.store.check.violation import Violation
from scim_server.store.models import ANCHOR, RESOURCE, RUN, SOURCE

STREAMED = {"yield_per": 1000}


def source_violations(connection: Connection) -> Iterator[Violation]:
    """V-05: an entry is of its resource's kind; V-08: whom its source has switched off is out;
    V-09: the run of a source is its own.
    """
    yield from _odd_anchors(connection)
    yield from _not_off(connection)
    yield from _strange_runs(connection)


def _odd_anchors(connection: Connection) -> Iterator[Violation]:
    same = and_(RESOURCE.c.tenant == ANCHOR.c.tenant, RESOURCE.c.id == ANCHOR.c.resource)
    odd = (
        select(ANCHOR.c.tenant, RESOURCE.c.kind, RESOURCE.c.public_id, ANCHOR.c.kind)
        .join(RESOURCE, same)
        .where(ANCHOR.c.kind != RESOURCE.c.kind)
    )
    for tenant, kind, id, other in connection.execute(odd, execution_options=STREAMED):
        yield Violation("V-05", tenant, kind, id, f"its source has it as a {other}")


def _not_off(connection: Connection) -> Iterator[Violation]:
    # Another version: somebody else has brought it back, and the next run sees to that.
    same = and_(
        RESOURCE.c.tenant == ANCHOR.c.tenant,
        RESOURCE.c.id == ANCHOR.c.resource,
        RESOURCE.c.version == ANCHOR.c.version,
    )
    serving = [each.value for each in (Status.ACTIVE, Status.LOCKED, Status.PENDING)]
    odd = (
        select(ANCHOR.c.tenant, RESOURCE.c.kind, RESOURCE.c.public_id, RESOURCE.c.status)
        .join(RESOURCE, same)
        .where(ANCHOR.c.off == 1, RESOURCE.c.status.in_(serving))
    )
    for tenant, kind, id, status in connection.execute(odd, execution_options=STREAMED):
        yield Violation("V-08", tenant, kind, id, f"its source has switched it off, it is {status}")


def _strange_runs(connection: Connection) -> Iterator[Violation]:
    same = and_(
        RUN.c.tenant == SOURCE.c.tenant, RUN.c.id == SOURCE.c.run, RUN.c.source == SOURCE.c.name
    )
    unknown = (
        select(SOURCE.c.tenant, SOURCE.c.name)
        .join_from(SOURCE, RUN, same, isouter=True)
        .where(SOURCE.c.run.is_not(None), RUN.c.id.is_(None))
    )
    for tenant, name in connection.execute(unknown):
        yield Violation("V-09", tenant, SOURCE.name, name, "its run is not there")
