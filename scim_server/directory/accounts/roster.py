"""Users as administrators see them: lists, one whole, who is stale, and how many there are."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scim_server.directory.accounts.census import NOTHING, Tally
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.callers import Caller
from scim_server.directory.events import Action
from scim_server.directory.history import Entry, Sought
from scim_server.directory.ports import (
    Membership,
    Order,
    Position,
    Query,
    Reader,
    Relations,
    Resource,
    Window,
)
from scim_server.directory.rights.rights import Limits, Permission
from scim_server.directory.searching import sortable
from scim_server.directory.transactions import Transactions
from scim_server.protocol.bind import And, Bound, Compare, Not, Operator, Or, Present, bind
from scim_server.protocol.errors import InvalidPath, InvalidValue
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.schema import Path, ResourceType
from scim_server.protocol.values import UNSTORABLE, stamp
from scim_server.protocol.values import key as key_of

SEARCHED = ("userName", "displayName", "emails.value")
SHORT = {"email": "emails.value", "created": "meta.created", "modified": "meta.lastModified"}
"""Columns by the names that lists have for them."""
STANDS = ("status", "source", "role", "lastSignIn", "folder")
"""Likewise; of the account extension."""
SIGNING_IN = (Action.SIGN_IN, Action.SIGN_IN_FAILED)
MOST_COUNTED = 10_000_000
"""Sign-ins of a day."""
SIGN_INS = 10
"""Newest ones that are shown of a user."""


@dataclass(frozen=True, slots=True)
class Row:
    """A user in a list."""

    resource: Resource
    tally: Tally = NOTHING
    groups: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A page; ``total`` is of all pages, ``after`` where the next one begins, if there is one."""

    rows: list[Row]
    total: int
    after: Position | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users, in which order; what is None does not narrow.

    search: text that userName, displayName or an e-mail address holds
    stale:  days since the last sign-in, or else since creation, of Active ones
    sort:   a column or SCIM attribute; None: the newest first
    """

    search: str | None = None
    filter: str | None = None
    status: Status | None = None
    stale: int | None = None
    sort: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """One user's page."""

    row: Row
    authenticators: Mapping[str, int]
    recent: list[Entry]


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many there are in the tenant; of sign-ins, in the last 24 hours."""

    users: int
    status: Mapping[str, int]
    source: Mapping[str, int]
    role: Mapping[str, int]
    live: Tally
    sign_ins: int
    stale: int


class Roster:
    """Reads; nothing here changes anything."""

    def __init__(self, transactions: Transactions, users: ResourceType) -> None:
        self.store = transactions.store
        self.clock = transactions.clock
        self.users = users

    def page(self, caller: Caller, wanted: Wanted, after: Position | None, limit: int) -> Listed:
        """Raises InvalidFilter, InvalidPath, InvalidValue, Sensitive."""
        query = self.query(caller, wanted)
        with self.store.snapshot(caller.tenant) as reader:
            hits = reader.page(query, Window(limit + 1, after=after))
            total = reader.count(query)
            more = len(hits) > limit
            found = [hit.resource for hit in hits[:limit]]
            tallies = reader.census.tallies([r.key for r in found], stamp(self.clock()))
        rows = [Row(each, tallies.get(each.key, NOTHING)) for each in found]
        return Listed(rows, total, hits[limit - 1].position if more else None)

    def pages(self, caller: Caller, wanted: Wanted, size: int) -> Iterator[list[Resource]]:
        """All of them in the order of creation, each page read when it is asked for.

        A page is of its moment: no transaction waits for whoever reads slowly.
        """
        query = replace(self.query(caller, wanted), order=None)
        place: Position | None = None
        while True:
            with self.store.reading(caller.tenant) as reader:
                hits = reader.page(query, Window(size, after=place))
            if hits:
                yield [hit.resource for hit in hits]
            if len(hits) < size:
                return
            place = hits[-1].position

    def one(self, caller: Caller, id: str) -> Row:
        """Raises NotFound."""
        with self.store.snapshot(caller.tenant) as reader:
            return self._row(reader, *reader.get(self.users, id))

    def overview(self, caller: Caller, id: str) -> Overview:
        """Raises NotFound."""
        with self.store.snapshot(caller.tenant) as reader:
            row = self._row(reader, *reader.get(self.users, id))
            factors = reader.authenticators.of(row.resource.key)
            kinds = Counter(each.kind.value for each in factors.authenticators)
            sought = Sought(self.users.name, id, actions=SIGNING_IN)
            return Overview(row, kinds, reader.history.page(sought, None, SIGN_INS))

    def statistics(self, caller: Caller) -> Statistics:
        """Of the whole tenant."""
        now = self.clock()
        since = stamp(now - timedelta(days=1))
        with self.store.snapshot(caller.tenant) as reader:
            counted = reader.census.standing(self.users)
            query = self.query(caller, Wanted(stale=reader.policy.get().stale_days))
            signed = Sought(self.users.name, actions=SIGNING_IN[:1], since=since)
            return Statistics(
                sum(each.users for each in counted),
                _sums((each.status, each.users) for each in counted),
                _sums((each.source, each.users) for each in counted),
                _sums((each.role, each.users) for each in counted),
                reader.census.live(stamp(now)),
                reader.history.count(signed, MOST_COUNTED),
                reader.count(query),
            )

    def stale_days(self, caller: Caller) -> int:
        """What the tenant's policy calls stale."""
        with self.store.reading(caller.tenant) as reader:
            return reader.policy.get().stale_days

    def query(self, caller: Caller, wanted: Wanted) -> Query:
        """Raises InvalidFilter, InvalidPath, InvalidValue, Sensitive."""
        terms = [*self._conditions(wanted), *self._within(caller)]
        condition = And(tuple(terms)) if len(terms) > 1 else next(iter(terms), None)
        return Query({self.users.name: condition}, (self.users,), self._order(wanted))

    def _row(self, reader: Reader, resource: Resource, related: Relations) -> Row:
        tallies = reader.census.tallies([resource.key], stamp(self.clock()))
        return Row(resource, tallies.get(resource.key, NOTHING), related.groups)

    def _conditions(self, wanted: Wanted) -> Iterator[Bound]:
        if wanted.search:
            found = (self._compare(name, "co", wanted.search) for name in SEARCHED)
            yield Or(tuple(found))
        if wanted.filter:
            yield bind(self.users, parse_filter(wanted.filter))
        if wanted.status:
            yield self._compare(self._short("status"), "eq", wanted.status)
        if wanted.stale is not None:
            yield self._stale(self.clock() - timedelta(days=wanted.stale))

    def _stale(self, since: datetime) -> Bound:
        signed_in = self._path("lastSignIn")
        text = f"{stamp(since)}Z"
        never = And((Not(Present(signed_in)), self._compare("created", "lt", text)))
        longer = self._compare("lastSignIn", "lt", text)
        active = self._compare("status", "eq", Status.ACTIVE)
        return And((active, Or((longer, never))))

    def _within(self, caller: Caller) -> Iterator[Bound]:
        """The users within reach of who may read some of them only. Raises Forbidden."""
        if caller.rights is None:
            return
        caller.rights.require(Permission.USERS_READ)
        limits = caller.rights.limits(Permission.USERS_READ)
        if not any(each.everybody for each in limits):
            yield Or(tuple(map(self._reached, limits)))

    def _reached(self, limits: Limits) -> Bound:
        terms: list[Bound] = []
        if limits.groups:
            groups = sorted(limits.groups)
            terms.append(Or(tuple(self._compare("groups.value", "eq", each) for each in groups)))
        if limits.users:
            users = sorted(limits.users)
            terms.append(Or(tuple(self._compare("id", "eq", each) for each in users)))
        if limits.folder is not None:
            folder = self._compare("folder", "eq", limits.folder)
            below = self._compare("folder", "sw", f"{limits.folder}/")
            terms.append(Or((folder, below)))
        return And(tuple(terms))

    def _order(self, wanted: Wanted) -> Order:
        if wanted.sort is None:
            return Order({}, descending=True)
        path = sortable(self.users, self._path(wanted.sort))
        return Order({self.users.name: path}, wanted.descending)

    def _compare(self, name: str, operator: Operator, value: str) -> Compare:
        path = self._path(name)
        if UNSTORABLE.search(value):
            raise InvalidValue("No value holds the character NUL.")
        return Compare(path, operator, key_of(path.leaf, value))

    def _path(self, name: str) -> Path:
        path = self.users.resolve(self._short(name))
        if path is None:
            raise InvalidPath(f'"{name[:100]}" is no attribute of a {self.users.name}.')
        return path

    def _short(self, name: str) -> str:
        return f"{self.users.storage.account}:{name}" if name in STANDS else SHORT.get(name, name)


def _sums(pairs: Iterator[tuple[str | None, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, number in pairs:
        if name is not None:
            sums[name] += number
    return dict(sums)
