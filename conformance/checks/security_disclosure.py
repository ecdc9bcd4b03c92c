"""RFC 7644 §7: what a request could bring to light, and what it could smuggle in."""

from urllib.parse import quote

from conformance.check import check
from conformance.story import Story
from conformance.urns import SEARCH_REQUEST
from conformance.wire import Answer

SMUGGLED = (
    "' OR '1'='1",
    "x'; DROP TABLE users; --",
    '" or userName pr or title eq "',
    "*)(uid=*))(|(uid=*",
    "${7*7}{{7*7}}<%= 7*7 %>",
    "<script>alert(1)</script>",
    "back\\slash \\u0041 \\' end",
)
"""Texts that are code to a store or a page that takes them for it."""
WILD = ("%", "_", "*", "?", ".*", "[a-z]")


def _totals(story: Story, query: str) -> int | None:
    """How many users match; None where the server does not take the filter."""
    path = f"{story.subject.endpoint_of('User')}?filter={quote(query, safe='')}"
    answer = story.get(path)
    story.expect("SEC-003", answer.status < 500, "a list or a refusal")
    total = answer.document.get("totalResults")
    return total if answer.status == 200 and isinstance(total, int) else None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@check("SEC-003")
def texts_that_are_code_elsewhere_are_kept_as_texts(story: Story) -> None:
    """What would be code to a store comes back as it was sent, or is refused."""
    for text in (*SMUGGLED, "nul\0byte"):
        answer = story.post(story.subject.endpoint_of("User"), story.new("User", displayName=text))
        kept = answer.status == 201 and answer.document.get("displayName") in (text, None)
        story.expect("SEC-003", kept or answer.status == 400, "the text as it was sent, or 400")


@check("SEC-003", needs=("filter",))
def a_filter_is_never_code(story: Story) -> None:
    """A text in a filter finds what is equal to it and nothing else."""
    user = story.make("User", displayName="Ada")
    mine = f"userName eq {_quoted(user['userName'])}"
    if _totals(story, f'{mine} and displayName eq "Ada"') != 1:
        return
    for text in SMUGGLED:
        total = _totals(story, f"{mine} and displayName eq {_quoted(text)}")
        story.expect("SEC-003", total in (0, None), "no result: nobody has such a name")
        changed = story.new("User", userName=user["userName"], displayName=text)
        put = story.put(story.at("User", user), changed)
        if put.status == 200 and put.document.get("displayName") == text:
            total = _totals(story, f"{mine} and displayName eq {_quoted(text)}")
            # Who does not take JSON's escapes finds nobody (FIL-023), which betrays nothing.
            right = (0, 1, None) if "\\" in text or '"' in text else (1, None)
            story.expect("SEC-003", total in right, "the one user that has this name")
        story.put(story.at("User", user), story.new("User", userName=user["userName"]))


@check("SEC-003", needs=("filter",))
def no_character_of_a_filter_is_wild(story: Story) -> None:
    """``%``, ``_`` and ``*`` stand for themselves in co, sw and ew."""
    user = story.make("User", displayName="Ada")
    mine = f"userName eq {_quoted(user['userName'])}"
    for operator in ("co", "sw", "ew"):
        if _totals(story, f'{mine} and displayName {operator} "Ada"') != 1:
            continue
        for text in WILD:
            total = _totals(story, f"{mine} and displayName {operator} {_quoted(text)}")
            story.expect("SEC-003", total in (0, None), f"no result: the name has no {text}")


@check("SEC-002", needs=("filter",))
def a_secret_in_a_url_is_refused_as_such(story: Story) -> None:
    """A filter on a password in a URL is refused as sensitive, or answered (§7.5.2).

    RFC 7643 §7 lets a server search by what it never returns.
    """
    places = {place.name for place in story.subject.attributes("User")}
    if "password" not in places:
        return
    secret = f"Aa1!{story.name()}"
    user = story.make("User", password=secret)
    query = f"userName eq {_quoted(user['userName'])} and password eq {_quoted(secret)}"
    users = story.subject.endpoint_of("User")
    answer = story.get(f"{users}?filter={quote(query, safe='')}")
    if answer.status == 403:
        story.error("SEC-002", answer, 403, "sensitive")
        posted = _search(story, query)
        story.expect(
            "SEC-002",
            posted.document.get("scimType") != "sensitive",
            "not sensitive, for the query is in no URL",
        )
    else:
        story.expect(
            "SEC-002",
            answer.status in (200, 400) and (answer.status == 400 or secret not in answer.text),
            "403 sensitive, 400, or 200 without the password",
        )


def _search(story: Story, query: str) -> Answer:
    body = {"schemas": [SEARCH_REQUEST], "filter": query, "count": 1}
    return story.post(f"{story.subject.endpoint_of('User')}/.search", body)


@check("SEC-007")
def no_cache_keeps_what_is_personal(story: Story) -> None:
    """Answers with resources do not let shared caches keep them.

    What answers a request with Authorization is kept by none that is not told to (RFC 9111 §3.5).
    """
    user = story.make("User")
    for path in (story.at("User", user), f"{story.subject.endpoint_of('User')}?count=1"):
        answer = story.get(path)
        said = answer.headers.get("cache-control", "").lower()
        shared = any(word in said for word in ("public", "s-maxage", "must-revalidate"))
        kept = shared and "no-store" not in said and "private" not in said
        story.expect("SEC-007", not kept, "Cache-Control no-store or private, or none")
