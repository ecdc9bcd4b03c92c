"""Entries and runs are found through indexes, however many there are."""

import re
from collections.abc import Iterator

import pytest

from scim_server.directory.sources.runs import Mode, State
from tests.application import Application
from tests.store.corp import CORP, HR, anchor, register, run
from tests.store.plans import explained, take_stock
from tests.store.shelf import Shelf

NUMBER = 1_000
SOME = range(0, NUMBER, 100)
TABLES = "(resource|anchor)"
WHOLE = re.compile(
    # SQLite: a scan, or a search that ends before the key.
    rf"SCAN {TABLES}|SEARCH {TABLES} USING .*\(tenant=\?( AND (source|kind)=\?)*\)$"
    # PostgreSQL: a scan, or rows that an index gave and a filter throws away by their key.
    rf"|Seq Scan on {TABLES}|Filter: .*\b(id|name|resource) = "
)

SORTED = re.compile(r"SCAN sync_run|TEMP B-TREE|Seq Scan on sync_run|Sort Key")


@pytest.fixture(scope="module")
def crowd(application: Application) -> Shelf:
    shelf = register(Shelf(application), CORP, HR)
    with shelf.writing() as writer:
        users = writer.insert([shelf.new_user() for _ in range(NUMBER)])
        writer.anchors.put("corp", [anchor(user, str(n)) for n, user in enumerate(users)])
        groups = writer.insert([shelf.new_group() for _ in range(NUMBER)])
        writer.anchors.put("corp", [anchor(group, str(n)) for n, group in enumerate(groups)])
        for number in range(NUMBER):
            odd = {"source": "hr", "state": State.DONE} if number % 50 == 0 else {}
            writer.runs.put(run(**odd))
    take_stock(shelf)
    return shelf


@pytest.fixture
def plans(crowd: Shelf) -> Iterator[list[str]]:
    """What is made of the test's statements."""
    with explained(crowd) as plans:
        yield plans


def whole(plans: list[str]) -> list[str]:
    """The steps that read more than was asked for."""
    assert plans
    return [step for step in plans if WHOLE.search(step)]


def test_entries_and_names_are_looked_up_one_by_one(crowd: Shelf, plans: list[str]) -> None:
    known = crowd.read(lambda reader: reader.anchors.known("corp", "User", [*map(str, SOME)]))
    assert len(known) == len(SOME)
    names = [f"uid={number}" for number in SOME]
    named = crowd.read(lambda reader: reader.anchors.named("corp", names))
    back = crowd.read(lambda reader: reader.anchors.names_of("corp", list(named.values())))
    assert {back[id]: id for id in back} == named
    assert whole(plans) == []


def test_whose_members_somebody_is_is_looked_up(crowd: Shelf, plans: list[str]) -> None:
    user = crowd.user()
    group = crowd.group(user)
    crowd.write(lambda writer: writer.anchors.put("corp", [anchor(group, "board")]))
    plans.clear()
    found = crowd.read(lambda reader: reader.anchors.holding("corp", "Group", [user.id]))
    assert found == ["board"]
    crowd.write(lambda writer: writer.anchors.unsettle("corp", [user.id]))
    assert whole(plans) == []


def test_what_is_written_looks_at_no_other_entry(crowd: Shelf, plans: list[str]) -> None:
    users = [crowd.user() for _ in range(2)]
    plans.clear()
    for _ in range(2):
        crowd.write(lambda w: w.anchors.put("corp", [anchor(u, f"new-{u.key}") for u in users]))
    crowd.write(lambda w: w.anchors.put("hr", [anchor(u, str(u.key)) for u in users]))
    assert whole(plans) == []


def test_runs_are_listed_in_the_order_of_an_index(crowd: Shelf, plans: list[str]) -> None:
    page = crowd.read(lambda reader: reader.runs.page(None, None, 10))
    assert len(crowd.read(lambda reader: reader.runs.page(None, page[-1].id, 10))) == 10
    assert len(crowd.read(lambda reader: reader.runs.page("corp", page[-1].id, 10))) == 10
    assert len(crowd.read(lambda reader: reader.runs.of_state(State.DONE, None))) == NUMBER // 50
    assert len(crowd.read(lambda reader: reader.runs.of_state(State.DONE, "hr"))) == NUMBER // 50
    assert crowd.read(lambda reader: reader.runs.last("corp", [*Mode], [State.WAITING]))
    assert plans and not [step for step in plans if SORTED.search(step)], "\n".join(plans)
