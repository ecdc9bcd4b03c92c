"""RFC 7644 §3.5.2.1: adding with PATCH."""

from functools import partial

from conformance.check import check
from conformance.patching import DONE, becomes, element, elements, refused, values
from conformance.published import writable
from conformance.story import Story
from conformance.wire import Json


@check("PAT-018", "PAT-019", needs=("patch",))
def one_element_is_primary(story: Story) -> None:
    """A new primary address takes the mark from the one that had it; two at once fail."""
    if not writable(story.subject, "User", "emails.value", "emails.primary", "emails.type"):
        return
    work, home = story.address("work"), story.address("home")
    user = story.make("User", emails=[{**work, "primary": True}])
    at = story.at("User", user)
    becomes(
        story,
        "PAT-018",
        at,
        [{"op": "add", "path": "emails", "value": [{**home, "primary": True}]}],
        lambda shown: (
            values(shown, "emails") == [home["value"], work["value"]]
            and _primaries(shown) == [home["value"]]
        ),
        "both addresses, the new one alone primary",
    )
    two = [{**work, "primary": True}, {**home, "primary": True}]
    answer = story.patch(at, {"op": "replace", "path": "emails", "value": two})
    left = _primaries(story.get(at).document)
    # A server may also mend it: what counts is that never two are primary (RFC 7643 §2.4).
    story.expect(
        "PAT-019",
        answer.status in {*DONE, 400} and len(left) <= 1,
        "400, and at most one primary address afterwards",
    )


@check("PAT-020", needs=("patch",))
def add_without_a_path_merges(story: Story) -> None:
    """add needs a value; without a path, its attributes join the resource."""
    if not writable(story.subject, "User", "nickName", "emails.value", "emails.type"):
        return
    work, home = story.address("work"), story.address("home")
    user = story.make("User", displayName="Before", emails=[work])
    at = story.at("User", user)
    answer = story.patch(at, {"op": "add", "path": "nickName"})
    refused(story, "PAT-020", answer, "invalidValue", "invalidSyntax")
    becomes(
        story,
        "PAT-020",
        at,
        [{"op": "add", "value": {"nickName": "B", "emails": [home]}}],
        lambda shown: (
            (shown.get("nickName"), shown.get("displayName")) == ("B", "Before")
            and values(shown, "emails") == [home["value"], work["value"]]
        ),
        "the nickName and both addresses, the displayName as before",
    )


@check("PAT-021", "PAT-023", needs=("patch",))
def add_appends_and_sets(story: Story) -> None:
    """add appends to what has many values, sets what has one, and repeats nothing."""
    if not writable(story.subject, "User", "title", "emails.value", "emails.type"):
        return
    work, home = story.address("work"), story.address("home")
    third = story.address("home")
    at = story.at("User", story.make("User", title="Before", emails=[work]))
    both = [home["value"], work["value"]]
    for value, after in (([home], both), (third, None)):
        expected = after or sorted([*both, third["value"]])
        becomes(
            story,
            "PAT-021",
            at,
            [{"op": "add", "path": "emails", "value": value}],
            partial(_addresses, expected),
            "the new address beside the others",
        )
    becomes(
        story,
        "PAT-021",
        at,
        [{"op": "add", "path": "title", "value": "After"}],
        lambda shown: shown.get("title") == "After",
        "the new title",
    )
    present = elements(story.get(at).document, "emails")
    if present:
        becomes(
            story,
            "PAT-023",
            at,
            [{"op": "add", "path": "emails", "value": [present[0]]}],
            lambda shown: len(elements(shown, "emails")) == len(present),
            "no address twice",
        )


@check("PAT-022", needs=("patch",))
def add_merges_into_a_complex_attribute(story: Story) -> None:
    """Sub-attributes are added beside those that are there; a parent is made where none is."""
    if not writable(story.subject, "User", "name.familyName", "name.middleName"):
        return
    named = story.make("User", name={"familyName": "Lovelace"})
    becomes(
        story,
        "PAT-022",
        story.at("User", named),
        [{"op": "add", "path": "name", "value": {"middleName": "J"}}],
        lambda shown: _name(shown) == ("Lovelace", "J"),
        "familyName as before beside the new middleName",
    )
    nameless = story.make("User")
    becomes(
        story,
        "PAT-022",
        story.at("User", nameless),
        [{"op": "add", "path": "name.middleName", "value": "J"}],
        lambda shown: _name(shown)[1] == "J",
        "a name with the middleName",
    )


@check("PAT-024", needs=("patch",))
def add_with_a_filter_touches_no_other_element(story: Story) -> None:
    """add to emails[type eq "work"] is refused, or leaves the other address alone."""
    if not writable(story.subject, "User", "emails.value", "emails.type"):
        return
    work, home = story.address("work"), story.address("home")
    at = story.at("User", story.make("User", emails=[work, home]))
    new = story.address("work")["value"]
    change = {"op": "add", "path": 'emails[type eq "work"].value', "value": new}
    answer = story.patch(at, change)
    shown = story.get(at).document
    story.expect(
        "PAT-024",
        answer.status in {*DONE, 400}
        and element(shown, "emails", "home").get("value") == home["value"],
        "success or 400, and the home address as it was",
    )


def _primaries(shown: Json) -> list[str]:
    return [str(each.get("value")) for each in elements(shown, "emails") if each.get("primary")]


def _name(shown: Json) -> tuple[object, object]:
    name = shown.get("name") or {}
    return name.get("familyName"), name.get("middleName")


def _addresses(expected: list[str], shown: Json) -> bool:
    return values(shown, "emails") == expected
