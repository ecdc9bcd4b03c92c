"""RFC 7644 §3.5.2.2: removing with PATCH."""

from conformance.check import check
from conformance.patching import becomes, element, unassigned, values
from conformance.published import writable
from conformance.story import Story
from conformance.wire import Json


def _pair(story: Story) -> tuple[Json, Json]:
    """Addresses at work and at home."""
    return story.address("work", display="Work"), story.address("home", display="Home")


@check("PAT-026", "PAT-030", needs=("patch",))
def some_things_cannot_be_removed(story: Story) -> None:
    """remove without path is noTarget; of what is required or readOnly, mutability."""
    user = story.make("User")
    at = story.at("User", user)
    story.error("PAT-026", story.patch(at, {"op": "remove"}), 400, "noTarget")
    for path in ("userName", "id"):
        answer = story.patch(at, {"op": "remove", "path": path})
        story.error("PAT-030", answer, 400, "mutability")
    shown = story.get(at).document
    story.expect("PAT-030", shown.get("userName") == user["userName"], "the userName still there")


@check("PAT-027", "PAT-028", needs=("patch",))
def remove_takes_away_what_its_path_names(story: Story) -> None:
    """An attribute, all of its values, those that a filter matches, or a part of them."""
    names = ("title", "emails.value", "emails.type", "emails.display")
    if not writable(story.subject, "User", *names):
        return
    work, home = _pair(story)
    at = story.at("User", story.make("User", title="Before", emails=[work, home]))
    becomes(
        story,
        "PAT-027",
        at,
        [{"op": "remove", "path": "title"}],
        lambda shown: unassigned(shown, "title") and len(values(shown, "emails")) == 2,
        "no title, and both addresses",
    )
    becomes(
        story,
        "PAT-028",
        at,
        [{"op": "remove", "path": 'emails[type eq "work"].display'}],
        lambda shown: (
            unassigned(element(shown, "emails", "work"), "display")
            and element(shown, "emails", "work").get("value") == work["value"]
            and element(shown, "emails", "home").get("display") == "Home"
        ),
        "the work address without its display, the other with it",
    )
    becomes(
        story,
        "PAT-028",
        at,
        [{"op": "remove", "path": 'emails[type eq "work"]'}],
        lambda shown: values(shown, "emails") == [home["value"]],
        "the home address alone",
    )
    becomes(
        story,
        "PAT-028",
        at,
        [{"op": "remove", "path": 'emails[type eq "home"]'}],
        lambda shown: unassigned(shown, "emails"),
        "no addresses",
    )
    again = story.at("User", story.make("User", emails=[*_pair(story)]))
    becomes(
        story,
        "PAT-027",
        again,
        [{"op": "remove", "path": "emails"}],
        lambda shown: unassigned(shown, "emails"),
        "no addresses",
    )


@check("PAT-029", needs=("patch",))
def who_is_no_member_can_be_removed(story: Story) -> None:
    """Removing somebody who is no member succeeds and changes nothing."""
    if not writable(story.subject, "Group", "members.value"):
        return
    member, stranger = story.make("User"), story.make("User")
    group = story.make("Group", displayName=story.name(), members=[{"value": member["id"]}])
    becomes(
        story,
        "PAT-029",
        story.at("Group", group),
        [{"op": "remove", "path": f'members[value eq "{stranger["id"]}"]'}],
        lambda shown: values(shown, "members") == [member["id"]],
        "the member that there was",
    )


@check("PAT-027", "PAT-028", needs=("patch",))
def remove_takes_away_nothing_else(story: Story) -> None:
    """A part of a name goes and the other stays; who leaves one group stays in another."""
    if writable(story.subject, "User", "name.givenName", "name.familyName"):
        name = {"givenName": "Ada", "familyName": "King"}
        becomes(
            story,
            "PAT-027",
            story.at("User", story.make("User", name=name)),
            [{"op": "remove", "path": "name.givenName"}],
            lambda shown: (
                unassigned(shown.get("name") or {}, "givenName")
                and (shown.get("name") or {}).get("familyName") == "King"
            ),
            "the familyName alone",
        )
    if not writable(story.subject, "Group", "members.value"):
        return
    user = story.make("User")
    one, other = (
        story.at(
            "Group", story.make("Group", displayName=story.name(), members=[{"value": user["id"]}])
        )
        for _ in range(2)
    )
    story.patch(one, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
    left = values(story.get(other).document, "members")
    story.expect("PAT-028", left == [user["id"]], "the member, in the other group")
