"""A page of a long history is read through an index, and no more of it than the page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scim_server.directory.events import Action, Actor, Event
from scim_server.directory.history import Sought
from scim_server.parts import new_id
from scim_server.protocol.values import stamp
from tests.application import Application
from tests.store.plans import explained, take_stock
from tests.store.shelf import Shelf

EVENTS = 5_000
PERSON, PERSONS = "person-7", 50
WHOLE = re.compile(
    # SQLite: a scan, a search that ends before the key, or a sort.
    r"SCAN event|TEMP B-TREE|SEARCH event USING .*\(tenant=\?\)$"
    # PostgreSQL likewise.
    r"|Seq Scan on event|Sort Key"
)


@pytest.fixture(scope="module")
def long(application: Application) -> Shelf:
    """A history in which each of some people did something to another of them now and then."""
    shelf = Shelf(application)
    at = stamp(datetime.now(UTC))
    with shelf.writing() as writer:
        writer.record(_event(number, at) for number in range(EVENTS))
    take_stock(shelf)
    return shelf


def _event(number: int, at: str) -> Event:
    actor = Actor("someone", "request", f"person-{number % PERSONS}")
    resource = f"person-{number * 7 % PERSONS}"
    return Event(new_id(), at, actor, "User", resource, 0, Action.UPDATE)


@pytest.fixture
def plans(long: Shelf) -> Iterator[list[str]]:
    """What is made of the test's statements."""
    with explained(long) as plans:
        yield plans


@pytest.mark.parametrize(
    "sought",
    [
        Sought(resource=PERSON, kind="User"),
        Sought(actor=PERSON),
        Sought(resource=PERSON, actions=(Action.UPDATE,)),
    ],
)
def test_whose_events_are_sought_decides_how_many_are_read(
    long: Shelf, plans: list[str], sought: Sought
) -> None:
    found = long.read(lambda reader: reader.history.page(sought, None, 10))
    assert len(found) == 10
    assert plans and not [step for step in plans if WHOLE.search(step)], "\n".join(plans)


def test_the_next_page_begins_where_the_last_one_ended(long: Shelf, plans: list[str]) -> None:
    first = long.read(lambda reader: reader.history.page(Sought(), None, 10))
    plans.clear()
    later = long.read(lambda reader: reader.history.page(Sought(), first[-1].event.id, 10))
    assert len(later) == 10 and later[0].event.id < first[-1].event.id
    assert plans and not [step for step in plans if WHOLE.search(step)], "\n".join(plans)
