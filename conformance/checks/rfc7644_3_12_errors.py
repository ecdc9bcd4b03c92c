"""RFC 7644 §3.12: how errors are told."""

from collections.abc import Iterator
from urllib.parse import quote

from conformance.check import check
from conformance.leaks import INSIDE
from conformance.patching import refused
from conformance.story import Story
from conformance.urns import ERROR
from conformance.wire import Answer, Endpoint

WITH_400 = {
    *("invalidFilter", "tooMany", "mutability", "invalidSyntax", "invalidPath", "noTarget"),
    *("invalidValue", "invalidVers", "invalidCursor", "expiredCursor", "invalidCount"),
}
KNOWN = {"uniqueness", "sensitive"} | WITH_400
TOLD = {400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 416, 429, 431, 501}
"""Table 8, and what HTTP itself has for the faults that are tried here."""


@check("ERR-001", "ERR-002", "ERR-003", "ERR-004", "ERR-006", "ERR-007")
def every_error_is_told_in_one_way(story: Story) -> None:
    """Faults of many kinds: each with a SCIM error, its status and a known scimType."""
    for answer in _faults(story):
        if answer.status < 400:
            continue
        body = answer.document
        said = body.get("scimType")
        story.expect("ERR-001", ERROR in (body.get("schemas") or ()), "a SCIM error as JSON")
        story.expect("ERR-004", answer.status in TOLD, "a status of Table 8, neither 422 nor 5xx")
        story.expect("ERR-007", not INSIDE.search(answer.text), "no traces")
        if ERROR not in (body.get("schemas") or ()):
            continue
        story.expect("ERR-002", body.get("status") == str(answer.status), "status as a string")
        story.expect("ERR-003", said is None or said in KNOWN, "no scimType but of Table 9")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        story.expect("ERR-006", kind == "application/scim+json", "application/scim+json")
        fits = {"uniqueness": 409, "sensitive": 403}.get(str(said), 400)
        story.expect("ERR-006", said not in KNOWN or answer.status == fits, f"{fits} with {said}")


@check("ERR-005")
def the_kind_of_error_fits_its_cause(story: Story) -> None:
    """A filter, a body, a path, a value: each has its scimType."""
    users = story.subject.endpoint_of("User")
    refused(story, "ERR-005", story.post(users, "{"), "invalidSyntax")
    nameless = story.new("User")
    del nameless["userName"]
    refused(story, "ERR-005", story.post(users, nameless), "invalidValue", "invalidSyntax")
    if "filter" in story.subject.features:
        answer = story.get(f"{users}?filter={quote('userName zz')}")
        story.error("ERR-005", answer, 400, "invalidFilter")
    if "patch" in story.subject.features:
        at = story.at("User", story.make("User"))
        answer = story.patch(at, {"op": "replace", "path": "emails[", "value": "x"})
        refused(story, "ERR-005", answer, "invalidPath", "invalidFilter")
        answer = story.patch(at, {"op": "replace", "path": "id", "value": story.name()})
        refused(story, "ERR-005", answer, "mutability")


def _faults(story: Story) -> Iterator[Answer]:
    users = story.subject.endpoint_of("User")
    user = story.make("User")
    nobody = f"{users}/{story.name()}"
    yield story.get(nobody)
    yield story.delete(nobody)
    yield story.get(f"/{story.name()}")
    yield story.put(users, story.new("User"))
    yield story.post(users, "{")
    yield story.post(users, {"schemas": [ERROR]})
    yield story.post(users, story.new("User", userName=user["userName"]))
    yield story.post(users, "userName=ada", Content_Type="text/plain")
    yield story.put(story.at("User", user), "[]")
    yield story.get(f"{users}?filter={quote('userName zz')}")
    stranger = Endpoint(story.subject.endpoint.base_url, story.name())
    yield story.send("GET", users, endpoint=stranger)
    yield story.get("/Me")
    yield story.get(f"/Groups/{story.name()}")
    yield story.send("PATCH", "/ServiceProviderConfig", {"schemas": [ERROR]})
