"""RFC 7644 §3.5.2: what a PATCH operation may name, and what it must not write."""

from functools import partial

from conformance.check import check
from conformance.patching import DONE, becomes, refused, unassigned
from conformance.published import extension_text, immutable, place_of, writable
from conformance.story import Story
from conformance.subject import Place
from conformance.wire import Json

NOWHERE = ("invalidPath", "noTarget", "invalidFilter", "invalidSyntax", "invalidValue")
MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"


@check("PAT-007", "PAT-008", "PAT-014", needs=("patch",))
def a_malformed_path_is_refused(story: Story) -> None:
    """A path that is none, has a bad filter or an index is 400."""
    if not writable(story.subject, "User", "emails.value", "emails.type"):
        return
    user = story.make("User", emails=[story.address("work")])
    at = story.at("User", user)
    faults = {
        "PAT-007": ("emails[", 'emails[type eq "work"', "emails..value"),
        "PAT-008": ('emails[type zz "work"].value', "emails[type eq].value"),
        "PAT-014": ("emails[0]", "emails[0].value"),
    }
    for requirement, paths in faults.items():
        for path in paths:
            answer = story.patch(
                at, {"op": "replace", "path": path, "value": story.address("work")["value"]}
            )
            refused(story, requirement, answer, *NOWHERE)


@check("PAT-009", "PAT-011", needs=("patch",))
def a_path_may_begin_with_a_urn(story: Story) -> None:
    """The URN of a schema before an attribute; an extension that is written is in schemas."""
    user = story.make("User")
    at, core = story.at("User", user), story.subject.types["User"]["schema"]
    name = story.subject.user_name()
    becomes(
        story,
        "PAT-009",
        at,
        [{"op": "replace", "path": f"{core}:userName", "value": name}],
        lambda shown: shown.get("userName") == name,
        "the new userName",
    )
    place = extension_text(story.subject, "User")
    if place is None:
        return
    answer = story.patch(at, {"op": "add", "path": place.path(), "value": "After"})
    shown = story.get(at).document
    story.expect(
        "PAT-009",
        answer.status in DONE and place.value_in(shown) == "After",
        f"success, and then {place.path()} written",
    )
    if place.value_in(shown) is not None:
        story.expect(
            "PAT-011",
            place.urn in (shown.get("schemas") or ()),
            "the URI of the extension in schemas",
        )


@check("PAT-009", needs=("patch",))
def a_path_may_end_in_a_sub_attribute_of_an_extension(story: Story) -> None:
    """The manager's value, by its whole name."""
    place = place_of(story.subject, "User", MANAGER)
    if place is None or not writable(story.subject, "User", f"{MANAGER}.value"):
        return
    boss, user = story.make("User"), story.make("User")
    becomes(
        story,
        "PAT-009",
        story.at("User", user),
        [{"op": "add", "path": f"{MANAGER}.value", "value": boss["id"]}],
        lambda shown: (
            (shown.get(place.urn or "") or {}).get("manager", {}).get("value") == boss["id"]
        ),
        "the manager that was set",
    )


@check("PAT-010", needs=("patch",))
def a_path_may_be_an_extension(story: Story) -> None:
    """The URN of an extension stands for all of its data."""
    place = extension_text(story.subject, "User")
    if place is None or place.urn is None:
        return
    at, urn = story.at("User", story.make("User")), place.urn
    answer = story.patch(at, {"op": "add", "path": urn, "value": {place.name: "After"}})
    shown = story.get(at).document
    # Figure 7 leaves open whether a URN alone is a path.
    held = answer.status in DONE and place.value_in(shown) == "After"
    story.expect("PAT-010", held or answer.status == 400, "400, or the attribute written")
    answer = story.patch(at, {"op": "remove", "path": urn})
    shown = story.get(at).document
    held = answer.status in DONE and unassigned(shown, urn)
    story.expect("PAT-010", held or answer.status == 400, "400, or no extension data")


@check("PAT-012", needs=("patch",))
def the_base_schema_stays(story: Story) -> None:
    """schemas may be given an extension for later operations; the base schema never goes."""
    core = story.subject.types["User"]["schema"]
    at = story.at("User", story.make("User"))
    story.patch(at, {"op": "remove", "path": "schemas"})
    shown = story.get(at).document
    story.expect("PAT-012", core in (shown.get("schemas") or ()), f"{core} still in schemas")
    place = extension_text(story.subject, "User")
    if place is None:
        return
    becomes(
        story,
        "PAT-012",
        at,
        [
            {"op": "add", "path": "schemas", "value": [place.urn]},
            {"op": "add", "path": place.path(), "value": "After"},
        ],
        lambda shown: place.value_in(shown) == "After" and core in (shown.get("schemas") or ()),
        "the extension's attribute written",
    )


@check("PAT-015", needs=("patch",))
def what_is_read_only_is_refused(story: Story) -> None:
    """A path to a readOnly attribute is 400 mutability."""
    user = story.make("User")
    at = story.at("User", user)
    wrong = {"id": story.name(), "meta.created": "2000-01-01T00:00:00Z"}
    for path, value in wrong.items():
        answer = story.patch(at, {"op": "replace", "path": path, "value": value})
        refused(story, "PAT-015", answer, "mutability")
    groups = place_of(story.subject, "User", "groups")
    if groups is not None and groups.definition.get("mutability") == "readOnly":
        element = [{"value": story.name()}]
        answer = story.patch(at, {"op": "add", "path": "groups", "value": element})
        refused(story, "PAT-015", answer, "mutability")


@check("PAT-017", needs=("patch",))
def what_is_immutable_is_written_once(story: Story) -> None:
    """An immutable attribute takes a value while it is empty, and then keeps it."""
    for kind in story.subject.types:
        place = immutable(story.subject, kind)
        if place is None:
            continue
        at = story.at(kind, story.make(kind))
        becomes(
            story,
            "PAT-017",
            at,
            [{"op": "add", "path": place.path(), "value": "first"}],
            partial(_has, place, "first"),
            "an empty slot filled",
        )
        change = {"op": "replace", "path": place.path(), "value": "second"}
        refused(story, "PAT-017", story.patch(at, change), "mutability")
        gone = story.patch(at, {"op": "remove", "path": place.path()})
        refused(story, "PAT-017", gone, "mutability")
        return


@check("PAT-040", needs=("patch",))
def a_sub_attribute_that_members_lack_is_no_fault_of_the_server(story: Story) -> None:
    """members[…].displayName is met with an answer, not a failure."""
    if not writable(story.subject, "Group", "members.value"):
        return
    user = story.make("User")
    group = story.make("Group", displayName=story.name(), members=[{"value": user["id"]}])
    at = story.at("Group", group)
    path = f'members[value eq "{user["id"]}"].displayName'
    answer = story.patch(at, {"op": "replace", "path": path, "value": "After"})
    shown = story.get(at).document
    story.expect(
        "PAT-040",
        (answer.status in DONE or answer.status == 400)
        and [each.get("value") for each in shown.get("members") or ()] == [user["id"]],
        "400, or success, and the member still there",
    )


def _has(place: Place, value: str, shown: Json) -> bool:
    return place.value_in(shown) == value
