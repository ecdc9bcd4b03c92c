"""The look-ups of identity providers go through an index, whatever the size of the directory."""

import re
from collections.abc import Iterator

import pytest

from scim_server.directory.ports import Window
from tests.application import Application
from tests.store.plans import explained, take_stock
from tests.store.shelf import Shelf

USERS = 2_500
FILTERS = [
    'userName eq "ada-7"',
    'externalId eq "e-7"',
    'emails[type eq "work" and value eq "mail-7@example.com"]',
    'emails.value eq "mail-7@example.com"',
    'userName eq "ada-7" and active eq true',
    'active eq true and userName eq "ada-7"',
    'userName sw "ada-77"',
    'userName eq "ada-7" or externalId eq "e-8"',
]
TABLES = "(resource|value|membership)"
WHOLE = re.compile(
    # SQLite: a scan, or a search that ends before the key.
    rf"SCAN {TABLES}|SEARCH {TABLES}\w* USING .*\(tenant=\?( AND (kind|path|group)=\?)?\)$"
    # PostgreSQL: a scan, or rows that an index gave and a filter throws away by their key.
    rf"|Seq Scan on {TABLES}|Filter: .*\b(id|member) = "
)


@pytest.fixture(scope="module")
def crowd(application: Application) -> Shelf:
    shelf = Shelf(application)
    for start in range(0, USERS, 500):
        shelf.insert(
            *(
                shelf.new_user(
                    f"ada-{n}",
                    externalId=f"e-{n}",
                    active=n % 10 > 0,
                    emails=[{"value": f"mail-{n}@example.com", "type": "work"}],
                )
                for n in range(start, start + 500)
            )
        )
    shelf.group(*(row.resource for row in shelf.page(shelf.query(), Window(USERS))))
    take_stock(shelf)
    return shelf


@pytest.fixture
def plans(crowd: Shelf) -> Iterator[list[str]]:
    """What is made of the test's statements."""
    with explained(crowd) as plans:
        yield plans


@pytest.mark.parametrize("filter", FILTERS)
def test_no_look_up_reads_a_whole_kind(crowd: Shelf, plans: list[str], filter: str) -> None:
    query = crowd.query(filter)
    assert crowd.read(lambda reader: reader.count(query)) > 0
    assert len(crowd.page(query, Window(10))) > 0
    assert plans and not [step for step in plans if WHOLE.search(step)]


@pytest.mark.parametrize("number", [1, 3])
def test_no_change_of_members_reads_the_others(crowd: Shelf, plans: list[str], number: int) -> None:
    ids = [user.id for user in (crowd.user() for _ in range(number))]
    [group] = [row.resource for row in crowd.page(crowd.query(kind=crowd.groups))]
    plans.clear()
    assert len(crowd.add(group, *ids).added) == number
    assert len(crowd.write(lambda writer: writer.remove_members(group, ids)).removed) == number
    assert plans and not [step for step in plans if WHOLE.search(step)], "\n".join(plans)


def test_the_last_super_admin_is_found_without_the_users(crowd: Shelf, plans: list[str]) -> None:
    user = crowd.user()
    plans.clear()
    assert not crowd.read(lambda reader: reader.grants.super_admins())
    assert crowd.read(lambda reader: reader.grants.are_super_admins([user.id]))
    looked = [step for step in plans if re.search("resource", step)]
    assert looked and not [step for step in looked if WHOLE.search(step)], "\n".join(plans)
