"""RFC 7644 §3.6: deleting resources."""

from urllib.parse import quote

from conformance.check import check
from conformance.story import Story


@check("DEL-001", "DEL-002")
def a_deleted_user_is_gone(story: Story) -> None:
    """DELETE answers 204; afterwards nothing finds the resource."""
    user = story.make("User")
    at = story.at("User", user)
    gone = story.delete(at)
    story.expect("DEL-001", gone.status == 204 and not gone.text, "204 without a body")
    story.error("DEL-002", story.get(at), 404)
    story.error("DEL-002", story.put(at, story.new("User", userName=user["userName"])), 404)
    story.error("DEL-002", story.delete(at), 404)
    if "patch" in story.subject.features:
        changed = story.patch(at, {"op": "replace", "path": "displayName", "value": "x"})
        story.error("DEL-002", changed, 404)
    if "filter" in story.subject.features:
        wanted = quote(f'userName eq "{user["userName"]}"')
        found = story.get(f"{story.subject.endpoint_of('User')}?filter={wanted}")
        story.expect(
            "DEL-002", found.document.get("totalResults") == 0, "no result of a search for it"
        )


@check("DEL-003")
def its_name_is_free_again(story: Story) -> None:
    """The userName of a deleted user can be taken."""
    user = story.make("User")
    story.delete(story.at("User", user))
    again = story.post(
        story.subject.endpoint_of("User"), story.new("User", userName=user["userName"])
    )
    story.expect("DEL-003", again.status == 201, "201")


@check("DEL-004")
def an_unknown_id_cannot_be_deleted(story: Story) -> None:
    """DELETE of an id that nobody has is 404."""
    answer = story.delete(f"{story.subject.endpoint_of('User')}/{story.name()}")
    story.error("DEL-004", answer, 404)


@check("DEL-005")
def a_deleted_group_is_nobody_s(story: Story) -> None:
    """A deleted group leaves its members' groups; a deleted user leaves it, or stays a name.

    Integrity of members is the server's choice; that their groups are true is not.
    """
    if "Group" not in story.subject.types:
        return
    leaver, stayer = story.make("User"), story.make("User")
    members = [{"value": leaver["id"]}, {"value": stayer["id"]}]
    group = story.make("Group", members=members)
    story.delete(story.at("User", leaver))
    shown = story.get(story.at("Group", group)).document
    left = {member["value"] for member in shown.get("members", ())}
    story.expect(
        "DEL-005",
        left in ({stayer["id"]}, {stayer["id"], leaver["id"]}),
        "the other member still there",
    )
    ghost = {**story.new("Group"), "members": [{"value": leaver["id"]}]}
    if story.post(story.subject.endpoint_of("Group"), ghost).status == 400:
        # A server that takes none but those who exist shows none but those (RFC 7643 §2.3.7).
        story.expect("DEL-005", left == {stayer["id"]}, "the deleted user gone from its group")
    story.delete(story.at("Group", group))
    shown = story.get(story.at("User", stayer)).document
    story.expect("DEL-005", not shown.get("groups"), "a user without groups")
