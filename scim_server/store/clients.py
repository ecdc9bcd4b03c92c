"""Tenants, clients and tokens as rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any, get_args

from sqlalchemy import bindparam, func, insert, select, update

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.credentials import Client, Mode, Profile, Token
from scim_server.protocol.errors import NotUnique
from scim_server.store.database import Database
from scim_server.store.models import CLIENT, RESOURCE, TENANT
from scim_server.store.models.clients import ClientRow, TokenRow
from scim_server.store.models.tenants import SecretRow, TenantRow
from scim_server.store.prepared import Prepared
from scim_server.store.sql import insert_new

_TOKEN = (
    TokenRow.tenant,
    TokenRow.id,
    TokenRow.client,
    TokenRow.digest,
    TokenRow.created,
    TokenRow.expires,
    TokenRow.revoked,
    TokenRow.last_used,
)
_CLIENT = (
    ClientRow.tenant,
    ClientRow.id,
    ClientRow.name,
    ClientRow.scopes,
    ClientRow.mode,
    ClientRow.profile,
    ClientRow.user,
    ClientRow.rate,
)
_ONE_TOKEN = (TokenRow.tenant == bindparam("_tenant"), TokenRow.id == bindparam("_id"))


_NUMBER = Prepared(select(TENANT.c.id).where(TENANT.c.name == bindparam("_name")))


class SqlClients:
    """directory.credentials.ClientStore over tables, and the tenants that clients belong to."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def credential(self, tenant: int, token_id: str) -> tuple[Token, Client] | None:
        """In one statement."""
        with self.database.reading() as connection:
            rows = _credential().rows(connection, _tenant=tenant, _id=token_id)
        if not rows:
            return None
        [row] = rows
        if row.user is not None and row[-1] != Status.ACTIVE:
            # Suspended or deleted: whoever has been switched off is out with it (rule 12).
            return None
        return Token(*row[: len(_TOKEN)]), _client(row[len(_TOKEN) : -1])

    def client(self, tenant: int, name: str) -> Client | None:
        """By name."""
        return next((c for c, _ in self.clients(tenant) if c.name == name), None)

    def clients(self, tenant: int) -> list[tuple[Client, list[Token]]]:
        """All of a tenant, by name, with their tokens, newest first."""
        with self.database.snapshot() as connection:
            clients = connection.execute(
                select(*_CLIENT).where(ClientRow.tenant == tenant).order_by(ClientRow.name)
            ).all()
            tokens = connection.execute(
                select(*_TOKEN).where(TokenRow.tenant == tenant).order_by(TokenRow.created.desc())
            ).all()
        return [
            (_client(row), [Token(*token) for token in tokens if token.client == row.id])
            for row in clients
        ]

    def add_client(self, client: Client, created: str) -> None:
        """Raises NotUnique."""
        row = (
            client.tenant,
            client.id,
            client.name,
            " ".join(sorted(client.scopes)),
            client.mode,
            client.profile,
            client.user,
            client.rate,
            created,
        )
        with self.database.writing() as connection:
            if not insert_new(connection, CLIENT, [row]):
                raise NotUnique(f'Another client is called "{client.name}" already.')

    def add_token(self, token: Token) -> None:
        """Store a token."""
        row = {name: getattr(token, name) for name in Token.__dataclass_fields__}
        with self.database.writing() as connection:
            connection.execute(insert(TokenRow), [row])

    def revoke(self, tokens: Sequence[Token], now: str) -> None:
        """They authenticate no more."""
        self._set([token for token in tokens if token.revoked is None], revoked=now)

    def expire(self, tokens: Sequence[Token], at: str) -> None:
        """They authenticate until then."""
        self._set(tokens, expires=at)

    def touch(self, token: Token, now: str) -> None:
        """Note the use."""
        self._set([token], last_used=now)

    def _set(self, tokens: Sequence[Token], **columns: str) -> None:
        if tokens:
            keys = [{"_tenant": token.tenant, "_id": token.id} for token in tokens]
            with self.database.writing() as connection:
                connection.execute(update(TokenRow).where(*_ONE_TOKEN).values(**columns), keys)

    def add_tenant(self, name: str, created: str) -> int:
        """Returns its number. Raises NotUnique."""
        with self.database.writing() as connection:
            highest = connection.execute(select(func.coalesce(func.max(TenantRow.id), 0)))
            number = int(highest.scalar_one()) + 1
            if not insert_new(connection, TENANT, [(number, name, created, None)]):
                raise NotUnique(f'Another tenant is called "{name}" already.')
        return number

    def tenants(self) -> dict[str, int]:
        """Name to number, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(TenantRow.name, TenantRow.id).order_by(TenantRow.id))
            return {row.name: row.id for row in rows}

    def tenant(self, name: str) -> int | None:
        """The number of the one with that name."""
        with self.database.reading() as connection:
            rows = _NUMBER.rows(connection, _name=name)
        return rows[0].id if rows else None

    def secret(self, name: str) -> str:
        """A secret that all nodes share; it was made with the database."""
        with self.database.reading() as connection:
            statement = select(SecretRow.value).where(SecretRow.name == name)
            return str(connection.execute(statement).scalar_one())


@cache
def _credential() -> Prepared:
    return Prepared(
        select(*_TOKEN, *_CLIENT, RESOURCE.c.status)
        .join(ClientRow, (ClientRow.tenant == TokenRow.tenant) & (ClientRow.id == TokenRow.client))
        .outerjoin(
            RESOURCE,
            (RESOURCE.c.tenant == ClientRow.tenant) & (RESOURCE.c.public_id == ClientRow.user),
        )
        .where(*_ONE_TOKEN)
    )


def _client(row: Sequence[Any]) -> Client:
    tenant, id, name, scopes, mode, profile, user, rate = row
    assert mode in get_args(Mode) and profile in get_args(Profile)
    return Client(tenant, id, name, frozenset(scopes.split()), mode, profile, user, rate)
