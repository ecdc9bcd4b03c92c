"""Queries: one or more kinds, filtered, sorted, and paged by index or by cursor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import groupby, islice

from scim_server.directory.callers import Caller
from scim_server.directory.cursor import Cursors, Place
from scim_server.directory.ports import (
    Hit,
    Order,
    Query,
    Reader,
    Reference,
    Relations,
    Resource,
    ResourceStore,
    Window,
)
from scim_server.directory.views import Renderer, View, wants_members
from scim_server.protocol.bind import Bound, bind
from scim_server.protocol.errors import InvalidPath, InvalidValue, Sensitive, TooMany
from scim_server.protocol.projection import Projection
from scim_server.protocol.projection import parse as parse_projection
from scim_server.protocol.references import reference_parts
from scim_server.protocol.schema import Path, ResourceType
from scim_server.protocol.searching import SearchRequest

Kinds = tuple[ResourceType, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """One page. ``views`` is consumed once, in order and within ``source``, which is then left."""

    total: int
    size: int
    views: Iterator[View]
    source: ExitStack
    start_index: int | None = None
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Page sizes; ``matches`` is the largest result that is computed, 0 for any (§3.4.2.1)."""

    page: int = 100
    largest_page: int = 1000
    matches: int = 0


class Search:
    """Answers queries of one store."""

    def __init__(
        self, store: ResourceStore, renderer: Renderer, cursors: Cursors, limits: Limits
    ) -> None:
        self.store = store
        self.renderer = renderer
        self.cursors = cursors
        self.limits = limits

    def run(self, caller: Caller, kinds: Kinds, request: SearchRequest) -> Results:
        """Raises InvalidFilter, InvalidValue, InvalidPath, InvalidCursor, TooMany, Forbidden."""
        readable = caller.readable(kinds)
        projections = {
            kind.name: parse_projection(kind, request.attributes, request.excluded)
            for kind in readable
        }
        query = Query(
            _conditions(caller, kinds, readable, request.filter),
            readable,
            _order(kinds, readable, request),
        )
        with ExitStack() as stack:
            reader = stack.enter_context(self.store.snapshot(caller.tenant))
            page = self._page(reader, caller, query, request)
            views = self._views(reader, [hit.resource for hit in page.hits], projections, stack)
            return Results(
                page.total,
                len(page.hits),
                views,
                stack.pop_all(),
                page.start_index,
                page.next_cursor,
            )

    def _page(
        self, reader: Reader, caller: Caller, query: Query, request: SearchRequest
    ) -> "_Page":
        count = min(
            self.limits.page if request.count is None else request.count, self.limits.largest_page
        )
        if request.cursor is None:
            window = Window(count, offset=request.start_index - 1)
            hits = reader.page(query, window) if count else []
            return _Page(self._total(reader, query, window, hits), hits, request.start_index, None)
        return self._cursor_page(reader, caller, query, request, count)

    def _cursor_page(
        self, reader: Reader, caller: Caller, query: Query, request: SearchRequest, count: int
    ) -> "_Page":
        """One hit more than asked for tells whether there is another page (RFC 9865 §2)."""
        bound = (caller.tenant, caller.actor.client, *_identity(query, request))
        place = self.cursors.read(request.cursor, count, bound) if request.cursor else None
        window = Window(count and count + 1, after=place.position if place else None)
        hits = reader.page(query, window) if count else []
        total = place.total if place else self._total(reader, query, window, hits)
        if len(hits) <= count:
            return _Page(total, hits, None, None)
        hits = hits[:count]
        return _Page(
            total, hits, None, self.cursors.make(Place(hits[-1].position, total), count, bound)
        )

    def _total(self, reader: Reader, query: Query, window: Window, hits: Sequence[Hit]) -> int:
        """A page that is not full tells the total, as most look-ups do; else it is counted."""
        if window.limit > len(hits) and (hits or not window.offset):
            total = window.offset + len(hits)
        else:
            total = reader.count(query)
        filtered = any(query.conditions.values())
        if filtered and self.limits.matches and total > self.limits.matches:
            raise TooMany(f"{total} resources match; {self.limits.matches} is the limit.")
        return total

    def _views(
        self,
        reader: Reader,
        resources: Sequence[Resource],
        projections: Mapping[str, Projection],
        stack: ExitStack,
    ) -> Iterator[View]:
        related = reader.related(resources) if resources else {}
        groups = [r for r in resources if wants_members(r.kind, projections[r.kind.name])]
        members = _by_group(stack.enter_context(closing(reader.members(groups))))
        shown = {group.key for group in groups}
        return (
            self.renderer.view(
                resource,
                related.get(resource.key, Relations()),
                projections[resource.kind.name],
                members(resource.key) if resource.key in shown else None,
            )
            for resource in resources
        )


@dataclass(frozen=True, slots=True)
class _Page:
    total: int
    hits: Sequence[Hit]
    start_index: int | None
    next_cursor: str | None


def _by_group(
    members: Iterator[tuple[int, Reference]],
) -> Callable[[int], Iterator[Reference]]:
    """Each group's members, for groups that are asked for in the order of ``members``."""
    runs = groupby(members, key=lambda pair: pair[0])
    ahead: list[tuple[int, Iterator[tuple[int, Reference]]]] = []

    def of(group: int) -> Iterator[Reference]:
        if not ahead:
            ahead.extend(islice(runs, 1))
        if ahead and ahead[0][0] == group:
            yield from (member for _, member in ahead.pop()[1])

    return of


def _conditions(
    caller: Caller, kinds: Kinds, readable: Kinds, text: str | None
) -> dict[str, Bound | None]:
    """What was asked for decides which attributes are known, not what may be read."""
    if text is None:
        return dict.fromkeys(kind.name for kind in readable)
    others = {kind: tuple(other for other in kinds if other is not kind) for kind in readable}
    return {
        kind.name: bind(kind, caller.intake.filter(kind, text), *others[kind]) for kind in readable
    }


def _order(kinds: Kinds, readable: Kinds, request: SearchRequest) -> Order | None:
    """Raises InvalidPath where no kind has the attribute, InvalidValue where it has no order."""
    if request.sort_by is None:
        return None
    paths = {kind: path for kind in kinds if (path := kind.resolve(request.sort_by)) is not None}
    if not paths:
        raise InvalidPath(f'"{request.sort_by[:100]}" is no attribute to sort by.')
    ordered = {kind: sortable(kind, path) for kind, path in paths.items()}
    shown = {kind.name: path for kind, path in ordered.items() if kind in readable}
    return Order(shown, request.descending) if shown else None


def sortable(kind: ResourceType, path: Path) -> Path:
    """A bare complex multi-valued attribute means its ``value``, as in a filter."""
    storage = kind.storage
    if path.is_secret:
        raise Sensitive(f'"{path.text}" cannot be sorted by.')
    parts = reference_parts(path.attribute)
    derived = parts is not None and path.sub in (parts.ref, parts.display)
    rows = path.urn is None and path.attribute.name in (storage.members, storage.member_of)
    if rows or (path.sub is not None and derived):
        raise InvalidValue(f'"{path.text}" belongs to other resources: nothing is sorted by it.')
    if not path.leaf.is_complex:
        return path
    value = path.attribute.sub("value")
    if value is None or not path.attribute.multi_valued:
        raise InvalidValue(f'"{path.text}" is complex: sort by one of its sub-attributes.')
    return path.to(value)


def _identity(query: Query, request: SearchRequest) -> tuple[object, ...]:
    """All that a cursor's page depends on, the count apart."""
    kinds = tuple(kind.name for kind in query.kinds)
    asked = (request.filter, request.sort_by, request.descending)
    return (*kinds, *asked, *sorted(request.attributes), "-", *sorted(request.excluded))
