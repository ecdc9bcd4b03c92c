"""V-08: who is switched off has nothing to come in with; V-10: and nobody's secret lies about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Table, select, true

from scim_server.directory.accounts.lifecycle import Status
from scim_server.store.check.violation import Violation
from scim_server.store.models import (
    API_KEY,
    ASSIGNMENT,
    AUTHENTICATOR,
    CHALLENGE,
    CLIENT,
    LINK,
    LOGIN,
    MAIL,
    RECOVERY_CODE,
    RESOURCE,
    ROLE_GRANT,
    SESSION,
    TOKEN,
)

STREAMED = {"yield_per": 1000}
GONE = (Status.DEPROVISIONED,)
OFF = (Status.SUSPENDED, *GONE)
"""Whoever is Locked may recover by a link, and keeps the keys, which rest."""
NEVER_IN = (Status.PENDING, Status.INACTIVE, *OFF)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Door:
    """What a user has not in these statuses; ``owner``: the column that names the user."""

    table: Table
    shut: tuple[Status, ...]
    owner: str = "user"
    only: ColumnElement[bool] = field(default_factory=true)


TICKETS = (
    Door(SESSION, (Status.LOCKED, *NEVER_IN)),
    Door(LINK, OFF),
    Door(CHALLENGE, OFF),
    Door(API_KEY, NEVER_IN),
)
DOORS = (
    *TICKETS,
    Door(MAIL, OFF, only=MAIL.c.link.is_not(None) & MAIL.c.ended.is_(None)),
    *(Door(table, GONE) for table in (LOGIN, AUTHENTICATOR, RECOVERY_CODE)),
    *(Door(table, GONE, "holder") for table in (ROLE_GRANT, ASSIGNMENT)),
)


def access_violations(connection: Connection) -> Iterator[Violation]:
    """What opens a door that is shut, and what could be read and used."""
    for door in DOORS:
        yield from _open(connection, door)
    yield from _bound_tokens(connection)
    for ticket in TICKETS:
        yield from _readable(connection, ticket.table)
    hashes = select(LOGIN.c.tenant, LOGIN.c.user, LOGIN.c.password)
    for tenant, user, hashed in connection.execute(hashes, execution_options=STREAMED):
        if hashed is not None and not hashed.startswith("$argon2id$"):
            yield Violation("V-10", tenant, "login", str(user), "its password is not hashed")


def _open(connection: Connection, door: Door) -> Iterator[Violation]:
    table, owner = door.table, door.table.c[door.owner]
    found = (
        select(table.c.tenant, RESOURCE.c.kind, RESOURCE.c.public_id, RESOURCE.c.status)
        .join(RESOURCE, (RESOURCE.c.tenant == table.c.tenant) & (RESOURCE.c.id == owner))
        .where(RESOURCE.c.status.in_([status.value for status in door.shut]), door.only)
        .distinct()
    )
    what = table.name.replace("_", " ")
    for tenant, kind, id, status in connection.execute(found, execution_options=STREAMED):
        yield Violation("V-08", tenant, kind, id, f"it is {status} and has a {what}")


def _bound_tokens(connection: Connection) -> Iterator[Violation]:
    """The tokens of clients that act as a user."""
    found = (
        select(CLIENT.c.tenant, RESOURCE.c.kind, RESOURCE.c.public_id, RESOURCE.c.status)
        .join(TOKEN, (TOKEN.c.tenant == CLIENT.c.tenant) & (TOKEN.c.client == CLIENT.c.id))
        .join(
            RESOURCE,
            (RESOURCE.c.tenant == CLIENT.c.tenant) & (RESOURCE.c.public_id == CLIENT.c.user),
        )
        .where(TOKEN.c.revoked.is_(None), RESOURCE.c.status.in_([status.value for status in OFF]))
        .distinct()
    )
    for tenant, kind, id, status in connection.execute(found, execution_options=STREAMED):
        yield Violation("V-08", tenant, kind, id, f"it is {status} and has a token")


def _readable(connection: Connection, table: Table) -> Iterator[Violation]:
    rows = select(table.c.tenant, table.c.id, table.c.digest)
    what = table.name.replace("_", " ")
    for tenant, id, digest in connection.execute(rows, execution_options=STREAMED):
        if digest is not None and not _DIGEST.fullmatch(digest):
            yield Violation("V-10", tenant, what, id, "its digest is no SHA-256")
