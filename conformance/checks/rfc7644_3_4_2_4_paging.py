"""RFC 7644 §3.4.2.4: pages by index."""

from conformance.check import check
from conformance.querying import asked, cohort, ids, rows
from conformance.story import Story

FIVE = ("a", "b", "c", "d", "e")
FEW = 20
"""Users whom a check may make to fill a page."""
MODEST = 1000
"""A larger page of other people's data is not asked for."""


@check(
    *("PAG-001", "PAG-002", "PAG-003", "PAG-004", "PAG-005", "PAG-008", "PAG-009"),
    needs=("index", "filter"),
)
def a_list_is_read_page_by_page(story: Story) -> None:
    """startIndex and count choose the page; the total is that of all pages."""
    people = cohort(story, **{key: {} for key in FIVE})
    whole = people.ask()
    everybody = sorted(people.keys)
    for early in (1, 0, -5):
        answer = people.ask(startIndex=early)
        body = answer.document
        story.expect(
            "PAG-001",
            sorted(ids(answer)) == sorted(ids(whole)) and body.get("startIndex", 1) == 1,
            "the list from its first resource on",
        )
    two = people.ask(count=2)
    story.expect("PAG-002", two.status == 200 and len(rows(two)) <= 2, "two resources at most")
    for none in (0, -1):
        answer = people.ask(count=none)
        total = answer.document.get("totalResults")
        story.expect("PAG-003", not rows(answer) and total == 5, "no resources of a total of 5")
    last = people.ask(startIndex=5, count=3)
    body = last.document
    story.expect(
        "PAG-004",
        body.get("itemsPerPage") == len(rows(last)) == 1 and body.get("startIndex") == 5,
        "one resource, itemsPerPage 1, startIndex 5",
    )
    beyond = people.ask(startIndex=9999)
    total = beyond.document.get("totalResults")
    story.expect(
        "PAG-005",
        beyond.status == 200 and total == 5 and not rows(beyond),
        "200, no resources of a total of 5",
    )
    total = whole.document.get("totalResults")
    story.expect(
        "PAG-008",
        whole.status == 200 and total == 5 and 0 < len(rows(whole)) <= 5,
        "without count a first page, and the total of 5",
    )
    walked: list[str] = []
    while page := ids(people.ask(startIndex=len(walked) + 1, count=2)):
        walked += page
        if len(walked) > len(FIVE):
            break
    story.expect("PAG-009", sorted(walked) == everybody, "everybody once")


@check("PAG-006", needs=("index", "filter"))
def no_page_is_larger_than_the_server_allows(story: Story) -> None:
    """A larger count is capped by filter.maxResults, not refused."""
    most = story.subject.config["filter"]["maxResults"]
    people = cohort(story, a={})
    answer = people.ask(count=max(100_000, most + 1))
    story.expect("PAG-006", ids(answer) == [people.id("a")], "200 with the one that matches")
    if 0 < most <= MODEST:
        users = story.subject.endpoint_of("User")
        for _ in range(most if most < FEW else 0):
            story.make("User")
        page = story.get(asked(users, count=most + 1, attributes="userName"))
        many = page.document.get("scimType") == "tooMany"
        right = many or (page.status == 200 and len(rows(page)) <= most)
        story.expect("PAG-006", right, f"{most} resources at most")


@check("PAG-007", needs=("index",))
def what_is_no_number_is_refused(story: Story) -> None:
    """A startIndex or count that is no integer is 400 invalidValue, or as if it were not there."""
    users = story.subject.endpoint_of("User")
    for parameters in ({"count": "ten"}, {"startIndex": "one", "count": "1"}, {"count": "1.5"}):
        answer = story.get(asked(users, **parameters))
        # Table 9 has an error for it; no sentence says that a server must raise it.
        if answer.status != 200 or answer.document.get("startIndex", 1) != 1:
            story.error("PAG-007", answer, 400, "invalidValue", None)
