"""RFC 7644 §3.9 and §3.4.2.5: which attributes an answer has."""

from typing import Any

from conformance.check import check
from conformance.querying import Cohort, asked, cohort, rows
from conformance.story import Interrupted, Story
from conformance.subject import is_server_s
from conformance.wire import Json

ALWAYS = frozenset({"id", "schemas"})
"""What every resource has (RFC 7643 §3, §3.1)."""
ADA: Json = {
    "displayName": "Ada",
    "title": "Engineer",
    "name": {"givenName": "Ada", "familyName": "Ames"},
    "emails": [
        {"value": "ada@one.example", "type": "work"},
        {"value": "ada@two.example", "type": "home"},
    ],
}


@check("PRJ-002", "PRJ-003", "PRJ-004", "PRJ-005", "PRJ-010", "PRJ-011")
def attributes_are_chosen(story: Story) -> None:
    """``attributes`` shows these alone, ``excludedAttributes`` all others."""
    people = _ada(story, "displayName", "title")
    always = ALWAYS | _returned(story, "always")
    one = _shown(people, attributes="userName")
    story.expect(
        "PRJ-002",
        {"id", "userName"} <= one.keys() <= always | {"userName"},
        f"userName, and what is always returned: {', '.join(sorted(always))}",
    )
    story.expect("PRJ-011", bool(one.get("schemas")), "schemas")
    less = _shown(people, excludedAttributes="displayName,id")
    story.expect(
        "PRJ-003",
        less == {k: v for k, v in people.shown["a"].items() if k != "displayName"},
        "everything but displayName; id is always returned",
    )
    story.expect("PRJ-011", bool(less.get("schemas")), "schemas")
    both = story.get(_at(people, attributes="displayName", excludedAttributes="title"))
    story.expect(
        "PRJ-004",
        both.status == 400 or (both.status == 200 and "title" not in both.document),
        "400, or no title, which neither parameter asks for",
    )
    for text in ("userName,displayName", "userName, displayName"):
        two = _shown(people, attributes=text)
        listed = {"userName", "displayName"} <= two.keys() and "title" not in two
        story.expect("PRJ-005", listed, "userName and displayName, no title")
    odd = story.get(_at(people, attributes="userName,notInAnySchema"))
    right = odd.status == 200 and odd.document.get("userName") == people.name("a")
    story.expect("PRJ-010", right, "200 with userName")


@check("PRJ-001")
def every_answer_with_a_resource_is_projected(story: Story) -> None:
    """Both parameters work for reading, listing, POST, PUT and PATCH."""
    people = _ada(story, "displayName", "title")
    at, users = story.at("User", people.shown["a"]), story.subject.endpoint_of("User")
    ada = {"displayName": "Ada", "title": "Engineer"}
    same = story.new("User", userName=people.name("a"), **ada)
    for parameters in ({"attributes": "displayName"}, {"excludedAttributes": "title"}):
        _projected(story, story.get(asked(at, **parameters)).document)
        _projected(story, story.post(asked(users, **parameters), story.new("User", **ada)).document)
        _projected(story, story.put(asked(at, **parameters), same).document)
        if "patch" in story.subject.features:
            change = {"op": "replace", "path": "displayName", "value": "Ada"}
            _projected(story, story.patch(asked(at, **parameters), change).document)
        if "filter" in story.subject.features:
            _projected(story, next(iter(rows(people.ask(**parameters))), {}))


@check("PRJ-006", "PRJ-007", "PRJ-008")
def parts_are_chosen(story: Story) -> None:
    """A part is named after its attribute, an attribute after its schema, in any case."""
    for place in story.subject.attributes("User"):
        parts = place.definition.get("subAttributes") or ()
        chosen = place.path() in ("name", "emails")
        if chosen and any(part.get("returned") == "always" for part in parts):
            return
    people = _ada(story, "name", "emails")
    core = story.subject.types["User"]["schema"]
    whole = people.shown["a"]
    for path in ("name.givenName", "NAME.GIVENNAME", f"{core}:name.givenName"):
        name = _shown(people, attributes=path).get("name")
        story.expect("PRJ-006", name == {"givenName": "Ada"}, "name with givenName alone")
    named = _shown(people, attributes="name,emails")
    same = (named.get("name"), named.get("emails")) == (whole["name"], whole["emails"])
    story.expect("PRJ-007", same, "name and emails as they are shown in whole")
    values = _shown(people, attributes="emails.value").get("emails")
    wanted = [each["value"] for each in whole["emails"]]
    alone = isinstance(values, list) and [each.get("value") for each in values] == wanted
    story.expect(
        "PRJ-007", alone and not any("type" in each for each in values or ()), "values, no types"
    )
    less = _shown(people, excludedAttributes="name.familyName").get("name")
    left = {part: value for part, value in whole["name"].items() if part != "familyName"}
    story.expect("PRJ-008", less == left, "name without familyName")
    types = _shown(people, excludedAttributes="emails.type").get("emails") or [{}]
    right = [set(each) & {"value", "type"} for each in types] == [{"value"}] * 2
    story.expect("PRJ-008", right, "emails without type")


@check("PRJ-009")
def secrets_are_not_shown_when_named(story: Story) -> None:
    """What is never returned is not; what is returned on request comes when it is named."""
    for place in story.subject.attributes("User"):
        returned = place.definition.get("returned")
        if returned not in ("never", "request") or is_server_s(place.definition):
            continue
        body = story.new("User") | place.within(story.subject.sample(place.definition))
        if place.urn:
            body["schemas"] = [*body["schemas"], place.urn]
        made = story.post(story.subject.endpoint_of("User"), body)
        if made.status != 201:
            continue
        named = story.get(asked(story.at("User", made.document), attributes=place.path()))
        there = place.value_in(named.document) is not None
        if returned == "never":
            story.expect("PRJ-009", not there, f"no {place.path()}")
        else:
            unasked = place.value_in(made.document) is not None
            story.expect("PRJ-009", there and not unasked, f"{place.path()} only when named")


@check("PRJ-006", "PRJ-012")
def an_extension_is_chosen(story: Story) -> None:
    """An attribute of an extension is named by URN and name, the whole extension by its URN."""
    subject = story.subject
    made = story.post(subject.endpoint_of("User"), subject.full("User")).document
    at = story.at("User", made)
    for urn in {place.urn for place in subject.attributes("User") if place.urn in made}:
        name = next(iter(made[urn]))
        one = story.get(asked(at, attributes=f"{urn}:{name}")).document
        story.expect("PRJ-006", set(one.get(urn, ())) == {name}, f"{name} alone of {urn}")
        # §3.10 leaves open whether a URN alone is the notation of anything.
        whole = story.get(asked(at, attributes=urn))
        shown = whole.document
        right = shown.get(urn) == made[urn] and "userName" not in shown.keys() - _names(story)
        story.expect("PRJ-012", right or whole.status == 400, f"400, or {urn} in whole")
        less = story.get(asked(at, excludedAttributes=urn))
        right = urn not in less.document and "userName" in less.document
        story.expect("PRJ-012", right or less.status == 400, f"400, or all but {urn}")


def _projected(story: Story, document: Json) -> None:
    right = "displayName" in document and "title" not in document
    story.expect("PRJ-001", right, "displayName and no title")


def _ada(story: Story, *needed: str) -> Cohort:
    people = cohort(story, a=ADA)
    if not people.keeps(*needed):
        raise Interrupted(f"users have no {' and '.join(needed)}")
    # What later answers are compared with is what GET shows; POST may show more.
    people.shown["a"] = story.get(story.at("User", people.shown["a"])).document
    return people


def _at(people: Cohort, **parameters: str) -> str:
    return asked(people.story.at("User", people.shown["a"]), **parameters)


def _shown(people: Cohort, **parameters: str) -> dict[str, Any]:
    return people.story.get(_at(people, **parameters)).document


def _returned(story: Story, when: str) -> set[str]:
    """Top-level attributes, and extensions with an attribute, that are returned so."""
    return {
        place.urn or place.name
        for place in story.subject.attributes("User")
        if place.definition.get("returned") == when
    }


def _names(story: Story) -> set[str]:
    return set(ALWAYS | _returned(story, "always"))
