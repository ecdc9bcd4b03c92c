"""RFC 7643 §2.5: unassigned and null values."""

from typing import Any

from conformance.check import check
from conformance.leaves import Leaf, document, leaves_of, places
from conformance.story import Story
from conformance.subject import Place


def _nothing(place: Place) -> list[object]:
    return [None, []] if place.definition.get("multiValued") else [None]


def _settable(story: Story, kind: str) -> dict[str, Any]:
    """Values for single and multi-valued texts of free form, by path."""
    free = {leaf.place.path(): leaf for leaf in leaves_of(story, kind) if _plain(leaf)}
    return {path: leaf.value(story, story.name()) for path, leaf in free.items()}


def _plain(leaf: Leaf) -> bool:
    # A certificate without its value is none.
    return leaf.free() and leaf.place.name != "x509Certificates"


@check("ATT-023")
def null_and_absence_are_the_same(story: Story) -> None:
    """Absent, null and [] lead to the same resource."""
    for kind in story.subject.types:
        endpoint = story.subject.endpoint_of(kind)
        bare = story.post(endpoint, story.new(kind))
        if bare.status != 201:
            continue
        for place in places(story, kind):
            # What the server fills in by itself has no state in common with null.
            if place.value_in(bare.document) is not None:
                continue
            for nothing in _nothing(place):
                made = story.post(endpoint, document(story, kind, {place.path(): nothing}))
                empty = made.status == 201 and place.value_in(made.document) in (None, [])
                expected = f"201 without {kind} {place.path()}, which is {nothing!r}"
                story.expect("ATT-023", empty, expected)


@check("ATT-024")
def null_takes_a_value_away(story: Story) -> None:
    """null by PUT or PATCH unassigns."""
    for kind in story.subject.types:
        values = {path: v for path, v in _settable(story, kind).items()}
        known = {p.path(): p for p in places(story, kind) if p.path() in values}
        sent = document(story, kind, {path: values[path] for path in known})
        made = story.post(story.subject.endpoint_of(kind), sent)
        if made.status != 201:
            continue
        at = story.at(kind, made.document)
        for path, place in known.items():
            if place.value_in(made.document) is None:
                continue
            if "patch" in story.subject.features:
                changed = story.patch(at, {"op": "replace", "path": path, "value": None})
                _gone(story, at, changed.status, kind, place)
            gone: object = [] if place.definition.get("multiValued") else None
            holder = sent if place.urn is None else sent[place.urn]
            kept, holder[place.name] = holder[place.name], gone
            _gone(story, at, story.put(at, sent).status, kind, place)
            holder[place.name] = kept
            story.put(at, sent)


def _gone(story: Story, at: str, status: int, kind: str, place: Place) -> None:
    empty = place.value_in(story.get(at).document) in (None, [])
    story.expect(
        "ATT-024", status in {200, 204} and empty, f"200 or 204, then no {kind} {place.path()}"
    )


@check("ATT-025")
def what_is_unassigned_is_left_out(story: Story) -> None:
    """A new resource shows no null."""
    for kind in story.subject.types:
        made = story.post(story.subject.endpoint_of(kind), story.new(kind))
        if made.status == 201:
            shown = [value for value in made.document.values() if value is None]
            story.expect("ATT-025", not shown, f"no null in a {kind}")
