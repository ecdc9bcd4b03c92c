"""Paging by cursor (RFC 9865)."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scim_server.directory.cursor import Cursors, Place
from scim_server.directory.ports import Position
from scim_server.protocol.errors import ExpiredCursor
from tests.application import Application, Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves
BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
FIRST = {"count": 3, "sortBy": "title", "filter": "userName pr", "cursor": ""}


@pytest.fixture(scope="module")
def many(application: Application) -> Scim:
    """Ten users, from 0 to 9; every third has no title."""
    scim = application.scim()
    for number in range(10):
        scim.user(userName=str(number), **({"title": f"t{9 - number}"} if number % 3 else {}))
    return scim


def walk(scim: Scim, path: str = "/Users", **query: Any) -> Iterator[dict[str, Any]]:
    """Every page of a walk; what happens between two pages happens in the loop."""
    cursor: str | None = ""
    while cursor is not None:
        body = page(scim.get(path, query={**query, "cursor": cursor}))
        yield body
        cursor = body.get("nextCursor")


def begun(scim: Scim, **changes: Any) -> str:
    """The cursor after the first page of a walk."""
    cursor: str = page(scim.get("/Users", query=FIRST | changes))["nextCursor"]
    return cursor


@proves("CUR-001")
@pytest.mark.parametrize("query", ["cursor", "cursor=", "cursor&count=100"])
def test_an_empty_cursor_begins_a_walk(many: Scim, query: str) -> None:
    body = page(many.get(f"/Users?{query}"))
    assert [user["userName"] for user in body["Resources"]] == [str(n) for n in range(10)]
    assert "startIndex" not in body


@proves("CUR-002", "CUR-006", "CUR-021")
@pytest.mark.parametrize("count", [1, 3, 5, 9, 10, 11])
def test_each_page_but_the_last_tells_the_next(many: Scim, count: int) -> None:
    pages = list(walk(many, count=count))
    names = [user["userName"] for body in pages for user in body["Resources"]]
    assert names == [str(number) for number in range(10)]
    assert len(pages) == -(-10 // count)
    assert {body["totalResults"] for body in pages} == {10}
    assert ["previousCursor" in body for body in pages] == [False] * len(pages)


@proves("CUR-004")
def test_a_cursor_needs_no_encoding_in_a_url(many: Scim) -> None:
    for body in (*walk(many, count=1), *walk(many, count=1, sortBy="title")):
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", body.get("nextCursor", "last"))


@proves("CUR-004")
def test_long_texts_make_no_long_cursors(scim: Scim) -> None:
    for letter in "abc":
        scim.user(displayName="雪" * 5000 + letter)
    bodies = list(walk(scim, count=1, sortBy="displayName"))
    assert [len(body["Resources"]) for body in bodies] == [1, 1, 1]
    assert max(len(body.get("nextCursor", "")) for body in bodies) < 2000


@proves("CUR-005")
@pytest.mark.parametrize("count", [0, -1, -(10**30)])
def test_a_count_of_nothing_gives_the_total_only(many: Scim, count: int) -> None:
    body = page(many.get("/Users", query={"cursor": "", "count": count}))
    assert (body["totalResults"], body["Resources"]) == (10, [])
    assert "nextCursor" not in body


@proves("CUR-005", "CUR-009")
def test_a_count_above_the_largest_page_is_capped(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db", page_size=2, max_page_size=3)
    scim = application.scim()
    for _ in range(7):
        scim.user()
    assert [body["itemsPerPage"] for body in walk(scim, count=100_000)] == [3, 3, 1]
    assert [body["itemsPerPage"] for body in walk(scim)] == [2, 2, 2, 1]
    application.parts.database.close()


@proves("CUR-007")
@pytest.mark.parametrize(
    "changes",
    [{"filter": "id pr"}, {"sortBy": "userName"}, {"sortOrder": "descending"},
     {"attributes": "title"}, {"excludedAttributes": "title"}],
)  # fmt: skip
def test_another_query_cannot_go_on_with_the_cursor(many: Scim, changes: dict[str, str]) -> None:
    query = FIRST | {"cursor": begun(many)} | changes
    assert error(many.get("/Users", query=query)) == (400, "invalidCursor")


@proves("CUR-007")
@pytest.mark.parametrize("path", ["/Groups", "/"])
def test_another_endpoint_cannot_go_on_with_the_cursor(many: Scim, path: str) -> None:
    begin = {"count": 3, "cursor": ""}
    cursor = page(many.get("/Users", query=begin))["nextCursor"]
    assert error(many.get(path, query=begin | {"cursor": cursor})) == (400, "invalidCursor")


@proves("CUR-007", "CUR-008")
@pytest.mark.parametrize("count", [0, 2, 4, 1000])
def test_another_count_is_an_invalid_count(many: Scim, count: int) -> None:
    query = FIRST | {"cursor": begun(many), "count": count}
    assert error(many.get("/Users", query=query)) == (400, "invalidCount")


@proves("CUR-008")
def test_a_count_that_is_no_number_is_an_invalid_count(many: Scim) -> None:
    assert error(many.get("/Users?cursor&count=ten")) == (400, "invalidCount")
    assert error(many.search("/Users", cursor="", count="3")) == (400, "invalidCount")


@proves("CUR-008", "CUR-020")
@pytest.mark.parametrize(
    "cursor", ["x", "a.b", "!", "é", "%00", "=", "." * 50, "x" * 7000, "bnVsbA.bnVsbA", "null", "1"]
)
def test_garbage_is_an_invalid_cursor(many: Scim, cursor: str) -> None:
    query = FIRST | {"cursor": cursor}
    assert error(many.get("/Users", query=query)) == (400, "invalidCursor")


@proves("CUR-020")
def test_one_changed_character_makes_it_invalid(many: Scim) -> None:
    cursor = begun(many)
    for at in [*range(0, len(cursor), 7), len(cursor) - 1]:
        # One bit; of the last character, one that a decoder of Base64 may pass over.
        other = BASE64[BASE64.index(cursor[at]) ^ 1] if cursor[at] in BASE64 else "A"
        forged = FIRST | {"cursor": cursor[:at] + other + cursor[at + 1 :]}
        assert error(many.get("/Users", query=forged)) == (400, "invalidCursor")


@proves("CUR-008")
def test_an_old_cursor_is_expired(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db", cursor_seconds=-2)
    scim = application.scim()
    for _ in range(4):
        scim.user()
    query = FIRST | {"cursor": begun(scim)}
    assert error(scim.get("/Users", query=query)) == (400, "expiredCursor")
    application.parts.database.close()


@proves("CUR-016")
@pytest.mark.parametrize(("seconds", "usable"), [(0, True), (9.5, True), (10, True), (11.5, False)])
def test_a_cursor_is_usable_for_at_least_its_time(seconds: float, usable: bool) -> None:
    now = datetime(2026, 11, 21, 10, 0, 0, 999_999, tzinfo=UTC)
    moments = iter([now, now + timedelta(seconds=seconds)])
    cursors = Cursors(lambda: "secret", 10, lambda: next(moments))
    place = Place(Position("a", 5), 7)
    cursor = cursors.make(place, 3, ("query",))
    if usable:
        assert cursors.read(cursor, 3, ("query",)) == place
    else:
        with pytest.raises(ExpiredCursor):
            cursors.read(cursor, 3, ("query",))


@proves("CUR-010")
@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("by", ["title", "userName", "id", "meta.created", "active", "emails"])
def test_a_walk_is_in_the_order_of_the_sort(many: Scim, by: str, order: str) -> None:
    query = {"sortBy": by, "sortOrder": order}
    pages = walk(many, count=2, **query)
    walked = [user["id"] for body in pages for user in body["Resources"]]
    assert walked == shown(many.get("/Users", query=query), "id")


@proves("CUR-012")
def test_index_paging_is_the_default(many: Scim) -> None:
    body = page(many.get("/Users?count=2"))
    assert body["startIndex"] == 1
    assert "nextCursor" not in body
    pagination = many.get("/ServiceProviderConfig").get_json()["pagination"]
    assert pagination["defaultPaginationMethod"] == "index"


@proves("CUR-015")
def test_the_server_tells_what_it_pages_with(many: Scim) -> None:
    pagination = many.get("/ServiceProviderConfig").get_json()["pagination"]
    assert (pagination["cursor"], pagination["index"]) == (True, True)
    sizes = [pagination[name] for name in ("defaultPageSize", "maxPageSize", "cursorTimeout")]
    assert all(type(size) is int and size > 0 for size in sizes)


@proves("CUR-013")
@pytest.mark.parametrize("cursor", ["", "x"])
def test_index_and_cursor_exclude_each_other(many: Scim, cursor: str) -> None:
    refused = (400, "invalidValue")
    assert error(many.get(f"/Users?startIndex=1&cursor={cursor}")) == refused
    assert error(many.search("/Users", startIndex=1, cursor=cursor)) == refused


@proves("CUR-014")
@pytest.mark.parametrize("path", ["/Users", ""])
def test_a_search_body_walks_as_a_url_does(many: Scim, path: str) -> None:
    query = {"count": 4, "sortBy": "title", "filter": "userName pr"}
    cursor = ""
    for body in walk(many, path or "/", **query):
        posted = page(many.search(path, **query, cursor=cursor))
        assert posted["Resources"] == body["Resources"]
        assert posted["totalResults"] == 10
        cursor = posted.get("nextCursor", "")
    assert cursor == ""


@proves("CUR-017", "CUR-019")
def test_nobody_else_can_use_a_cursor(many: Scim) -> None:
    query = FIRST | {"cursor": begun(many)}
    colleague = many.application.scim(tenant=many.tenant)
    stranger = many.application.scim()
    forged = many.get("/Users", query=query | {"cursor": "forged"})
    for other in (colleague, stranger):
        answered = other.get("/Users", query=query)
        assert error(answered) == (400, "invalidCursor")
        assert answered.get_json() == forged.get_json()


@proves("CUR-017", "CUR-018")
def test_a_cursor_grants_nothing(many: Scim) -> None:
    cursor = begun(many)
    groups_only = many.application.scim(tenant=many.tenant, scopes=("groups:read",))
    assert error(groups_only.get("/Users", query=FIRST | {"cursor": cursor})) == (403, None)
    assert error(many.get("/Users", query=FIRST | {"cursor": cursor}, token=None))[0] == 401


@proves("CUR-021")
@pytest.mark.parametrize("query", [{}, {"sortBy": "userName"},
                                   {"sortBy": "userName", "sortOrder": "descending"},
                                   {"sortBy": "title"}])  # fmt: skip
def test_changes_during_a_walk_lose_and_repeat_nothing_else(
    scim: Scim, query: dict[str, str]
) -> None:
    untouched = {scim.user(userName=f"{number:02}", title="t")["id"] for number in range(10)}
    doomed = [scim.user(userName=f"{number:02}x", title="t")["id"] for number in range(10)]
    walked = []
    for number, body in enumerate(walk(scim, count=3, **query)):
        walked += [user["id"] for user in body["Resources"]]
        scim.delete(f"/Users/{walked[-1]}") if walked[-1] in doomed else None
        scim.delete(f"/Users/{doomed[(number * 7) % 10]}")
        for name in (f"0{number}-new", f"{9 - number % 10}9-late"):
            scim.user(userName=f"{name}-{number}", title="t")
        assert body["totalResults"] == 20
        assert number < 30
    seen = [id for id in walked if id in untouched]
    assert sorted(seen) == sorted(untouched)
    assert len(set(walked)) == len(walked)
