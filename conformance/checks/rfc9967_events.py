"""RFC 9967: what a server says of its events, and answers that come later."""

from conformance.check import check
from conformance.story import Story

MODES = {"none", "long", "request"}
ASYNC = {"Prefer": "respond-async"}


@check("EVT-014", needs=("events",))
def what_is_said_of_events_is_well_formed(story: Story) -> None:
    """securityEvents has asyncRequest and eventUris (§4)."""
    said = story.subject.config["securityEvents"]
    story.expect(
        "EVT-014",
        str(said.get("asyncRequest", "none")).lower() in MODES,
        "asyncRequest none, long or request",
    )
    uris = said.get("eventUris") or []
    story.expect(
        "EVT-014",
        isinstance(uris, list) and all(isinstance(uri, str) for uri in uris),
        "eventUris as a list of URIs",
    )


@check("ASY-001")
def who_would_rather_not_wait_is_answered_now_or_later(story: Story) -> None:
    """Prefer: respond-async gets the normal reply or, where it is advertised, 202."""
    later = {202} if "async" in story.subject.features else set()
    if later:
        # No POST: nobody could delete what is made after the examination.
        at = story.at("User", story.make("User"))
    else:
        created = story.send("POST", story.subject.endpoint_of("User"), story.new("User"), ASYNC)
        if not story.expect("ASY-001", created.status == 201, "201"):
            return
        at = story.at("User", created.document)
    changed = story.new("User")
    replaced = story.send("PUT", at, changed, ASYNC)
    story.expect("ASY-001", replaced.status in {200} | later, _either(200, later))
    deleted = story.send("DELETE", at, None, ASYNC)
    story.expect("ASY-001", deleted.status in {204} | later, _either(204, later))


@check("ASY-002", "ASY-003", "ASY-008", needs=("async",))
def what_comes_later_says_where(story: Story) -> None:
    """202 has no body, names its transaction, and where the result will be (§2.5.1.1, §5)."""
    answer = story.send("DELETE", story.at("User", story.make("User")), None, ASYNC)
    if answer.status != 202:
        return
    story.expect(
        "ASY-002",
        not answer.text
        and bool(answer.headers.get("set-txn"))
        and "respond-async" in answer.headers.get("preference-applied", ""),
        "no body, Set-Txn, and Preference-Applied: respond-async",
    )
    location = answer.headers.get("location", "")
    story.expect("ASY-003", bool(location), "a Location")
    base = story.subject.endpoint.base_url.rstrip("/")
    if location.startswith(f"{base}/"):
        path = location.removeprefix(base)
        taken = story.send("GET", path, headers={"Authorization": None})
        story.expect("ASY-008", taken.status in (401, 403, 404), "401 without a credential")


def _either(status: int, later: set[int]) -> str:
    return f"{status} or 202" if later else str(status)
