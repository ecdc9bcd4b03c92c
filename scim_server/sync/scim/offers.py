"""What the other server can do: as it says (RFC 7643 §5), and where it does not say, as it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from scim_server.protocol.schema import Document
from scim_server.sync.entries import SourceFault
from scim_server.sync.scim.remote import Remote, folded

UNTOLD = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED})
REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_IMPLEMENTED})
"""How a server answers to what it cannot do."""
ONE = {"count": "1", "attributes": "id"}


@dataclass(frozen=True, slots=True)
class Offers:
    """How its lists can be read.

    cursor:    by cursors (RFC 9865), else by index
    sort:      in the order of ids
    filter:    part of them; None: it does not say
    page_size: resources at once
    """

    cursor: bool
    sort: bool
    filter: bool | None
    page_size: int


def read_offers(remote: Remote, told: Document, path: str) -> Offers:
    """Of its ServiceProviderConfig. Raises SourceFault.

    Args: told: empty where it has none
          path: of a list to try on
    """
    told = folded(told)
    paging = _part(told, "pagination")
    cursor, most = paging.get("cursor"), paging.get("maxpagesize")
    size = remote.settings.page_size
    offers = Offers(
        _pages_by_cursor(remote, path) if cursor is None else cursor is True,
        _supported(told, "sort") is True and takes(remote, path, {"sortBy": "id"}),
        _supported(told, "filter"),
        min(size, most) if type(most) is int and most > 0 else size,
    )
    if offers.filter is False and remote.settings.filters:
        raise SourceFault(f"{remote.settings.url}: it cannot filter, and this source has a filter")
    return offers


def _part(document: Document, name: str) -> Document:
    part = document.get(name)
    return folded(part) if isinstance(part, dict) else {}


def _supported(document: Document, name: str) -> bool | None:
    told = _part(document, name).get("supported")
    return told if isinstance(told, bool) else None


def _pages_by_cursor(remote: Remote, path: str) -> bool:
    """Of one resource or none there is no second page, and no matter how it would be asked for."""
    told = remote.get(path, {**ONE, "cursor": ""}, REFUSED).document
    return bool(folded(told).get("nextcursor"))


def takes(remote: Remote, path: str, query: Mapping[str, str]) -> bool:
    """Whether a list can be asked for so."""
    return remote.get(path, {**ONE, **query}, REFUSED).status == HTTPStatus.OK
