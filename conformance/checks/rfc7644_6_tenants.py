"""RFC 7644 §6: what one tenant has is out of reach for another."""

from urllib.parse import quote

from conformance.check import check
from conformance.jobs import codes
from conformance.querying import begins
from conformance.story import Interrupted, Story
from conformance.urns import BULK_REQUEST, PATCH_OP
from conformance.wire import Answer, Json

CLOSED = (403, 404)


def _as_other(story: Story, method: str, path: str, body: object = None) -> Answer:
    return story.send(method, path, body, endpoint=story.subject.other)


def _twins(story: Story, **attributes: object) -> tuple[Json, Answer]:
    """A user here, and the answer to the same document in the other tenant."""
    sent = story.new("User", **attributes)
    users = story.subject.endpoint_of("User")
    mine = story.post(users, sent)
    if mine.status != 201:
        raise Interrupted(f"a User could not be made: {mine}")
    return mine.document, _as_other(story, "POST", users, sent)


@check("TEN-003", needs=("tenant",))
def an_id_of_another_tenant_is_unknown(story: Story) -> None:
    """The id of a user opens nothing with a credential of another tenant."""
    user = story.make("User", displayName="Ada")
    at = story.at("User", user)
    seen = _as_other(story, "GET", at)
    if seen.status == 200 and seen.document.get("userName") != user["userName"]:
        return  # ids may repeat (§6.2): this is somebody else's user, and is let alone
    if not story.expect("TEN-003", seen.status in CLOSED, "404 for a user of another tenant"):
        return
    changed = story.new("User", userName=user["userName"], displayName="Eve")
    answers = [_as_other(story, "PUT", at, changed), _as_other(story, "DELETE", at)]
    if "patch" in story.subject.features:
        operations = [{"op": "replace", "path": "displayName", "value": "Eve"}]
        schemas = [PATCH_OP]
        body = {"schemas": schemas, "Operations": operations}
        answers.append(_as_other(story, "PATCH", at, body))
    for answer in answers:
        story.expect("TEN-003", answer.status in CLOSED, "404 for a change from another tenant")
    shown = story.get(at)
    story.expect(
        "TEN-003",
        shown.status == 200 and shown.document.get("displayName") == "Ada",
        "the user as it was",
    )


@check("TEN-003", needs=("tenant", "filter"))
def a_search_finds_nothing_of_another_tenant(story: Story) -> None:
    """Neither the results nor the totals of another tenant count this one's users."""
    user = story.make("User", displayName="Ada")
    users = story.subject.endpoint_of("User")
    query = f'userName eq "{user["userName"]}"'
    own = story.get(f"{users}?filter={quote(query)}")
    if own.document.get("totalResults") != 1:
        return  # the filter does not work at all: other checks tell
    found = _as_other(story, "GET", f"{users}?filter={quote(query)}")
    story.expect(
        "TEN-003",
        found.status == 200
        and found.document.get("totalResults") == 0
        and user["id"] not in found.text,
        "a list without results",
    )


@check("TEN-003", needs=("tenant",))
def a_group_cannot_have_members_of_another_tenant(story: Story) -> None:
    """A group with a member of another tenant is refused, or shows nothing of that user."""
    if "Group" not in story.subject.types:
        return
    user = story.make("User", displayName=story.name())
    if _as_other(story, "GET", story.at("User", user)).status == 200:
        return  # ids may repeat (§6.2)
    body = story.new("Group", members=[{"value": user["id"]}])
    answer = _as_other(story, "POST", story.subject.endpoint_of("Group"), body)
    story.expect("TEN-003", user["displayName"] not in answer.text, "nothing of that user")
    shown = story.get(story.at("User", user)).document
    story.expect("TEN-003", not shown.get("groups"), "a user without groups of another tenant")


@check("TEN-003", needs=("tenant", "bulk"))
def a_bulk_request_reaches_nothing_of_another_tenant(story: Story) -> None:
    """An operation on a user of another tenant fails, and does nothing."""
    user = story.make("User")
    at = story.at("User", user)
    if _as_other(story, "GET", at).status == 200:
        return  # ids may repeat (§6.2)
    job = {"schemas": [BULK_REQUEST], "Operations": [{"method": "DELETE", "path": at}]}
    answer = _as_other(story, "POST", "/Bulk", job)
    story.expect(
        "TEN-003",
        not any(each.startswith("2") for each in codes(answer)) and story.get(at).status == 200,
        "no operation that succeeds, and the user still there",
    )


@check("TEN-003", "TEN-004", "TEN-005", needs=("tenant",))
def the_same_person_may_be_in_two_tenants(story: Story) -> None:
    """userName and externalId are taken in one tenant only; the ids tell nothing."""
    mine, theirs = _twins(story, externalId=story.name())
    story.expect("TEN-003", theirs.status != 409, "no conflict that tells who is in another tenant")
    if story.expect("TEN-004", theirs.status == 201, "201 for the same user in another tenant"):
        story.expect(
            "TEN-004",
            theirs.document.get("externalId") == mine.get("externalId"),
            "the externalId that the client of that tenant gave",
        )
        story.expect("TEN-005", theirs.document.get("id") != mine["id"], "two different ids")


@check("TEN-003", needs=("tenant", "cursor", "filter"))
def a_cursor_of_another_tenant_opens_nothing(story: Story) -> None:
    """A cursor shows nobody of the tenant that it was made in."""
    mark = story.name()
    names = [f"{mark}-{number}{story.subject.domain}" for number in range(3)]
    mine = {story.make("User", userName=name)["userName"] for name in names}
    wanted = quote(begins(story, f"{mark}-"))
    first = f"{story.subject.endpoint_of('User')}?filter={wanted}&count=1&cursor"
    cursor = story.get(first).document.get("nextCursor")
    if isinstance(cursor, str):
        taken = _as_other(story, "GET", f"{first}={quote(cursor, safe='')}")
        shown = {user.get("userName") for user in taken.document.get("Resources") or ()}
        story.expect("TEN-003", not shown & mine, "none of this tenant's users")
