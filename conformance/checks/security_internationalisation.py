"""RFC 7644 §5, §7.8: names that look alike are compared as RFC 8265 says."""

from collections.abc import Iterator
from unicodedata import normalize
from urllib.parse import quote

from conformance.check import check
from conformance.story import Story

REFUSED = (400, 409)
"""A name that is taken; or one that the server takes from nobody, so that no twin comes in."""


def _wide(text: str) -> str:
    """The full-width forms of a text's letters and digits."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isalnum() and c.isascii() else c for c in text)


def _exact(story: Story, name: str) -> bool:
    return any(
        place.name == name and place.definition.get("caseExact") is True
        for place in story.subject.attributes("User")
    )


def _spellings(story: Story, name: str) -> Iterator[tuple[str, str]]:
    """What is the same name to RFC 8265 §3, each with the requirement that says so."""
    yield "INT-001", _wide(name)
    yield "INT-001", normalize("NFD", name)
    if not _exact(story, "userName"):
        yield "INT-002", name.upper()
        yield "INT-002", _wide(name.upper())
        yield "INT-002", normalize("NFD", name.upper())


@check("INT-001", "INT-002")
def a_name_is_taken_in_every_spelling(story: Story) -> None:
    """A userName in wide letters, decomposed or in other case is the same userName."""
    users = story.subject.endpoint_of("User")
    name = f"{story.name()}-né"
    if story.post(users, story.new("User", userName=name)).status != 201:
        return
    for requirement, spelling in _spellings(story, name):
        if spelling != name:
            second = story.post(users, story.new("User", userName=spelling))
            story.expect(requirement, second.status in REFUSED, "409: the name is taken")
            if second.status == 201:  # else the next spelling would clash with this one
                story.delete(story.at("User", second.document))


@check("INT-001", "INT-002", needs=("filter",))
def a_name_is_found_in_every_spelling(story: Story) -> None:
    """A filter finds a userName in wide letters, decomposed or in other case."""
    users = story.subject.endpoint_of("User")
    name = f"{story.name()}-né"
    made = story.post(users, story.new("User", userName=name))
    own = quote(f'userName eq "{name}"', safe="")
    if made.status != 201 or story.get(f"{users}?filter={own}").document.get("totalResults") != 1:
        return
    for requirement, spelling in _spellings(story, name):
        wanted = quote(f'userName eq "{spelling}"', safe="")
        found = story.get(f"{users}?filter={wanted}").document
        story.expect(requirement, found.get("totalResults") == 1, "the user of that name")


@check("INT-004")
def a_name_with_a_space_is_kept_or_refused(story: Story) -> None:
    """A userName that IdentifierClass forbids is refused, or kept as it was sent."""
    for sign in (" ", "+", "♥"):
        name = f"{story.name()}{sign}smith"
        answer = story.post(story.subject.endpoint_of("User"), story.new("User", userName=name))
        story.expect(
            "INT-004",
            answer.status == 400
            or (answer.status == 201 and answer.document.get("userName") == name),
            "201 with the same userName, or 400",
        )
        if answer.status == 201:
            put = story.put(story.at("User", answer.document), story.new("User", userName=name))
            story.expect("INT-004", put.status == 200, "200 for PUT of what POST took")


@check("INT-005", needs=("filter",))
def every_operator_prepares_texts_alike(story: Story) -> None:
    """eq, sw, co and ew agree which spellings of a text are the same."""
    if _exact(story, "displayName"):
        return
    mark = story.name()
    text = f"CAFÉ {mark} ÉTÉ"
    user = story.make("User", displayName=text)
    if user.get("displayName") != text:
        return
    for spelling in (text.lower(), text.title(), normalize("NFD", text)):
        said = {
            operator: _finds(story, user["userName"], operator, spelling)
            for operator in ("eq", "sw", "co", "ew")
        }
        answers = {each for each in said.values() if each is not None}
        story.expect("INT-005", len(answers) <= 1, "the same result for eq, sw, co and ew")
    plain = "".join(each.lower() if each.isascii() else each for each in text)
    if _finds(story, user["userName"], "eq", plain):  # else it is not for É alone (FIL-011)
        lower = _finds(story, user["userName"], "eq", text.lower())
        story.expect("INT-005", lower is not False, "É found as é, as E is found as e")


def _finds(story: Story, name: str, operator: str, text: str) -> bool | None:
    query = quote(f'userName eq "{name}" and displayName {operator} "{text}"', safe="")
    answer = story.get(f"{story.subject.endpoint_of('User')}?filter={query}")
    total = answer.document.get("totalResults")
    return total == 1 if answer.status == 200 and isinstance(total, int) else None
