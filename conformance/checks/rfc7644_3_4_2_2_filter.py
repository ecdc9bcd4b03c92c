"""RFC 7644 §3.4.2.2: what each operator of a filter finds."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from conformance.check import check
from conformance.leaves import has
from conformance.querying import Cohort, asked, cohort, ids
from conformance.story import Story
from conformance.wire import Json

OTHER_ZONE = timezone(timedelta(hours=2))


@check("FIL-001", "FIL-004", "FIL-005", needs=("filter",))
def equal_texts_are_found(story: Story) -> None:
    """eq finds what is equal, ne what is not."""
    people = cohort(
        story,
        a={"title": "Engineer", "active": True, "profileUrl": "https://example.com/a"},
        b={"title": "Engineers", "active": False, "profileUrl": "https://example.com/b"},
        c={},
    )
    people.judge(
        ("FIL-001", "userName", 'userName eq "{a}"', "a"),
        ("FIL-001", "userName", 'userName eq "{m}"', ""),
        ("FIL-004", "title", 'title eq "Engineer"', "a"),
        ("FIL-004", "title", 'title eq "Engine"', ""),
        ("FIL-004", "active", "active eq true", "a ?c"),
        ("FIL-004", "active", "active eq false", "b ?c"),
        ("FIL-004", "profileUrl", 'profileUrl eq "https://example.com/b"', "b"),
        # Whether ne finds what has no value is left open.
        ("FIL-005", "title", 'title ne "Engineer"', "b ?c"),
        ("FIL-005", "active", "active ne true", "b ?c"),
        ("FIL-005", "userName", 'userName ne "{a}"', "b c"),
    )


@check("FIL-004", "FIL-011", needs=("filter",))
def what_is_shown_is_found(story: Story) -> None:
    """eq finds every value of a user as it is shown, texts by caseExact, or is refused."""
    subject = story.subject
    made = story.post(subject.endpoint_of("User"), subject.full("User")).document
    people = Cohort(story, made["userName"], {made["id"]: "it"})
    for place in subject.attributes("User"):
        for path, told, value in _values(place.path(), place.definition, place.value_in(made)):
            operand = json.dumps(value, ensure_ascii=False)
            answer = story.get(_one(people, made["id"], f"{path} eq {operand}"))
            people.expect("FIL-004", answer, "it !")
            other = str(value).swapcase()
            if told["type"] == "string" and other != value:
                answer = story.get(_one(people, made["id"], f"{path} eq {json.dumps(other)}"))
                people.expect("FIL-011", answer, "!" if told.get("caseExact") else "it !")


@check("FIL-006", needs=("filter",))
def parts_of_texts_are_found(story: Story) -> None:
    """co, sw and ew find parts, beginnings and ends; no character is a wildcard."""
    people = cohort(
        story,
        a={"title": "100% a_b", "name": {"familyName": "O'Malley"}},
        b={"title": "100 axb", "name": {"familyName": "Malley"}},
        c={},
    )
    # The others narrow their filters by sw, and accuse nobody who refuses it.
    answer = story.get(people.all_url())
    story.expect("FIL-006", answer.status == 200, "200: sw is an operator of filters")
    people.judge(
        ("FIL-006", "name", 'name.familyName co "O\'Malley"', "a"),
        ("FIL-006", "name", 'name.familyName co "alle"', "a b"),
        ("FIL-006", "name", 'name.familyName sw "Mall"', "b"),
        ("FIL-006", "name", 'name.familyName ew "alley"', "a b"),
        ("FIL-006", "name", 'name.familyName ew "alle"', ""),
        ("FIL-006", "name", 'name.familyName sw "Malley"', "b"),
        ("FIL-006", "name", 'name.familyName ew "O\'Malley"', "a"),
        ("FIL-006", "title", 'title co "%"', "a"),
        ("FIL-006", "title", 'title sw "100%"', "a"),
        ("FIL-006", "title", 'title ew "a_b"', "a"),
        ("FIL-006", "title", 'title co ".*"', ""),
    )


@check("FIL-007", needs=("filter",))
def what_has_a_value_is_present(story: Story) -> None:
    """pr finds values; null and an empty list are none."""
    people = cohort(
        story,
        a={
            "title": "Engineer",
            "name": {"familyName": "Malley"},
            "emails": [{"value": "a@example.com"}],
        },
        b={"title": None, "emails": []},
        c={},
    )
    people.judge(
        ("FIL-007", "title", "title pr", "a"),
        ("FIL-007", "name", "name.familyName pr", "a"),
        ("FIL-007", "name", "name pr", "a"),
        ("FIL-007", "emails", "emails pr", "a"),
        ("FIL-007", "userName", "userName pr", "a b c"),
    )


@check("FIL-008", needs=("filter",))
def texts_are_in_order(story: Story) -> None:
    """gt, ge, lt and le compare texts by their letters."""
    titles = {"a": "apple", "b": "banana", "c": "cherry"}
    people = cohort(story, **{key: {"title": title} for key, title in titles.items()})
    people.judge(
        ("FIL-008", "title", 'title gt "banana"', "c"),
        ("FIL-008", "title", 'title ge "banana"', "b c"),
        ("FIL-008", "title", 'title lt "banana"', "a"),
        ("FIL-008", "title", 'title le "banana"', "a b"),
        ("FIL-008", "title", 'title gt "ban"', "b c"),
    )


@check("FIL-004", "FIL-008", needs=("filter",))
def times_are_instants(story: Story) -> None:
    """dateTimes compare as instants, whatever their offset."""
    people = cohort(story, a={})
    shown = people.shown["a"]["meta"].get("created")
    if shown is None:
        return
    created = datetime.fromisoformat(shown)
    # A text comparison goes astray here: the hour of the other zone is two ahead.
    before = _text(created - timedelta(minutes=1))
    after = _text(created + timedelta(minutes=1))
    people.judge(
        ("FIL-004", "userName", f'meta.created eq "{shown}"', "a"),
        ("FIL-008", "userName", f'meta.created gt "{before}"', "a"),
        ("FIL-008", "userName", f'meta.created ge "{before}"', "a"),
        ("FIL-008", "userName", f'meta.created gt "{after}"', ""),
        ("FIL-008", "userName", f'meta.created lt "{after}"', "a"),
        ("FIL-008", "userName", f'meta.created le "{after}"', "a"),
        ("FIL-008", "userName", f'meta.created lt "{before}"', ""),
        ("FIL-008", "userName", f'meta.created ge "{shown}"', "a"),
        ("FIL-008", "userName", f'meta.created le "{shown}"', "a"),
    )


@check("FIL-011", "ATT-026", needs=("filter",))
def case_matters_where_the_schema_says_so(story: Story) -> None:
    """A text of another case is equal unless caseExact is true."""
    texts = {"title": "Ada", "nickName": "Ada", "externalId": f"Ab-{story.name()}"}
    people = cohort(story, a=texts)
    exact = {
        place.name: bool(place.definition.get("caseExact", False))
        for place in story.subject.attributes("User")
        if place.urn is None
    }
    # The common attributes are caseExact (RFC 7643 §3.1), and need not be in the schema.
    exact |= {"externalId": True}
    for name in ("userName", "title", "nickName", "externalId"):
        if people.keeps(name):
            other = str(people.shown["a"][name]).swapcase()
            answer = story.get(_one(people, people.id("a"), f'{name} eq "{other}"'))
            for requirement in ("FIL-011", "ATT-026") if exact[name] else ("FIL-011",):
                people.expect(requirement, answer, "" if exact[name] else "a")


@check("FIL-023", needs=("filter",))
def texts_are_written_as_in_json(story: Story) -> None:
    """Quotes, backslashes and code points are escaped as JSON escapes them."""
    people = cohort(story, a={"displayName": 'say "hé" \\ now'}, b={"displayName": "say"})
    people.judge(
        ("FIL-023", "displayName", 'displayName eq "say \\"hé\\" \\\\ now"', "a"),
        ("FIL-023", "displayName", 'displayName eq "say \\"h\\u00e9\\" \\\\ now"', "a"),
        ("FIL-023", "displayName", 'displayName co "\\\\"', "a"),
        ("FIL-023", "displayName", 'displayName eq "\\u0073ay"', "b"),
    )


@check("FIL-027", needs=("filter",))
def null_is_no_value(story: Story) -> None:
    """eq null finds what has no value, ne null what has one; nothing is more or less."""
    people = cohort(story, a={"title": "Engineer"}, b={})
    people.judge(
        ("FIL-027", "title", "title eq null", "b !"),
        ("FIL-027", "title", "title ne null", "a !"),
        ("FIL-027", "title", "title gt null", "!"),
        ("FIL-027", "title", "title le null", "!"),
    )


@check("FIL-028", needs=("filter",))
def a_default_is_found_as_it_is_shown(story: Story) -> None:
    """Who was made without a boolean is found by the value that is shown."""
    people = cohort(story, a={})
    for place in story.subject.attributes("User"):
        value = place.value_in(people.shown["a"])
        if isinstance(value, bool):
            there, other = str(value).lower(), str(not value).lower()
            people.expect("FIL-028", people.ask(f"{place.path()} eq {there}"), "a")
            people.expect("FIL-028", people.ask(f"{place.path()} eq {other}"), "")


def _one(people: Cohort, id: str, filter: str) -> str:
    """The list of users with a filter that is narrowed to one."""
    users = people.story.subject.endpoint_of("User")
    return asked(users, filter=f'id eq "{id}" and {filter}')


def _values(path: str, told: Json, value: object) -> Iterator[tuple[str, Json, object]]:
    """The simple values in an attribute, each with its path and definition."""
    if isinstance(value, list):
        # Of several, one is as good as any.
        yield from _values(path, told, value[0] if value else None)
    elif isinstance(value, dict):
        for part in told.get("subAttributes") or ():
            yield from _values(f"{path}.{part['name']}", part, value.get(part["name"]))
    elif value is not None:
        yield path, told, value


def _text(instant: datetime) -> str:
    return instant.astimezone(OTHER_ZONE).isoformat()


@check("FIL-004", needs=("filter",))
def the_beginning_of_an_id_is_no_id(story: Story) -> None:
    """id eq finds the id, and no part of one."""
    user, users = story.make("User"), story.subject.endpoint_of("User")
    if ids(story.get(asked(users, filter=f'id eq "{user["id"]}"'))) != [user["id"]]:
        return  # A server need not filter by id; others tell.
    found = story.get(asked(users, filter=f'id eq "{user["id"][:-1]}"'))
    story.expect("FIL-004", found.status == 200 and user["id"] not in ids(found), "nobody")


@check("FIL-001", needs=("filter",))
def groups_are_filtered_too(story: Story) -> None:
    """Groups are found by their name and by their members, and no others."""
    if not has(story, "Group", "members"):
        return
    groups, member = story.subject.endpoint_of("Group"), story.make("User")
    mine = story.make("Group", displayName=story.name(), members=[{"value": member["id"]}])
    other = story.make(
        "Group", displayName=story.name(), members=[{"value": story.make("User")["id"]}]
    )
    found = story.get(asked(groups, filter=f'displayName eq "{mine["displayName"]}"'))
    story.expect("FIL-001", ids(found) == [mine["id"]], "the one group of this name")
    found = story.get(asked(groups, filter=f'members.value eq "{member["id"]}"'))
    if found.status == 200:
        right = mine["id"] in ids(found) and other["id"] not in ids(found)
        story.expect("FIL-001", right, "the group of this member, and not the other")


@check("FIL-001", "FIL-011", "FIL-015", needs=("filter",))
def no_term_and_no_value_is_passed_over(story: Story) -> None:
    """Every term counts, however many there are; every value of several; parts in any case."""
    people = cohort(
        story,
        a={
            "title": "Engineer",
            "nickName": "Ace",
            "emails": [
                {"value": "one@example.com", "type": "work"},
                {"value": "two@example.com", "type": "home"},
            ],
        },
        b={"title": "Engineer", "nickName": "Bee"},
    )
    people.judge(
        ("FIL-001", "title nickName", 'title eq "Engineer" and nickName eq "Ace"', "a"),
        (
            "FIL-001",
            "title nickName",
            'title pr and title eq "Engineer" and userName pr and nickName eq "Ace"',
            "a",
        ),
        ("FIL-015", "emails", 'emails.value eq "two@example.com"', "a"),
    )
    if people.keeps("title"):
        exact = any(
            place.name == "title" and place.definition.get("caseExact")
            for place in story.subject.attributes("User")
        )
        wanted = "" if exact else "a b"
        people.expect("FIL-011", people.ask('title co "GINE"'), wanted)
        people.expect("FIL-011", people.ask('title sw "eNGI"'), wanted)
    nobody = [f'userName eq "{people.mark}-nobody{number}"' for number in range(12)]
    last = f'userName eq "{people.name("b")}"'
    found = story.get(asked(story.subject.endpoint_of("User"), filter=" or ".join([*nobody, last])))
    people.expect("FIL-001", found, "b")
