"""Second factors and ceremonies as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Table,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)

from scim_server.directory.authenticators.factors import (
    Authenticator,
    Ceremony,
    Factor,
    Factors,
    Lost,
    Purpose,
)
from scim_server.protocol.errors import NotUnique
from scim_server.store.models import AUTHENTICATOR, CHALLENGE, RECOVERY_CODE
from scim_server.store.sql import Many, insert_many, insert_new, one_of

_SHOWN = tuple(column for column in AUTHENTICATOR.c if column.name not in ("tenant", "user"))
_CODES = (
    select(func.count())
    .select_from(RECOVERY_CODE)
    .where(
        RECOVERY_CODE.c.tenant == bindparam("_tenant"), RECOVERY_CODE.c.user == bindparam("_user")
    )
    .scalar_subquery()
    .label("codes")
)
_PURPOSES = tuple(Purpose)


class SqlAuthenticators:
    """directory.factors.AuthenticatorStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def of(self, user: int) -> Factors:
        """Oldest first, in one statement: without an authenticator there are no codes."""
        rows = self.connection.execute(
            select(*_SHOWN, _CODES)
            .where(*self._owned(AUTHENTICATOR, user))
            .order_by(AUTHENTICATOR.c.created, AUTHENTICATOR.c.id),
            {"_tenant": self.tenant, "_user": user},
        ).all()
        found = tuple(_authenticator(row) for row in rows)
        return Factors(found, rows[0].codes if rows else 0)

    def add(self, user: int, authenticator: Authenticator) -> None:
        """Raises NotUnique: the same WebAuthn key is registered already."""
        row = (
            self.tenant,
            authenticator.id,
            user,
            authenticator.kind.value,
            authenticator.name,
            authenticator.created,
            authenticator.used,
            authenticator.handle,
            authenticator.secret,
            authenticator.counter,
        )
        if not insert_new(self.connection, AUTHENTICATOR, [row]):
            raise NotUnique("This key is registered already.")

    def use(self, authenticator: Authenticator, counter: int, at: str) -> bool:
        """Note that it was used; False: another request has used this very proof."""
        changed = self.connection.execute(
            update(AUTHENTICATOR)
            .where(
                AUTHENTICATOR.c.tenant == self.tenant,
                AUTHENTICATOR.c.id == authenticator.id,
                AUTHENTICATOR.c.counter == authenticator.counter,
            )
            .values(counter=counter, used=at)
        )
        return changed.rowcount == 1

    def remove(self, user: int, id: str) -> Authenticator | None:
        """The authenticator that is gone; with the last one the recovery codes go."""
        row = self.connection.execute(
            delete(AUTHENTICATOR)
            .where(*self._owned(AUTHENTICATOR, user), AUTHENTICATOR.c.id == id)
            .returning(*_SHOWN)
        ).one_or_none()
        if row is None:
            return None
        self.connection.execute(
            delete(RECOVERY_CODE).where(*self._owned(RECOVERY_CODE, user), _is_without_another())
        )
        return _authenticator(row)

    def reset(self, users: Collection[int], kinds: Collection[Factor]) -> Mapping[int, Lost]:
        """Remove these kinds of many users' factors, and end what they had begun.

        Returns those who had any. Three statements for any number of users.
        """
        names: dict[int, list[str]] = defaultdict(list)
        codes: dict[int, int] = defaultdict(int)
        for user, name in self.connection.execute(
            delete(AUTHENTICATOR)
            .where(*self._of_many(AUTHENTICATOR, users), AUTHENTICATOR.c.kind.in_(kinds))
            .returning(AUTHENTICATOR.c.user, AUTHENTICATOR.c.name)
        ):
            names[user].append(name)
        gone = true() if Factor.RECOVERY in kinds else _is_without_another()
        for user in self.connection.execute(
            delete(RECOVERY_CODE)
            .where(*self._of_many(RECOVERY_CODE, users), gone)
            .returning(RECOVERY_CODE.c.user)
        ).scalars():
            codes[user] += 1
        self.connection.execute(
            delete(CHALLENGE).where(
                *self._of_many(CHALLENGE, users), CHALLENGE.c.purpose.in_(_PURPOSES)
            )
        )
        return {user: Lost(tuple(sorted(names[user])), codes[user]) for user in {*names, *codes}}

    def put_codes(self, user: int, digests: Sequence[str], at: str) -> None:
        """New recovery codes instead of all the old ones."""
        self.connection.execute(delete(RECOVERY_CODE).where(*self._owned(RECOVERY_CODE, user)))
        rows = [(self.tenant, user, digest, at) for digest in digests]
        insert_many(self.connection, RECOVERY_CODE, rows)

    def take_code(self, user: int, digest: str) -> bool:
        """Whether there was such a code; there is no more."""
        taken = self.connection.execute(
            delete(RECOVERY_CODE).where(
                *self._owned(RECOVERY_CODE, user), RECOVERY_CODE.c.digest == digest
            )
        )
        return taken.rowcount == 1

    def begin(self, user: int, ceremony: Ceremony) -> None:
        """Store a ceremony; one for a new authenticator replaces that which has begun before."""
        if ceremony.purpose is not Purpose.ASSERT:
            self.connection.execute(
                delete(CHALLENGE).where(
                    *self._owned(CHALLENGE, user), CHALLENGE.c.purpose == ceremony.purpose.value
                )
            )
        row = (
            self.tenant,
            ceremony.id,
            user,
            ceremony.purpose.value,
            ceremony.digest,
            ceremony.content,
            ceremony.expires,
        )
        insert_many(self.connection, CHALLENGE, [row])

    def finish(self, user: int, id: str, purpose: Purpose) -> Ceremony | None:
        """The ceremony, which is over: a challenge is for one answer."""
        row = self.connection.execute(
            delete(CHALLENGE)
            .where(
                *self._owned(CHALLENGE, user),
                CHALLENGE.c.id == id,
                CHALLENGE.c.purpose == purpose.value,
            )
            .returning(CHALLENGE.c.digest, CHALLENGE.c.content, CHALLENGE.c.expires)
        ).one_or_none()
        return None if row is None else Ceremony(id, purpose, row.digest, row.content, row.expires)

    def _owned(self, table: Table, user: int) -> list[ColumnElement[bool]]:
        return [table.c.tenant == self.tenant, table.c.user == user]

    def _of_many(self, table: Table, users: Collection[int]) -> list[ColumnElement[bool]]:
        many = bindparam("users", list(users), Many(BigInteger))
        return [table.c.tenant == self.tenant, one_of(table.c.user, many)]


def _is_without_another() -> ColumnElement[bool]:
    """Of a recovery code: there is no authenticator left that it could stand in for."""
    return ~(
        select(AUTHENTICATOR.c.id)
        .where(
            AUTHENTICATOR.c.tenant == RECOVERY_CODE.c.tenant,
            AUTHENTICATOR.c.user == RECOVERY_CODE.c.user,
        )
        .exists()
    )


def _authenticator(row: Row[*tuple[Any, ...]]) -> Authenticator:
    return Authenticator(
        row.id,
        Factor(row.kind),
        row.name,
        row.created,
        row.secret,
        row.counter,
        row.handle,
        row.used,
    )
