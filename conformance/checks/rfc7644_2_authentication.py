"""RFC 7644 §2: who asks, and what is not answered without a credential."""

import base64
import json

from conformance.check import check
from conformance.jobs import created
from conformance.story import Story
from conformance.urns import BULK_REQUEST, SEARCH_REQUEST
from conformance.wire import Answer, Endpoint, misspelt

NO_CREDENTIAL = {"Authorization": None}
THROTTLED = 429
"""What a server may answer that counts failed authentications; it says nothing of this one."""


def _without(story: Story, method: str, path: str, body: object = None) -> Answer:
    return story.send(method, path, body, NO_CREDENTIAL)


@check("AUT-001", "UCS-001")
def nobody_reads_or_writes_without_a_credential(story: Story) -> None:
    """Without a credential, a user can be neither read nor listed, changed nor deleted."""
    user = story.make("User")
    at, users = story.at("User", user), story.subject.endpoint_of("User")
    changed = story.new("User")
    answers = [
        _without(story, "GET", at),
        _without(story, "GET", f"{users}?count=1"),
        _without(story, "PUT", at, changed),
        _without(story, "DELETE", at),
    ]
    for answer in answers:
        if answer.status == THROTTLED:
            return
        story.expect("AUT-001", answer.status == 401, "401 without a credential")
        story.expect(
            "UCS-001",
            answer.status in (401, 403) and "userName" not in answer.text,
            "nothing is told or done for who has no credential",
        )
        if answer.status == 401:
            story.expect(
                "AUT-001",
                bool(answer.headers.get("www-authenticate", "").strip()),
                "WWW-Authenticate with the schemes that the server takes",
            )
    shown = story.get(at)
    story.expect(
        "UCS-001",
        shown.status == 200 and shown.document.get("userName") == user["userName"],
        "the user as it was",
    )


@check("AUT-002")
def a_wrong_token_opens_nothing(story: Story) -> None:
    """A token that the server never gave out is 401."""
    own = story.subject.endpoint
    path = f"{story.subject.endpoint_of('User')}?count=1"
    for wrong in (story.name(), f"x{own.token}"):
        answer = story.send("GET", path, endpoint=Endpoint(own.base_url, wrong, own.headers))
        if answer.status != THROTTLED:
            story.expect("AUT-002", answer.status == 401, "401 for a token that is not valid")
    scheme = story.send("GET", path, headers={"Authorization": f"Unheard {story.name()}"})
    if scheme.status != THROTTLED:
        story.expect("AUT-002", scheme.status == 401, "401 for a scheme that nobody speaks")


@check("AUT-006")
def a_token_that_nobody_signed_is_refused(story: Story) -> None:
    """A JWT with alg "none", made by the client itself, is 401 (RFC 8725 §3.1, §3.2)."""
    own = story.subject.endpoint
    claims = _claims(own.token) or {"sub": "admin", "scope": "scim", "exp": 4102444800}
    forged = f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."
    path = f"{story.subject.endpoint_of('User')}?count=1"
    answer = story.send("GET", path, endpoint=Endpoint(own.base_url, forged, own.headers))
    if answer.status != THROTTLED:
        story.expect("AUT-006", answer.status == 401, "401 for a token without a signature")


@check("AUT-007")
def who_signs_up_alone_is_not_active_yet(story: Story) -> None:
    """POST without a credential is refused, or makes a user that is not active."""
    sent = story.new("User")
    answer = _without(story, "POST", story.subject.endpoint_of("User"), sent)
    if answer.status != THROTTLED:
        story.expect(
            "AUT-007",
            answer.status in (401, 403)
            or (answer.status == 201 and answer.document.get("active") is False),
            "401 or 403, or 201 with active false",
        )


def _part(content: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, object] | None:
    """What the examination's own token claims, if it is a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


@check("AUT-001")
def nobody_searches_or_sends_jobs_without_a_credential(story: Story) -> None:
    """Without a credential, a search and a job are 401 as well."""
    users, new = story.subject.endpoint_of("User"), story.new("User")
    search = {"schemas": [SEARCH_REQUEST], "count": 1}
    bodies: dict[str, object] = {f"{users}/.search": search, users: new}
    if "bulk" in story.subject.features:
        bodies["/Bulk"] = {"schemas": [BULK_REQUEST], "Operations": [created("one", users, new)]}
    for path, body in bodies.items():
        answer = _without(story, "POST", path, body)
        if answer.status not in (THROTTLED, 404):
            # Anonymous creation is another question (AUT-007).
            right = answer.status == 401 or (path == users and answer.status in (201, 403))
            story.expect("AUT-001", right, f"401 for POST {path} without a credential")


@check("AUT-002")
def every_part_of_a_token_counts(story: Story) -> None:
    """The own token with one character changed, well before its end, is 401."""
    own = story.subject.endpoint
    wrong = misspelt(own.token)
    if wrong is None:
        return
    path = f"{story.subject.endpoint_of('User')}?count=1"
    answer = story.send("GET", path, endpoint=Endpoint(own.base_url, wrong, own.headers))
    if answer.status != THROTTLED:
        story.expect("AUT-002", answer.status == 401, "401 for a token with one wrong character")
