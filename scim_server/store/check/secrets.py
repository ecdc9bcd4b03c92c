"""V-10: no secret in a document, an event, or any other text; of a token only its digest."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Select, String, false, or_, select

from scim_server.directory.authenticators.factors import Factor, Purpose
from scim_server.directory.authenticators.sealing import VERSION
from scim_server.directory.tokens import CHARACTERS, Use, is_token
from scim_server.protocol.schema import Document, Path, Registry, ResourceType
from scim_server.store.check.violation import Violation
from scim_server.store.models import CHALLENGE, RESOURCE, UNIQUE_KEY, VALUE
from scim_server.store.models.base import Base
from scim_server.store.models.clients import TokenRow
from scim_server.store.models.credentials import AuthenticatorRow, RecoveryCodeRow
from scim_server.store.models.events import EventRow
from scim_server.store.models.resources import ResourceRow
from scim_server.store.sql import holds

STREAMED = {"yield_per": 1000}
_TOKEN = re.compile(f"(?:{'|'.join(Use)})[A-Za-z0-9_-]{{{CHARACTERS}}}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

DOCUMENTS = (RESOURCE, VALUE, UNIQUE_KEY)
"""Of these, the documents are looked at."""
SECRET_COLUMNS = ("digest", "secret", "password", "changes")
"""For digests and sealed values; ``changes`` are looked at by their attributes."""

Secrets = Mapping[str, list[Path]]


def secret_violations(connection: Connection, registry: Registry) -> Iterator[Violation]:
    """Texts are narrowed down by the database; only suspects are read."""
    secrets = {kind.name: _secret_paths(kind) for kind in registry.kinds.values()}
    for row in connection.execute(_suspects(secrets), execution_options=STREAMED):
        for what in _faults(row.text, _kept(row.text, secrets.get(row.kind, []))):
            yield Violation("V-10", row.tenant, row.kind, row.public_id, f"its document {what}")
    for row in connection.execute(_suspect_events(secrets), execution_options=STREAMED):
        for what in _faults(row.text, _told(row.text, secrets.get(row.kind, []))):
            yield Violation("V-10", row.tenant, row.kind, row.resource, f"an event {what}")
    yield from _token_violations(connection)
    yield from _told_elsewhere(connection)
    yield from _factor_violations(connection)


def _secret_paths(kind: ResourceType) -> list[Path]:
    """What is accepted and never kept."""
    return [path for path in kind.leaves() if path.is_secret]


def _suspects(secrets: Secrets) -> Select[*tuple[Any, ...]]:
    text = ResourceRow.document
    return select(
        ResourceRow.tenant, ResourceRow.kind, ResourceRow.public_id, text.label("text")
    ).where(or_(*(holds(text, mark) for mark in _marks(secrets))))


def _suspect_events(secrets: Secrets) -> Select[*tuple[Any, ...]]:
    text = EventRow.changes
    return select(EventRow.tenant, EventRow.kind, EventRow.resource, text.label("text")).where(
        or_(*(holds(text, mark) for mark in _marks(secrets)))
    )


def _marks(secrets: Secrets) -> list[str]:
    """Texts of which one is in every text that holds a secret."""
    return [*Use, *sorted({path.leaf.name for paths in secrets.values() for path in paths})]


def _faults(text: str, names: list[str]) -> Iterator[str]:
    yield from (f'holds "{name}"' for name in names)
    if any(map(is_token, _TOKEN.findall(text))):
        yield "holds a bearer token"


def _kept(text: str, paths: list[Path]) -> list[str]:
    document = _parsed(text)
    return [
        path.text
        for path in paths
        if _has((document if path.urn is None else document.get(path.urn, {})), path)
    ]


def _told(text: str, paths: list[Path]) -> list[str]:
    """The keys of an event's changes are paths of attributes, see directory/diff.py."""
    changes = _parsed(text)
    found = []
    for path in paths:
        sides = changes.get(Path(path.urn, path.attribute).text, {}).values()
        if any(_has({path.attribute.name: side}, path) for side in sides):
            found.append(path.text)
    return found


def _has(holder: Document, path: Path) -> bool:
    value = holder.get(path.attribute.name)
    if path.sub is None or value is None:
        return value is not None
    elements = value if isinstance(value, list) else [value]
    return any(path.sub.name in element for element in elements)


def _parsed(text: str) -> Document:
    """What is not JSON has been found before."""
    try:
        document: Document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return document


def _token_violations(connection: Connection) -> Iterator[Violation]:
    tokens = select(TokenRow.tenant, TokenRow.id, TokenRow.digest)
    for tenant, id, digest in connection.execute(tokens, execution_options=STREAMED):
        if not _DIGEST.fullmatch(digest):
            yield Violation("V-10", tenant, "token", id, "its digest is no SHA-256")


def _told_elsewhere(connection: Connection) -> Iterator[Violation]:
    """Names, reasons, devices, what mails say: whatever is text and is for no secret."""
    for table in Base.metadata.sorted_tables:
        if table in DOCUMENTS or "tenant" not in table.c:
            continue
        *_, id = table.primary_key.columns
        columns = [each for each in table.c if _is_for_no_secret(each)]
        marked = (holds(column, use.value) for column in columns for use in Use)
        rows = select(table.c.tenant, id, *columns).where(or_(false(), *marked))
        for tenant, name, *texts in connection.execute(rows, execution_options=STREAMED):
            for column, text in zip(columns, texts, strict=True):
                if any(map(is_token, _TOKEN.findall(text or ""))):
                    what = f"its {column.name} holds a bearer token"
                    yield Violation("V-10", tenant, table.name, str(name), what)


def _is_for_no_secret(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and column.name not in SECRET_COLUMNS


def _factor_violations(connection: Connection) -> Iterator[Violation]:
    """The secrets of TOTP are sealed, of recovery codes there are digests."""
    begun = select(CHALLENGE.c.tenant, CHALLENGE.c.id, CHALLENGE.c.content).where(
        CHALLENGE.c.purpose == Purpose.TOTP.value
    )
    for tenant, id, secret in connection.execute(begun, execution_options=STREAMED):
        if not secret.startswith(VERSION):
            yield Violation("V-10", tenant, "challenge", id, "its secret is not sealed")
    row, code = AuthenticatorRow, RecoveryCodeRow
    shared = select(row.tenant, row.id, row.secret).where(row.kind == Factor.TOTP.value)
    for tenant, id, secret in connection.execute(shared, execution_options=STREAMED):
        if not secret.startswith(VERSION):
            yield Violation("V-10", tenant, "authenticator", id, "its secret is not sealed")
    codes = select(code.tenant, code.user, code.digest)
    for tenant, user, digest in connection.execute(codes, execution_options=STREAMED):
        if not _DIGEST.fullmatch(digest):
            yield Violation("V-10", tenant, "recovery code", str(user), "it is no SHA-256")
