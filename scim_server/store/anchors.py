"""What became of the entries of sources, as rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Executable,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from scim_server.directory.sources.anchors import Anchor, Known, Owner
from scim_server.store.models import ANCHOR, MEMBERSHIP, RESOURCE, SOURCE
from scim_server.store.prepared import Prepared
from scim_server.store.records import STATUSES
from scim_server.store.rows import cut
from scim_server.store.runs import SOURCE_COLUMNS, to_source
from scim_server.store.sql import Many, also, among, chunks, insert_or_change, one_of
from scim_server.store.writes import KEY, TENANT

_SOURCE: BindParameter[str] = bindparam("_source")
_KIND: BindParameter[str] = bindparam("_kind")
_TEXTS = bindparam("_texts", type_=Many(Text))
_ID = func.coalesce(ANCHOR.c.whole_id, ANCHOR.c.id)
_NAME = func.coalesce(ANCHOR.c.whole_name, ANCHOR.c.name)
_ANCHOR = (
    ANCHOR.c.kind,
    _ID,
    _NAME,
    ANCHOR.c.resource,
    ANCHOR.c.digest,
    ANCHOR.c.version,
    ANCHOR.c.pending,
    ANCHOR.c.left_at,
    ANCHOR.c.off,
)
"""In the order of Anchor's fields."""
_WITH_RESOURCE = and_(RESOURCE.c.tenant == ANCHOR.c.tenant, RESOURCE.c.id == ANCHOR.c.resource)
_OF_SOURCE = (ANCHOR.c.tenant == TENANT, ANCHOR.c.source == _SOURCE)
_OF_KIND = (*_OF_SOURCE, ANCHOR.c.kind == _KIND)

_WHOLE = select(*_ANCHOR, RESOURCE.c.public_id, RESOURCE.c.version, RESOURCE.c.status).join(
    RESOURCE, _WITH_RESOURCE
)
_STANDS = select(_ID, ANCHOR.c.left_at.is_(None)).where(*_OF_KIND)
_SOME = _WHOLE.where(*_OF_SOURCE).limit(bindparam("_limit"))
_KNOWN = _WHOLE.where(*_OF_KIND, one_of(ANCHOR.c.id, _TEXTS))
_NAMED = (
    select(_NAME, RESOURCE.c.public_id)
    .join(RESOURCE, _WITH_RESOURCE)
    .where(*_OF_SOURCE, one_of(ANCHOR.c.name, _TEXTS))
    # A name that was given away is the later entry's.
    .order_by(ANCHOR.c.left_at.is_(None))
)
_LATER = ANCHOR.alias("later")
_IS_TAKEN = exists().where(
    _LATER.c.tenant == ANCHOR.c.tenant,
    _LATER.c.source == ANCHOR.c.source,
    _LATER.c.name == ANCHOR.c.name,
    _LATER.c.left_at.is_(None),
)
# Joined from those who are asked for: SQLite would begin with all of the source.
_NAMES_OF = (
    select(RESOURCE.c.public_id, _NAME)
    .join_from(RESOURCE, ANCHOR, and_(_WITH_RESOURCE, ANCHOR.c.source == _SOURCE), isouter=True)
    .where(
        RESOURCE.c.tenant == TENANT,
        one_of(RESOURCE.c.public_id, _TEXTS),
        or_(ANCHOR.c.left_at.is_(None), not_(_IS_TAKEN)),
    )
)
_UNSETTLED = (
    select(_ID)
    .join(RESOURCE, _WITH_RESOURCE)
    .where(
        *_OF_KIND,
        ANCHOR.c.left_at.is_(None),
        # Without a digest: of its slices, some are written.
        or_(
            RESOURCE.c.version != ANCHOR.c.version,
            ANCHOR.c.pending > 0,
            ANCHOR.c.digest == "",
        ),
    )
)
_MEMBER = and_(RESOURCE.c.tenant == MEMBERSHIP.c.tenant, RESOURCE.c.id == MEMBERSHIP.c.member)
_HOLDS = among(
    ANCHOR.c.resource,
    select(MEMBERSHIP.c.group)
    .join(RESOURCE, _MEMBER)
    .where(RESOURCE.c.tenant == TENANT, one_of(RESOURCE.c.public_id, _TEXTS))
    .scalar_subquery(),
)
_HOLDING = select(_ID).where(
    ANCHOR.c.tenant == TENANT,
    also(ANCHOR.c.source, _SOURCE),
    also(ANCHOR.c.kind, _KIND),
    _HOLDS,
)
_UNSETTLE = (
    update(ANCHOR)
    .where(ANCHOR.c.tenant == TENANT, also(ANCHOR.c.source, _SOURCE), _HOLDS, ANCHOR.c.version != 0)
    .values(version=0)
)
"""A version that no resource has."""
_OWNER = Prepared(
    select(*_ANCHOR, *SOURCE_COLUMNS)
    .join(SOURCE, and_(SOURCE.c.tenant == ANCHOR.c.tenant, SOURCE.c.name == ANCHOR.c.source))
    .where(ANCHOR.c.tenant == TENANT, ANCHOR.c.resource == KEY)
)
_OF_RESOURCES = (
    ANCHOR.c.tenant == TENANT,
    one_of(ANCHOR.c.resource, bindparam("_keys", type_=Many(BigInteger))),
)
_HELD = select(ANCHOR.c.resource, ANCHOR.c.source, ANCHOR.c.kind, ANCHOR.c.id).where(*_OF_RESOURCES)
_RELEASE = delete(ANCHOR).where(*_OF_RESOURCES)


class SqlAnchors:
    """directory.sources.anchors.AnchorStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def known(self, source: str, kind: str, ids: Collection[str]) -> Mapping[str, Known]:
        """Those of these entries, by id."""
        rows = self._each(_KNOWN, map(_indexed, ids), _source=source, _kind=kind)
        return {each.anchor.id: each for each in map(_known, rows)}

    def named(self, source: str, names: Collection[str]) -> Mapping[str, str]:
        """The ids of the resources that these names refer to, of every kind."""
        return {row[0]: row[1] for row in self._each(_NAMED, map(_indexed, names), _source=source)}

    def names_of(self, source: str, ids: Collection[str]) -> Mapping[str, str]:
        """Likewise, the other way: ids of resources to names."""
        rows = self._each(_NAMES_OF, ids, _source=source)
        return {id: name for id, name in rows if name is not None}

    def unsettled(self, source: str, kind: str) -> list[str]:
        """Entries that have not left whose resource somebody else has changed, or that wait."""
        return list(self._run(_UNSETTLED, _source=source, _kind=kind).scalars())

    def stands(self, source: str, kind: str) -> dict[str, bool]:
        """All of a kind, by id: whether the source had it when it was looked at last."""
        return {id: bool(is_here) for id, is_here in self._run(_STANDS, _source=source, _kind=kind)}

    def holding(self, source: str, kind: str, members: Collection[str]) -> list[str]:
        """Entries whose resources have one of these as a member, by their ids."""
        rows = self._each(_HOLDING, members, _source=source, _kind=kind)
        return list(dict.fromkeys(id for (id,) in rows))

    def unsettle(self, source: str, members: Collection[str]) -> None:
        """Let whatever has one of these as a member count as changed by somebody else."""
        for chunk in chunks(list(members)):
            self._run(_UNSETTLE, _texts=chunk, _source=source)

    def some(self, source: str, limit: int) -> list[Known]:
        """Of every kind, so many at most."""
        return [_known(row) for row in self._run(_SOME, _source=source, _limit=limit)]

    def owner(self, resource: int) -> Owner | None:
        """The source that a resource belongs to, in one statement."""
        rows = _OWNER.rows(self.connection, _tenant=self.tenant, _key=resource)
        if not rows:
            return None
        anchor, source = rows[0][: len(_ANCHOR)], rows[0][len(_ANCHOR) :]
        return Owner(to_source(source), Anchor(*anchor))

    def put(self, source: str, anchors: Sequence[Anchor]) -> None:
        """Add them, or change those that there are; of one entry the last counts.

        Any other anchor of their resources goes.
        """
        last = {(anchor.kind, anchor.id): anchor for anchor in anchors}
        for chunk in chunks(list(last.values())):
            self._release(source, chunk)
            insert_or_change(self.connection, ANCHOR, [self._row(source, each) for each in chunk])

    def remove(self, resources: Collection[int]) -> None:
        """Remove those of these resources."""
        self._run(_RELEASE, _keys=list(resources))

    def _release(self, source: str, anchors: Sequence[Anchor]) -> None:
        own = {each.resource: (source, each.kind, _indexed(each.id)) for each in anchors}
        held = self._run(_HELD, _keys=list(own))
        others = [resource for resource, *entry in held if own[resource] != tuple(entry)]
        if others:
            self._run(_RELEASE, _keys=others)

    def _row(self, source: str, anchor: Anchor) -> tuple[Any, ...]:
        return (
            self.tenant,
            source,
            anchor.kind,
            *cut(anchor.id),
            *cut(anchor.name),
            anchor.resource,
            anchor.digest,
            anchor.version,
            anchor.pending,
            anchor.left,
            anchor.off,
        )

    def _each(self, statement: Executable, texts: Iterable[str], **names: Any) -> Iterator[Any]:
        for chunk in chunks(list(texts)):
            yield from self._run(statement, _texts=chunk, **names)

    def _run(self, statement: Executable, **names: Any) -> Any:
        return self.connection.execute(statement, {"_tenant": self.tenant, **names})


def _indexed(text: str) -> str:
    return cut(text)[0]


def _known(row: Sequence[Any]) -> Known:
    *anchor, id, version, status = row
    return Known(Anchor(*anchor), id, version, STATUSES[status] if status else None)
