"""RFC 7644 §3.4.1: reading one resource."""

from conformance.check import check
from conformance.story import Story

LONG = 2000


@check("GET-001", "GET-002")
def a_resource_is_read_at_its_place(story: Story) -> None:
    """GET answers the resource; an unknown id, or one of another type, is 404."""
    user = story.make("User")
    shown = story.get(story.at("User", user))
    body = shown.document
    story.expect(
        "GET-001",
        shown.status == 200 and body.get("id") == user["id"] and "Resources" not in body,
        "200 with the resource itself",
    )
    unknown = story.get(f"{story.subject.endpoint_of('User')}/{story.name()}")
    story.error("GET-001", unknown, 404)
    if "Group" in story.subject.types:
        other = story.get(f"{story.subject.endpoint_of('Group')}/{user['id']}")
        story.error("GET-002", other, 404)


@check("GET-003")
def odd_ids_are_unknown(story: Story) -> None:
    """An id that cannot be one is unknown, or refused before it is looked up."""
    users = story.subject.endpoint_of("User")
    for odd in ("%2F..", "%00", "x" * LONG, "%27%20OR%201%3D1", "%F0%9F%99%82", "%FF", "-1"):
        # What stands before a server may refuse the characters or the length.
        story.error("GET-003", story.get(f"{users}/{odd}"), (400, 404, 414))
