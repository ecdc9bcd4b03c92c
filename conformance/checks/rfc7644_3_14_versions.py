"""RFC 7644 §3.14: versions of resources."""

from conformance.check import check
from conformance.story import Story

STALE = 'W/"conformance-none"'


@check("ETG-001", needs=("etag",))
def a_resource_has_a_version(story: Story) -> None:
    """ETag is in every answer with one resource, and changes with it and only with it."""
    user = story.make("User", displayName="one")
    at = story.at("User", user)
    first, again = story.get(at), story.get(at)
    tag = first.headers.get("etag")
    named = first.meta.get("version")
    story.expect("ETG-001", bool(tag) and named in (None, tag), "ETag, equal to meta.version")
    story.expect("ETG-001", again.headers.get("etag") == tag, "the same ETag again")
    two = story.new("User", userName=user["userName"], displayName="two")
    changed = story.put(at, two)
    story.expect("ETG-001", changed.headers.get("etag") not in (None, tag), "a new ETag")
    shown = story.get(at).headers.get("etag")
    story.expect("ETG-001", shown == changed.headers.get("etag"), "the ETag that PUT told")
    less = story.get(f"{at}?excludedAttributes=meta")
    story.expect("ETG-001", less.headers.get("etag") == shown, "the ETag, also without meta")
    if "patch" in story.subject.features:
        story.patch(at, {"op": "replace", "path": "displayName", "value": "three"})
        newer = story.get(at).headers.get("etag")
        story.expect("ETG-001", newer not in (None, tag, shown), "a new ETag after PATCH")
        known = story.get(at, If_None_Match=shown)
        story.expect("ETG-001", known.status == 200, "200 for the ETag of before")


@check("ETG-002", needs=("etag",))
def what_is_known_is_not_sent_again(story: Story) -> None:
    """If-None-Match with the current tag is 304 without a body; with another, 200."""
    at = story.at("User", story.make("User"))
    tag = story.get(at).headers.get("etag")
    for known in (tag, "*"):
        answer = story.get(at, If_None_Match=known)
        story.expect(
            "ETG-002",
            answer.status == 304 and not answer.text and answer.headers.get("etag") == tag,
            "304 with the ETag and without a body",
        )
    other = story.get(at, If_None_Match=STALE)
    story.expect("ETG-002", other.status == 200, "200")


@check("ETG-003", "ETG-004", needs=("etag",))
def what_others_changed_is_not_overwritten(story: Story) -> None:
    """If-Match with an old tag is 412 and changes nothing; the current one, a list and * do."""
    user = story.make("User", displayName="one")
    at = story.at("User", user)
    old = story.get(at).headers.get("etag")
    body = story.new("User", userName=user["userName"], displayName="two")
    current = story.put(at, body, If_Match=old)
    story.expect("ETG-003", current.status == 200, "200 with the current tag")
    change = {"op": "replace", "path": "displayName", "value": "stale"}
    story.error("ETG-003", story.put(at, {**body, "displayName": "stale"}, If_Match=old), 412)
    if "patch" in story.subject.features:
        story.error("ETG-003", story.patch(at, change, If_Match=old), 412)
    story.error("ETG-003", story.delete(at, If_Match=old), 412)
    shown = story.get(at)
    story.expect("ETG-003", shown.document.get("displayName") == "two", "the user unchanged")
    tags = f"{STALE}, {shown.headers.get('etag')}"
    listed = story.put(at, {**body, "displayName": "three"}, If_Match=tags)
    story.expect("ETG-004", listed.status == 200, "200 with the current tag in a list")
    any_tag = story.put(at, {**body, "displayName": "four"}, If_Match="*")
    story.expect("ETG-003", any_tag.status == 200, "200 with *")
    weak = story.get(at).headers.get("etag")
    story.expect("ETG-004", story.delete(at, If_Match=weak).status == 204, "204 with that tag")


@check("ETG-005", needs=("etag",))
def a_condition_creates_nothing(story: Story) -> None:
    """If-Match on an id that nobody has is 404 or 412."""
    at = f"{story.subject.endpoint_of('User')}/{story.name()}"
    for tag in (STALE, "*"):
        answer = story.put(at, story.new("User"), If_Match=tag)
        if answer.status in {200, 201}:
            story.made.append(at)
        story.error("ETG-005", answer, (404, 412))
