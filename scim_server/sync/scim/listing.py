"""All resources that a query finds, each once (RFC 7644 §3.4.2.4, RFC 9865).

Pages by index shift when a resource goes meanwhile, and the first of the next page is never seen.
So the ids are listed again, until a pass finds none that is new, and as many as the server counts.
Some servers count no more than the page has: a pass goes on to where there is nothing new.
A cursor does not lose its place: there is another pass only where it brings fewer than counted.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

from scim_server.protocol.schema import Document
from scim_server.sync.entries import SourceFault
from scim_server.sync.scim.offers import Offers
from scim_server.sync.scim.remote import Remote, folded
from scim_server.sync.scim.resources import identify

MOST_PASSES = 5
MOST_IDLE = 100
"""Pages in a row without anything new that a cursor may lead to: a server may look for long."""
MOST_BEYOND = 10
"""Pages of more resources than the server counts: some are added while it is read."""
MOST = 5_000_000
"""Resources of a list."""

IDS = {"attributes": "id"}
GONE = frozenset({HTTPStatus.NOT_FOUND})
BEYOND = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})
"""How some answer where a page would begin after the last resource."""

_NUMBER = re.compile("[0-9]{1,18}")

Query = Mapping[str, str]
Found = tuple[str | None, object]
"""A resource after its id; None: it has none that can be used."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The resources of one endpoint, or those of them that a filter finds."""

    remote: Remote
    offers: Offers
    path: str
    filter: str | None = None

    @property
    def url(self) -> str:
        """Where people find it."""
        return self.remote.settings.url + self.path

    def query(self, *conditions: str) -> Query:
        """Of those that all the conditions hold for, too."""
        terms = [term for term in (self.filter, *conditions) if term]
        if len(terms) > 1:
            terms = [f"({term})" for term in terms]
        return {"filter": " and ".join(terms)} if terms else {}

    def everything(self, query: Query) -> Iterator[Found]:
        """Raises SourceFault, also where the list does not come to its end."""
        first = Pass(self, query)
        yield from first.resources()
        if first.is_sound:
            return
        for _ in range(MOST_PASSES):
            again = Pass(self, {**query, **IDS})
            new = [id for id, _ in again.resources() if id and id not in first.ids]
            first.ids.update(new)
            yield from ((id, found) for id in new if (found := self.one(id)) is not None)
            if not new and again.is_full:
                return
        told = "the list ends early, or changes faster than it can be read"
        raise SourceFault(f"{self.url}: {told}: {again.size} of {again.total}")

    def one(self, id: str) -> object | None:
        """The resource of that id; None: there is none, or not here. Raises SourceFault."""
        if self.filter is None:
            found: object = self.alone(id) or None
        else:
            found = next(iter(self.page(self.query(f"id eq {json.dumps(id)}")).resources), None)
        if found is not None and identify(found) != id:
            raise SourceFault(f"{self.url}: another resource came than the one that was asked for")
        return found

    def alone(self, id: str) -> Document:
        """The resource at its own address, empty where it is gone. Raises SourceFault."""
        return self.remote.get(f"{self.path}/{quote(id, safe='')}", also=GONE).document

    def page(self, query: Query, also: frozenset[int] = frozenset()) -> "Page":
        """Of one answer; ``also`` as in Remote.get. Raises SourceFault."""
        told = folded(self.remote.get(self.path, query, also).document)
        total, cursor, resources = (
            told.get(name) for name in ("totalresults", "nextcursor", "resources")
        )
        if not isinstance(resources, list | None):
            raise SourceFault(f'{self.url}: "Resources" is no array')
        return Page(
            resources or [],
            self._number(total),
            cursor if isinstance(cursor, str) else "",
        )

    def _number(self, told: object) -> int | None:
        """Of resources; some servers write it as text. Raises SourceFault."""
        if told is None:
            return None
        text = told if isinstance(told, str) else str(told)
        if not _NUMBER.fullmatch(text):
            raise SourceFault(f'{self.url}: "totalResults" is no number')
        return int(text)


@dataclass(frozen=True, slots=True)
class Page:
    """What a ListResponse says; an empty cursor is none."""

    resources: list[object]
    total: int | None
    cursor: str


@dataclass(slots=True)
class Pass:
    """One way through all pages of a list.

    unnamed: resources without an id
    total:   how many there are, as the last page that tells it said
    pages:   those that brought something new
    idle:    those in a row that did not
    """

    listing: Listing
    query: Query
    ids: set[str] = field(default_factory=set)
    unnamed: int = 0
    total: int | None = None
    pages: int = 0
    idle: int = 0

    def resources(self) -> Iterator[Found]:
        """Page after page, each resource once. Raises SourceFault."""
        offers = self.listing.offers
        asked = {**self.query, "count": str(offers.page_size)}
        if offers.sort and not offers.cursor:
            asked["sortBy"] = "id"
        start = 1
        place: Query | None = {"cursor": ""} if offers.cursor else {"startIndex": "1"}
        while place is not None:
            is_beyond = not offers.cursor and self.total is not None and start > self.total
            page = self.listing.page({**asked, **place}, BEYOND if is_beyond else frozenset())
            known = len(self.ids)
            yield from self._new(page)
            self._count(page, len(self.ids) - known)
            start += len(page.resources)
            place = self._after(page.cursor) if offers.cursor else self._from(start, page)

    def _count(self, page: Page, new: int) -> None:
        self.pages += bool(new)
        self.idle = 0 if new else self.idle + 1
        # Where a later page does not say, it holds what an earlier one has said; and beyond the
        # end, some say 0.
        if page.total is not None and (new or self.total is None):
            self.total = page.total
        if self.size > self._most:
            raise SourceFault(f"{self.listing.url}: more come than there are: {self.total}")

    def _new(self, page: Page) -> Iterator[Found]:
        for resource in page.resources:
            id = identify(resource)
            if id in self.ids:
                continue
            if id is None:
                self.unnamed += 1
            else:
                self.ids.add(id)
            yield id, resource

    def _after(self, cursor: str) -> Query | None:
        if self.idle > MOST_IDLE:
            raise SourceFault(f"{self.listing.url}: the cursors lead nowhere")
        return {"cursor": cursor} if cursor else None

    def _from(self, start: int, page: Page) -> Query | None:
        """A page without anything new is beyond the end, unless the server begins anew."""
        if not self.idle:
            return {"startIndex": str(start)}
        if page.resources and not self._is_counted:
            raise SourceFault(f"{self.listing.url}: the list begins anew at each startIndex")
        return None

    @property
    def size(self) -> int:
        """Resources that came."""
        return len(self.ids) + self.unnamed

    @property
    def _most(self) -> int:
        """Resources of a list that has an end."""
        if self.total is None:
            return MOST
        return min(MOST, self.total + MOST_BEYOND * self.listing.offers.page_size)

    @property
    def _is_counted(self) -> bool:
        """Whether the total can be no length of a full page."""
        return self.total not in (None, self.listing.offers.page_size)

    @property
    def is_full(self) -> bool:
        """Whether as many came as there are."""
        return self.total is None or self.size >= self.total

    @property
    def is_sound(self) -> bool:
        """Whether nothing can be missing."""
        is_at_once = self.pages <= 1 and self._is_counted
        return self.is_full and (self.listing.offers.cursor or is_at_once)
