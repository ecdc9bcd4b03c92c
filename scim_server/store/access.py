"""What a user can get in with, and what it ends with (security rules 12 and 28)."""

from sqlalchemy import BindParameter, Connection, and_, bindparam, delete, select, update
from sqlalchemy.sql.dml import Delete, Update

from scim_server.directory.ports import Resource
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
    ROLE_GRANT,
    SESSION,
    TOKEN,
)
from scim_server.store.writes import KEY, TENANT

_SESSIONS: Delete = delete(SESSION).where(
    SESSION.c.tenant == TENANT, SESSION.c.user == KEY, SESSION.c.id != bindparam("_kept")
)
_TICKETS: tuple[Delete, ...] = (
    delete(LINK).where(LINK.c.tenant == TENANT, LINK.c.user == KEY),
    delete(CHALLENGE).where(CHALLENGE.c.tenant == TENANT, CHALLENGE.c.user == KEY),
    delete(MAIL).where(
        MAIL.c.tenant == TENANT,
        MAIL.c.user == KEY,
        MAIL.c.link.is_not(None),
        MAIL.c.ended.is_(None),
    ),
)
_NOW: BindParameter[str] = bindparam("_now")
_KEYS: tuple[Delete | Update, ...] = (
    delete(API_KEY).where(API_KEY.c.tenant == TENANT, API_KEY.c.user == KEY),
    update(TOKEN)
    .where(
        TOKEN.c.tenant == TENANT,
        TOKEN.c.revoked.is_(None),
        TOKEN.c.client.in_(
            select(CLIENT.c.id).where(
                and_(CLIENT.c.tenant == TENANT, CLIENT.c.user == bindparam("_id"))
            )
        ),
    )
    .values(revoked=_NOW),
)
_RIGHTS: tuple[Delete, ...] = (
    *(
        delete(table).where(table.c.tenant == TENANT, table.c.user == KEY)
        for table in (AUTHENTICATOR, RECOVERY_CODE, LOGIN)
    ),
    *(
        delete(table).where(table.c.tenant == TENANT, table.c.holder == KEY)
        for table in (ROLE_GRANT, ASSIGNMENT)
    ),
)


def end(connection: Connection, tenant: int, user: Resource) -> int:
    """Sessions, links, begun ceremonies, and keys; returns how many sessions."""
    ended = end_tickets(connection, tenant, user, kept_session="")
    names = {"_tenant": tenant, "_key": user.key, "_id": user.id, "_now": user.modified}
    for statement in _KEYS:
        connection.execute(statement, names)
    return ended


def end_tickets(connection: Connection, tenant: int, user: Resource, kept_session: str) -> int:
    """Sessions but that one, links with the mails that wait with them, and begun ceremonies.

    Returns how many sessions.
    """
    names = {"_tenant": tenant, "_key": user.key, "_kept": kept_session}
    ended = connection.execute(_SESSIONS, names).rowcount
    for statement in _TICKETS:
        connection.execute(statement, names)
    return ended


def end_rights(connection: Connection, tenant: int, user: Resource) -> None:
    """Roles, applications, authenticators and password."""
    for statement in _RIGHTS:
        connection.execute(statement, {"_tenant": tenant, "_key": user.key})
