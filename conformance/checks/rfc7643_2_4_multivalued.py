"""RFC 7643 §2.4: multi-valued attributes, and the references in them."""

from typing import Any

from conformance.check import check
from conformance.leaves import document, has, places
from conformance.querying import asked, ids
from conformance.story import Story
from conformance.subject import Place, is_server_s


def _elements(story: Story, *parts: str) -> list[tuple[str, Place]]:
    """Multi-valued complex attributes of free form with these sub-attributes."""
    return [
        (kind, place)
        for kind in story.subject.types
        for place in places(story, kind)
        if place.definition.get("multiValued")
        and place.name not in {"x509Certificates", "ims"}
        and set(parts) <= {sub["name"] for sub in place.definition.get("subAttributes") or ()}
    ]


def _two(story: Story, place: Place) -> list[dict[str, Any]]:
    """Two values that differ, each with the other parts that its definition requires."""
    subs = place.definition["subAttributes"]
    rest = {
        sub["name"]: story.subject.sample(sub)
        for sub in subs
        if sub.get("required") and sub["name"] != "value" and not is_server_s(sub)
    }
    value = next(sub for sub in subs if sub["name"] == "value")
    return [{**rest, "value": each} for each in _values(story, place, value)]


def _values(story: Story, place: Place, value: dict[str, Any]) -> tuple[str, str]:
    if place.name == "emails":
        return f"{story.name()}@example.com", f"{story.name()}@example.com"
    if place.name == "phoneNumbers":
        return "tel:+1-201-555-0123", "tel:+1-201-555-0124"
    if value.get("type", "string") == "string":
        return "one", "two"
    return "https://example.com/one", "https://example.com/two"


@check("ATT-018")
def several_values_are_a_list(story: Story) -> None:
    """A multi-valued attribute is an array, also of one; a single value is refused."""
    for kind, place in _elements(story, "value"):
        one = _two(story, place)[0]
        endpoint = story.subject.endpoint_of(kind)
        listed = story.post(endpoint, document(story, kind, {place.path(): [one]}))
        shown = place.value_in(listed.document)
        held = listed.status == 201 and isinstance(shown, list) and len(shown) == 1
        story.expect("ATT-018", held, f"an array of one in {kind} {place.path()}")
        wrong = story.post(endpoint, document(story, kind, {place.path(): 5}))
        story.expect("ATT-018", wrong.status == 400, f"400, for 5 is no array: {place.path()}")
        # A server may read a lone element for old clients' sake, if it then shows an array.
        lone = story.post(endpoint, document(story, kind, {place.path(): _two(story, place)[0]}))
        listed_all_the_same = isinstance(place.value_in(lone.document), list)
        story.expect(
            "ATT-018",
            lone.status == 400 or (lone.status == 201 and listed_all_the_same),
            f"400, for an object is no array: {kind} {place.path()}",
        )


@check("ATT-019")
def one_value_at_most_is_primary(story: Story) -> None:
    """Of two primary values one remains, or the request is refused."""
    for kind, place in _elements(story, "value", "primary"):
        endpoint = story.subject.endpoint_of(kind)
        two = [{**each, "primary": True} for each in _two(story, place)]
        made = story.post(endpoint, document(story, kind, {place.path(): two}))
        _one_primary(story, made.status, place, made.document)
        two = [{**each, "primary": True} for each in _two(story, place)]
        made = story.post(endpoint, document(story, kind, {place.path(): two[:1]}))
        if made.status != 201 or "patch" not in story.subject.features:
            continue
        at = story.at(kind, made.document)
        changed = story.patch(at, {"op": "add", "path": place.path(), "value": two[1:]})
        _one_primary(story, changed.status, place, story.get(at).document)


def _one_primary(story: Story, status: int, place: Place, body: dict[str, Any]) -> None:
    shown = place.value_in(body)
    elements = shown if isinstance(shown, list) else []
    count = sum(each.get("primary") is True for each in elements)
    right = status == 400 or (status in {200, 201, 204} and count <= 1)
    story.expect("ATT-019", right, f"400, or one primary value in {place.path()}")


@check("ATT-020", needs=("filter",))
def no_primary_is_not_primary(story: Story) -> None:
    """A value without "primary" is not found as primary.

    Whether ``primary eq false`` finds what has no "primary" is left open (§3.4.2.2 of RFC 7644).
    """
    if not has(story, "User", "emails"):
        return
    ada = f"{story.name()}@example.com"
    user = story.make("User", emails=[{"value": ada}])
    users = story.subject.endpoint_of("User")
    for flag, wanted in (("true", ([],)), ("false", ([], [user["id"]]))):
        email = f'emails[value eq "{ada}" and primary eq {flag}]'
        text = f'userName eq "{user["userName"]}" and {email}'
        found = story.get(asked(users, filter=text))
        right = found.status == 200 and ids(found) in wanted
        story.expect("ATT-020", right, "nobody with a primary value")


@check("ATT-021")
def no_value_comes_back_twice(story: Story) -> None:
    """The same type and value are shown once."""
    for kind, place in _elements(story, "value", "type"):
        one = {**_two(story, place)[0]}
        kinds = next(s for s in place.definition["subAttributes"] if s["name"] == "type")
        one["type"] = (kinds.get("canonicalValues") or ["work"])[0]
        sent = document(story, kind, {place.path(): [one, dict(one)]})
        made = story.post(story.subject.endpoint_of(kind), sent)
        shown = place.value_in(made.document)
        once = made.status == 201 and isinstance(shown, list) and len(shown) == 1
        expected = f"400, or one value in {kind} {place.path()}"
        story.expect("ATT-021", made.status == 400 or once, expected)
