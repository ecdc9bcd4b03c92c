"""RFC 9865: paging with cursors, over users of the check's own."""

import re
import time
from urllib.parse import quote

from conformance.check import check
from conformance.querying import begins
from conformance.story import Interrupted, Story
from conformance.urns import SEARCH_REQUEST
from conformance.wire import Answer, Json

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
USERS = 5
MOST_PAGES = 20
MOST_USERS = 20
"""No more are made to fill a page."""
CURSOR = ("cursor", "filter")


@check("CUR-001", "CUR-002", "CUR-003", "CUR-004", "CUR-005", "CUR-006", "CUR-021", needs=CURSOR)
def a_walk_meets_everybody_once(story: Story) -> None:
    """From an empty cursor to the page without nextCursor: every user, each once."""
    query = _users(story)
    for beginning in ("cursor", "cursor="):
        first = story.get(f"{query}&count=2&{beginning}")
        story.expect(
            "CUR-001",
            first.status == 200 and bool(_next(first)),
            "200 and a nextCursor, for there are more",
        )
    pages = _pages(story, query)
    found = [id for page in pages for id in _ids(page)]
    whole = len(set(found)) == USERS and not _next(pages[-1])
    if not story.expect("CUR-002", whole, "all of the users, and an end"):
        return
    story.expect("CUR-021", len(found) == len(set(found)), "nobody twice")
    story.expect("CUR-005", all(len(_ids(page)) <= 2 for page in pages), "no more than count")
    story.expect("CUR-003", "previousCursor" not in pages[0].document, "none on the first page")
    back = pages[1].document.get("previousCursor") if len(pages) > 1 else None
    if back is not None:
        before = story.get(f"{query}&count=2&cursor={quote(str(back))}")
        story.expect("CUR-003", _ids(before) == _ids(pages[0]), "the page before")
    story.expect(
        "CUR-004",
        all(UNRESERVED.fullmatch(_next(page)) for page in pages if _next(page)),
        "a nextCursor of letters, digits, - . _ and ~",
    )
    totals = {page.document.get("totalResults", USERS) for page in pages}
    story.expect("CUR-006", totals == {USERS}, f"totalResults {USERS} on every page, or none")


@check("CUR-005", needs=CURSOR)
def a_page_may_be_empty(story: Story) -> None:
    """count 0, and what is below, asks for no resource."""
    query = _users(story)
    for count in ("0", "-1"):
        answer = story.get(f"{query}&cursor=&count={count}")
        story.expect("CUR-005", answer.status == 200 and not _ids(answer), "200 without resources")
    answer = story.get(f"{query}&cursor=")
    story.expect("CUR-005", answer.status == 200 and bool(_ids(answer)), "200 with some")


@check("CUR-007", "CUR-008", "CUR-020", needs=CURSOR)
def a_cursor_that_is_none_is_refused(story: Story) -> None:
    """Garbage, a changed character, another filter: 400 invalidCursor."""
    query = _users(story)
    cursor = _next(story.get(f"{query}&count=2&cursor="))
    answer = story.get(f"{query}&count=2&cursor={story.name()}")
    story.error("CUR-008", answer, 400, "invalidCursor")
    if not cursor:
        return
    middle = len(cursor) // 2
    other = "B" if cursor[middle] == "A" else "A"
    tampered = quote(cursor[:middle] + other + cursor[middle + 1 :])
    answer = story.get(f"{query}&count=2&cursor={tampered}")
    story.error("CUR-020", answer, 400, "invalidCursor", "expiredCursor")
    elsewhere = _query(story, story.name())
    answer = story.get(f"{elsewhere}&count=2&cursor={quote(cursor)}")
    story.error("CUR-007", answer, 400, "invalidCursor")


@check("CUR-009", needs=CURSOR)
def a_count_may_be_too_large(story: Story) -> None:
    """A count above maxPageSize is capped, or refused as invalidCount."""
    most = (story.subject.config.get("pagination") or {}).get("maxPageSize")
    if isinstance(most, int):
        answer = story.get(f"{_users(story)}&cursor=&count={most + 1}")
        refused = answer.status == 400 and answer.document.get("scimType") == "invalidCount"
        story.expect("CUR-009", answer.status == 200 or refused, "200, or 400 invalidCount")


@check("CUR-010", needs=("cursor", "filter", "sort"))
def pages_are_sorted(story: Story) -> None:
    """sortBy orders what the pages show, one after the other."""
    query = f"{_users(story)}&sortBy=userName&sortOrder=descending"
    names = [each["userName"] for page in _walk(story, query) for each in _resources(page)]
    story.expect(
        "CUR-010", bool(names) and names == sorted(names, reverse=True), "the names descending"
    )


@check("CUR-012", "CUR-013", needs=("cursor", "index", "filter"))
def the_parameter_chooses_the_method(story: Story) -> None:
    """startIndex is for index paging; without either, the method is the published one."""
    query = _users(story)
    answer = story.get(f"{query}&count=2&startIndex=1")
    story.expect("CUR-013", answer.status == 200 and not _next(answer), "200, no nextCursor")
    both = story.get(f"{query}&count=2&startIndex=1&cursor=")
    story.expect("CUR-013", both.status in {200, 400}, "200 or 400")
    default = (story.subject.config.get("pagination") or {}).get("defaultPaginationMethod")
    plain = story.get(f"{query}&count=2")
    if default in {"cursor", "index"}:
        story.expect(
            "CUR-012",
            plain.status == 200 and bool(_next(plain)) == (default == "cursor"),
            f"a page of the method {default}",
        )


@check("CUR-011", needs=("cursor",), unless=("index",))
def a_plain_list_may_be_a_page(story: Story) -> None:
    """Of cursors alone: a list that was not asked for by cursor has the page size that is told."""
    most = (story.subject.config.get("pagination") or {}).get("defaultPageSize")
    if isinstance(most, int) and most < MOST_USERS:
        for _ in range(most + 2):
            story.make("User")
    plain = story.get(story.subject.endpoint_of("User"))
    # Whoever answers otherwise does what the RFC leaves open.
    if plain.status == 200 and _next(plain):
        held = not isinstance(most, int) or len(_ids(plain)) <= most
        story.expect("CUR-011", held, f"a page of {most} at most, and a nextCursor")


@check("CUR-014", needs=CURSOR)
def a_search_by_post_has_cursors(story: Story) -> None:
    """.search takes cursor and count in its body and finds what GET finds."""
    prefix = _made(story)
    at = f"{story.subject.endpoint_of('User')}/.search"
    body = {
        "schemas": [SEARCH_REQUEST],
        "filter": begins(story, prefix),
        "count": 2,
    }
    found: list[str] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        page = story.post(at, {**body, "cursor": cursor})
        found += _ids(page)
        cursor = _next(page)
        if not cursor:
            break
    story.expect(
        "CUR-014", len(found) == len(set(found)) == USERS, "every user once, over the pages"
    )


@check("CUR-015", needs=("cursor",))
def paging_is_described(story: Story) -> None:
    """pagination has both booleans, and numbers that are numbers."""
    told = story.get("/ServiceProviderConfig").document.get("pagination") or {}
    sizes = [told.get(name, 1) for name in ("defaultPageSize", "maxPageSize", "cursorTimeout")]
    story.expect(
        "CUR-015",
        all(isinstance(told.get(name), bool) for name in ("cursor", "index"))
        and told.get("defaultPaginationMethod", "index") in {"cursor", "index"}
        and all(type(size) is int and size > 0 for size in sizes),
        "cursor and index as booleans, positive integers, a known default method",
    )


@check("CUR-016", needs=CURSOR)
def a_cursor_waits(story: Story) -> None:
    """A cursor is still good some time later, within its cursorTimeout."""
    told = (story.subject.config.get("pagination") or {}).get("cursorTimeout")
    if not isinstance(told, int) or told < 2:
        return
    query = _users(story)
    cursor = _next(story.get(f"{query}&count=2&cursor="))
    time.sleep(min(told / 2, 2))
    answer = story.get(f"{query}&count=2&cursor={quote(cursor)}")
    story.expect("CUR-016", answer.status == 200, "200 with the second page")


@check("CUR-017", "CUR-019", needs=("cursor", "filter", "tenant"))
def a_cursor_opens_nothing_to_others(story: Story) -> None:
    """Another tenant sees nobody by our cursor, and is told what a made-up one is told."""
    query = _users(story)
    cursor = _next(story.get(f"{query}&count=2&cursor="))
    other = story.subject.other
    made_up = story.send("GET", f"{query}&count=2&cursor={story.name()}", endpoint=other)
    stolen = story.send("GET", f"{query}&count=2&cursor={quote(cursor)}", endpoint=other)
    story.expect("CUR-017", stolen.status < 500 and not _ids(stolen), "none of our users")
    story.expect(
        "CUR-019",
        (stolen.status, stolen.document) == (made_up.status, made_up.document),
        "the answer that a made-up cursor gets",
    )


@check("CUR-021", needs=CURSOR)
def changes_on_the_way_repeat_nobody(story: Story) -> None:
    """Users that come and go during a walk do not make it show another one twice."""
    prefix = _made(story)
    query = _query(story, prefix)
    first = story.get(f"{query}&count=2&cursor=")
    if not _ids(first) or not _next(first):
        return
    story.delete(f"{story.subject.endpoint_of('User')}/{_ids(first)[0]}")
    new = story.make("User", userName=f"{prefix}0{story.subject.domain}")
    found = _ids(first)
    for page in _walk(story, query, _next(first)):
        found += _ids(page)
    untouched = [id for id in found if id != new["id"]]
    story.expect("CUR-021", len(untouched) == len(set(untouched)), "nobody twice")


def _made(story: Story) -> str:
    """Make the users; what their names begin with."""
    prefix = f"{story.name()}-"
    for number in range(1, USERS + 1):
        story.make("User", userName=f"{prefix}{number}{story.subject.domain}")
    return prefix


def _query(story: Story, prefix: str) -> str:
    wanted = quote(begins(story, prefix))
    return f"{story.subject.endpoint_of('User')}?filter={wanted}"


def _users(story: Story) -> str:
    return _query(story, _made(story))


def _walk(story: Story, query: str, cursor: str = "") -> list[Answer]:
    pages = _pages(story, query, cursor)
    if _next(pages[-1]):
        raise Interrupted(f"{USERS} users are not walked through in {MOST_PAGES} pages")
    return pages


def _pages(story: Story, query: str, cursor: str = "") -> list[Answer]:
    """Every page of a walk; of one without an end, the first ones."""
    pages = [story.get(f"{query}&count=2&cursor={quote(cursor)}")]
    while _next(pages[-1]) and len(pages) < MOST_PAGES:
        pages.append(story.get(f"{query}&count=2&cursor={quote(_next(pages[-1]))}"))
    return pages


def _next(page: Answer) -> str:
    return str(page.document.get("nextCursor") or "")


def _resources(page: Answer) -> list[Json]:
    return list(page.document.get("Resources") or ())


def _ids(page: Answer) -> list[str]:
    return [str(each["id"]) for each in _resources(page)]


@check("CUR-007", needs=("cursor", "filter", "sort"))
def a_cursor_keeps_its_order(story: Story) -> None:
    """A cursor with another sortBy than that of its list is refused."""
    query = _users(story)
    cursor = _next(story.get(f"{query}&count=2&cursor=&sortBy=userName"))
    if cursor:
        answer = story.get(f"{query}&count=2&cursor={quote(cursor)}&sortBy=id")
        story.error("CUR-007", answer, 400, "invalidCursor")


@check("CUR-021", needs=CURSOR)
def who_comes_on_the_way_doubles_nobody(story: Story) -> None:
    """Users who are made during a walk, before and after the others, show nobody twice."""
    prefix = _made(story)
    query = _query(story, prefix)
    page = story.get(f"{query}&count=2&cursor=")
    found = _ids(page)
    for number in range(MOST_PAGES):
        if not _next(page):
            break
        for place in ("0", "z"):
            story.make("User", userName=f"{prefix}{place}{number}x{story.subject.domain}")
        page = story.get(f"{query}&count=2&cursor={quote(_next(page))}")
        found += _ids(page)
        if number == 2:
            break
    story.expect("CUR-021", len(found) == len(set(found)), "nobody twice")
