"""RFC 7644 §3.4.2.3: sorting."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conformance.check import check
from conformance.published import extension_text
from conformance.querying import Cohort, asked, begins, cohort, rows
from conformance.story import Story


@check("SRT-001", "SRT-002", "SRT-003", needs=("sort", "filter"))
def a_list_is_sorted(story: Story) -> None:
    """sortBy orders the list, ascending unless descending is asked for."""
    titles = {"c": "cherry", "a": "apple", "D": "Damson", "B": "Banana"}
    people = cohort(story, **{key: {"title": title} for key, title in titles.items()})
    if not people.keeps("title"):
        return
    # Where case matters the order of A and a is the server's collation.
    exact = {
        place.path(): place.definition.get("caseExact")
        for place in story.subject.attributes("User")
    }
    right = ["a", "c"] if exact["title"] else ["a", "B", "c", "D"]
    for order, wanted in (
        (None, right),
        ("ascending", right),
        ("descending", right[::-1]),
    ):
        asked_for = {"sortBy": "title"} | ({"sortOrder": order} if order else {})
        found = people.found(people.ask(**asked_for)) or []
        ordered = [key for key in found if key in wanted]
        held = ordered == wanted
        told = f"them in the order {', '.join(wanted)}"
        story.expect("SRT-002" if order else "SRT-001", held, told)
        if not exact["title"]:
            story.expect("SRT-003", held, f"{told}: case does not matter")
    odd = people.ask(sortBy="title", sortOrder="up")
    story.expect(
        "SRT-002",
        odd.status == 400 or len(people.found(odd) or ()) == len(titles),
        "400, or the list as if the order were not given",
    )


@check("SRT-001", "SRT-008", needs=("sort", "filter", "index"))
def sorting_comes_before_paging(story: Story) -> None:
    """Pages of a sorted list follow each other; equal values are neither repeated nor lost."""
    titles = {"c": "cherry", "a": "apple", "d": "damson", "b": "banana"}
    people = cohort(
        story, **{key: {"title": title, "nickName": "same"} for key, title in titles.items()}
    )
    if people.keeps("title"):
        paged = _pages(people, "title")
        story.expect("SRT-001", paged == sorted(titles), "a, b, c, d over two pages")
    if people.keeps("nickName"):
        paged = _pages(people, "nickName")
        story.expect("SRT-008", sorted(paged) == sorted(titles), "everybody once over two pages")


@check("SRT-003", needs=("sort", "filter"))
def times_are_sorted_as_instants(story: Story) -> None:
    """A list by meta.created is in the order of time."""
    people = cohort(story, a={}, b={}, c={})
    for order in ("ascending", "descending"):
        answer = people.ask(sortBy="meta.created", sortOrder=order)
        times = [
            datetime.fromisoformat(people.shown[key]["meta"]["created"])
            for key in people.found(answer) or ()
        ]
        right = len(times) == 3 and times == sorted(times, reverse=order == "descending")
        story.expect("SRT-003", right, f"all three, their times {order}")


@check("SRT-004", needs=("sort", "filter"))
def of_several_values_the_primary_counts(story: Story) -> None:
    """A list by emails.value goes by the primary one, or else by the first."""
    people = cohort(
        story,
        b={"emails": [_primary("c@example.com"), {"value": "a@example.com", "type": "home"}]},
        c={"emails": [{"value": "d@example.com", "type": "home"}]},
        a={"emails": [{"value": "z@example.com", "type": "home"}, _primary("b@example.com")]},
    )
    if people.keeps("emails"):
        keys = {key: _email(shown) for key, shown in people.shown.items()}
        wanted = sorted(keys, key=keys.__getitem__)
        found = people.found(people.ask(sortBy="emails.value"))
        story.expect("SRT-004", found == wanted, f"them in the order {', '.join(wanted)}")


@check("SRT-005", needs=("sort", "filter"))
def a_complex_value_is_sorted_by_a_part(story: Story) -> None:
    """name.familyName sorts; name alone is refused or ignored."""
    names = {"c": "cole", "a": "ames", "b": "boyd"}
    people = cohort(story, **{key: {"name": {"familyName": name}} for key, name in names.items()})
    if people.keeps("name"):
        found = people.found(people.ask(sortBy="name.familyName"))
        story.expect("SRT-005", found == ["a", "b", "c"], "them in the order a, b, c")
        whole = people.ask(sortBy="name")
        story.expect(
            "SRT-005",
            whole.status == 400 or sorted(people.found(whole) or ()) == ["a", "b", "c"],
            "400, or the three of them",
        )


@check("SRT-006", needs=("sort", "filter"))
def no_value_comes_last(story: Story) -> None:
    """Who has no value is last ascending and first descending."""
    people = cohort(story, x={}, a={"title": "apple"}, b={"title": "banana"})
    if people.keeps("title"):
        for order, wanted in (("ascending", ["a", "b", "x"]), ("descending", ["x", "b", "a"])):
            found = people.found(people.ask(sortBy="title", sortOrder=order))
            story.expect("SRT-006", found == wanted, f"them in the order {', '.join(wanted)}")


@check("SRT-007", unless=("sort",))
def where_nothing_is_sorted_the_parameters_are_ignored(story: Story) -> None:
    """Without sorting, sortBy changes nothing."""
    users = story.subject.endpoint_of("User")
    if story.get(asked(users, count=1)).status != 200:
        return
    answer = story.get(asked(users, sortBy="userName", sortOrder="descending", count=1))
    story.expect("SRT-007", answer.status == 200, "200, as without them")


def _pages(people: Cohort, attribute: str) -> list[str]:
    """Keys of both pages of two, in the order of the list."""
    pages = [people.ask(sortBy=attribute, startIndex=start, count=2) for start in (1, 3)]
    return [
        people.keys.get(row["id"], row["id"])
        for page in pages
        for row in page.document["Resources"]
    ]


def _primary(value: str) -> dict[str, Any]:
    return {"value": value, "type": "work", "primary": True}


def _email(shown: Mapping[str, Any]) -> str:
    emails = shown["emails"]
    return str(next((each for each in emails if each.get("primary")), emails[0])["value"])


@check("SRT-001", needs=("sort", "filter"))
def extensions_are_sorted_by(story: Story) -> None:
    """sortBy takes the URI and name of an extension attribute, or refuses it."""
    place = extension_text(story.subject, "User")
    if place is None or place.urn is None:
        return
    mark, base = story.name(), story.subject.types["User"]["schema"]
    for text in ("b", "c", "a"):
        extra = {"schemas": [base, place.urn], **place.within(text)}
        story.make("User", userName=f"{mark}-{text}{story.subject.domain}", **extra)
    answer = story.get(
        asked(
            story.subject.endpoint_of("User"),
            filter=begins(story, f"{mark}-"),
            sortBy=place.path(),
        )
    )
    found = [place.value_in(row) for row in rows(answer)]
    right = found == ["a", "b", "c"] or answer.status == 400
    story.expect("SRT-001", right, "a, b and c in this order")
