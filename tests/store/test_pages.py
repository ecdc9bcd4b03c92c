"""In what order a query answers, and how it is walked (RFC 7644 §3.4.2.3, RFC 9865)."""

import pytest

from scim_server.directory.ports import Position, Query, Resource, Window
from tests.store.shelf import Shelf


def titled(shelf: Shelf, *titles: str | None) -> list[Resource]:
    """Users with these titles, in the order of their creation."""
    return shelf.insert(*(shelf.new_user(None, **({"title": t} if t else {})) for t in titles))


def shown(shelf: Shelf, sort: str, attribute: str = "title", *, descending: bool = False) -> object:
    rows = shelf.page(shelf.query(sort=sort, descending=descending))
    return [row.resource.document.get(attribute) for row in rows]


def test_without_an_order_the_oldest_comes_first(shelf: Shelf) -> None:
    users = titled(shelf, "b", None, "a")
    assert [row.resource for row in shelf.page(shelf.query())] == users


def test_no_value_comes_last_and_descending_first(shelf: Shelf) -> None:
    titled(shelf, "b", None, "a")
    assert shown(shelf, "title") == ["a", "b", None]
    assert shown(shelf, "title", descending=True) == [None, "b", "a"]


def test_ties_go_by_creation(shelf: Shelf) -> None:
    users = titled(shelf, "same", "SAME", "same")
    rows = shelf.page(shelf.query(sort="title"))
    assert [row.resource for row in rows] == users
    rows = shelf.page(shelf.query(sort="title", descending=True))
    assert [row.resource for row in rows] == users[::-1]


def test_case_decides_only_where_it_is_exact(shelf: Shelf) -> None:
    shelf.insert(*(shelf.new_user(None, title=t, externalId=t) for t in ("b", "A", "a", "B")))
    assert shown(shelf, "title") == ["A", "a", "b", "B"]
    assert shown(shelf, "externalId") == ["A", "B", "a", "b"]


TEXTS = ("", "A", "a", "z", "\u00e4", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff")


def test_exact_text_is_ordered_by_code_point_on_every_database(shelf: Shelf) -> None:
    shelf.insert(*(shelf.new_user(None, externalId=t) for t in reversed(TEXTS)))
    assert shown(shelf, "externalId", "externalId") == list(TEXTS)


@pytest.mark.parametrize("position", range(len(TEXTS)))
def test_ranges_go_by_code_point_on_every_database(shelf: Shelf, position: int) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId=t) for t in TEXTS))
    ids = [user.id for user in users]
    assert shelf.found(f'externalId gt "{TEXTS[position]}"') == ids[position + 1 :]
    assert shelf.found(f'externalId le "{TEXTS[position]}"') == ids[: position + 1]


@pytest.mark.parametrize("text", [t for t in TEXTS if t])
def test_a_prefix_ends_where_the_next_code_point_begins(shelf: Shelf, text: str) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId=t + "x") for t in TEXTS))
    assert shelf.found(f'externalId sw "{text}"') == [users[TEXTS.index(text)].id]


def test_numbers_are_ordered_as_numbers(shelf: Shelf) -> None:
    kind = shelf.kinds["Device"]
    weights = (-1200, -2.5e-7, 0, 0.1, 9, 10, 1e10)
    shelf.insert(
        *(
            shelf.new(kind, serialNumber=str(position), weight=weight)
            for position, weight in enumerate(reversed(weights))
        )
    )
    rows = shelf.page(shelf.query(kind=kind, sort="weight"))
    assert [row.resource.document["weight"] for row in rows] == list(weights)


def test_the_primary_value_decides_or_else_the_first(shelf: Shelf) -> None:
    primary = [{"value": "a@x"}, {"value": "c@x", "primary": True}]
    first = [{"value": "b@x"}, {"value": "z@x"}]
    users = shelf.insert(shelf.new_user(None, emails=primary), shelf.new_user(None, emails=first))
    rows = shelf.page(shelf.query(sort="emails.value"))
    assert [row.resource for row in rows] == users[::-1]


@pytest.mark.parametrize("sort", ["id", "meta.created", "meta.lastModified", "meta.location"])
def test_what_the_server_gives_can_be_sorted_by(shelf: Shelf, sort: str) -> None:
    users = titled(shelf, "a", "b", "c")
    by_id = sorted(users, key=lambda user: user.id)
    rows = shelf.page(shelf.query(sort=sort))
    equal = sort in ("meta.created", "meta.lastModified")
    assert [row.resource for row in rows] == (users if equal else by_id)


def every_kind(shelf: Shelf, sort: str, *, descending: bool = False) -> Query:
    kinds = (shelf.users, shelf.groups, shelf.kinds["Device"])
    conditions = {kind.name: None for kind in kinds}
    return Query(conditions, kinds, shelf.order(kinds, sort, descending))


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("displayName", ["a group", "b device", "c user"]),
        ("serialNumber", ["b device", "c user", "a group"]),
        ("userName", ["c user", "a group", "b device"]),
        ("meta.resourceType", ["b device", "a group", "c user"]),
        ("meta.location", ["b device", "a group", "c user"]),
        ("meta.created", ["c user", "a group", "b device"]),
    ],
)
def test_kinds_are_sorted_together(shelf: Shelf, sort: str, names: list[str]) -> None:
    shelf.insert(
        shelf.new_user("u", displayName="c user"),
        shelf.new_group("a group"),
        shelf.new(shelf.kinds["Device"], serialNumber="1", displayName="b device"),
    )
    rows = shelf.page(every_kind(shelf, sort))
    assert [row.resource.document["displayName"] for row in rows] == names


def test_an_offset_and_a_limit_cut_the_page(shelf: Shelf) -> None:
    users = titled(shelf, "a", "b", "c", "d")
    rows = shelf.page(shelf.query(sort="title"), Window(2, offset=1))
    assert [row.resource for row in rows] == users[1:3]


def test_a_count_is_of_all_that_matches(shelf: Shelf) -> None:
    titled(shelf, "a", "b", "b", None)
    query = shelf.query('title eq "b"')
    assert shelf.read(lambda reader: reader.count(query)) == 2


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", [None, "title", "meta.lastModified", "emails"])
def test_a_walk_meets_everyone_once_and_in_order(
    shelf: Shelf, sort: str | None, descending: bool, size: int
) -> None:
    titled(shelf, "b", None, "a", "a", "", "\U0001f642", None, "B", "long " * 60, "long " * 60)
    path = "emails.value" if sort == "emails" else sort
    query = shelf.query("userName pr", sort=path, descending=descending)
    whole = [row.resource.id for row in shelf.page(query)]
    assert len(whole) == 10
    assert list(shelf.walk(query, size)) == whole


def test_a_walk_goes_on_where_it_stood_when_others_go_and_come(shelf: Shelf) -> None:
    users = titled(shelf, "a", "b", "c", "d")
    query = shelf.query(sort="title")
    after = shelf.page(query, Window(2))[-1].position
    shelf.delete(users[0])
    shelf.delete(users[1])
    titled(shelf, "aa", "cc")
    rows = shelf.page(query, Window(9, after=after))
    assert [row.resource.document["title"] for row in rows] == ["c", "cc", "d"]


def test_a_position_tells_no_value_from_an_empty_one(shelf: Shelf) -> None:
    _, none = shelf.insert(shelf.new_user(None, title=""), shelf.new_user())
    rows = shelf.page(shelf.query(sort="title"))
    assert [row.position.sort_key for row in rows] == ["", None]
    assert rows[1].position == Position(None, none.key)
