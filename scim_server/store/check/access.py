"""V-08: who is switched off has nothing to come in with; V-10: and nobody's secret lies about."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from scim_server.directory.lifecycle import Status
from scim_server.store.check.violation import Violation
from scim_server.store.models import API_KEY, CHALLENGE, LINK, LOGIN, RESOURCE, SESSION

STREAMED = {"yield_per": 1000}
OFF = (Status.SUSPENDED.value, Status.DEPROVISIONED.value)
NOT_IN = tuple(status.value for status in Status if status is not Status.ACTIVE)
REFUSED: dict[Table, tuple[str, ...]] = {
    SESSION: NOT_IN,
    LINK: OFF,
    CHALLENGE: OFF,
    API_KEY: OFF,
}
"""The statuses in which a user has none of these; a Locked one may recover by a link."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def access_violations(connection: Connection) -> Iterator[Violation]:
    """What opens a door that is shut, and what could be read and used."""
    for table, statuses in REFUSED.items():
        yield from _open_doors(connection, table, statuses)
        yield from _readable(connection, table)
    hashes = select(LOGIN.c.tenant, LOGIN.c.user, LOGIN.c.password)
    for tenant, user, hashed in connection.execute(hashes, execution_options=STREAMED):
        if hashed is not None and not hashed.startswith("$argon2id$"):
            yield Violation("V-10", tenant, "login", str(user), "its password is not hashed")


def _open_doors(
    connection: Connection, table: Table, statuses: tuple[str, ...]
) -> Iterator[Violation]:
    found = (
        select(table.c.tenant, RESOURCE.c.kind, RESOURCE.c.public_id, RESOURCE.c.status)
        .join(RESOURCE, (RESOURCE.c.tenant == table.c.tenant) & (RESOURCE.c.id == table.c.user))
        .where(RESOURCE.c.status.in_(statuses))
        .distinct()
    )
    what = table.name.replace("_", " ")
    for tenant, kind, id, status in connection.execute(found, execution_options=STREAMED):
        yield Violation("V-08", tenant, kind, id, f"it is {status} and has a {what}")


def _readable(connection: Connection, table: Table) -> Iterator[Violation]:
    rows = select(table.c.tenant, table.c.id, table.c.digest)
    what = table.name.replace("_", " ")
    for tenant, id, digest in connection.execute(rows, execution_options=STREAMED):
        if digest is not None and not _DIGEST.fullmatch(digest):
            yield Violation("V-10", tenant, what, id, "its digest is no SHA-256")
