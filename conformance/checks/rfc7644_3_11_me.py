"""RFC 7644 §3.11: /Me. It is only read: who is behind it was not made here."""

from conformance.check import check
from conformance.story import Story
from conformance.urns import ERROR


@check("MEE-001", "MEE-002", "MEE-003", "MEE-004")
def me_is_somebody_or_an_error(story: Story) -> None:
    """GET /Me answers the client's own user, redirects to it, or says why not."""
    stranger = None if story.subject.read_only else story.make("User")
    answer = story.get("/Me")
    location = answer.headers.get("location")
    if answer.status == 501:
        shown = ERROR in (answer.document.get("schemas") or ())
        story.expect("MEE-001", shown, "a SCIM error with 501")
    elif answer.status in {301, 302, 303, 307, 308}:
        story.expect("MEE-002", answer.status == 308 and bool(location), "308 with a Location")
    elif answer.status == 200:
        meta = answer.document.get("meta") or {}
        story.expect(
            "MEE-003",
            bool(location) and location == meta.get("location"),
            "a Location header equal to meta.location",
        )
        # No credential is of a user who was made a moment ago.
        known = stranger is not None and answer.document.get("id") == stranger["id"]
        story.expect("MEE-004", not known, "nobody who was only just made")
        at = f"{story.subject.endpoint_of('User')}/{answer.document.get('id')}"
        if str(location).endswith(at):
            same = story.get(at).document == answer.document
            story.expect("MEE-003", same, "what a GET of the permanent URI shows")
    else:
        # Of a server that has /Me, for a client that is nobody: 404 or 403.
        story.error("MEE-004", answer, (403, 404))
