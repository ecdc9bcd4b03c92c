"""RFC 7644 §3.7: bulk jobs, their shape, order and limits."""

from conformance.check import check
from conformance.jobs import code, codes, created, failed, id_of, job, results, sent
from conformance.patching import refused
from conformance.published import writable
from conformance.story import Story
from conformance.urns import BULK_REQUEST, BULK_RESPONSE, ERROR, PATCH_OP

ROOM = 16_000_000
"""No larger body is sent to find a limit of bytes, nor more operations than these bytes hold."""
NAMES = ("max", "limit", "large", "many")
"""Words that tell which limit was exceeded, or that one was."""


@check("BLK-001", "BLK-004", "BLK-005", "BLK-006", "BLK-007", "BLK-008", "BLK-009", needs=("bulk",))
def a_job_reports_every_operation(story: Story) -> None:
    """Good and bad operations: 200, and a result for each with its status, in a string."""
    users, user = story.subject.endpoint_of("User"), story.make("User")
    bad, nobody = story.new("User"), f"{users}/{story.name()}"
    del bad["userName"]
    at = story.at("User", user)
    again = story.new("User", userName=user["userName"])
    answer = job(
        story,
        created("bad", users, bad),
        {"method": "PUT", "path": nobody, "data": story.new("User")},
        created("good", users, story.new("User")),
        {"method": "PUT", "path": at, "data": again},
        {"method": "DELETE", "path": at},
    )
    found = results(answer)
    story.expect(
        "BLK-001",
        BULK_RESPONSE in (answer.document.get("schemas") or ()) and bool(found),
        f"schemas with {BULK_RESPONSE}, and Operations",
    )
    story.expect("BLK-004", answer.status == 200, "200")
    if not story.expect("BLK-005", len(found) == 5, "five results"):
        return
    # Results need not come in the order of the operations: they are told apart by what they name.
    posts = {each.get("bulkId"): each for each in found if each.get("method") == "POST"}
    story.expect(
        "BLK-008",
        set(posts) == {"bad", "good"}
        and sorted(str(each.get("method")) for each in found)
        == ["DELETE", "POST", "POST", "PUT", "PUT"],
        "the method of each operation, and the bulkId of each POST",
    )
    placed = [each for each in found if each is not posts.get("bad")]
    story.expect(
        "BLK-006",
        all(each.get("location") for each in placed),
        "a location with each result but that of the failed POST",
    )
    story.expect(
        "BLK-007",
        all(isinstance(each.get("status"), str | dict) for each in found)
        and sorted(codes(answer)) in (["200", "201", "204", "400", "404"],),
        "the statuses 400, 404, 201, 200 and 204 as strings",
    )
    faults = [each for each in found if not code(each).startswith("2")]
    story.expect(
        "BLK-007",
        all(ERROR in ((each.get("response") or {}).get("schemas") or ()) for each in faults),
        "a SCIM error as response of each operation that failed",
    )
    story.expect("BLK-009", codes(answer).count("201") == 1, "201 for what follows a failure")


@check("BLK-002", needs=("bulk",))
def what_is_no_job_is_refused(story: Story) -> None:
    """A body of another schema or without Operations is 400; a job is POSTed."""
    users = story.subject.endpoint_of("User")
    operation = created("one", users, story.new("User"))
    wrong = {"schemas": [PATCH_OP], "Operations": [operation]}
    for body in (wrong, {"schemas": [BULK_REQUEST]}):
        refused(story, "BLK-002", sent(story, body), "invalidSyntax", "invalidValue")
    story.error("BLK-002", story.get("/Bulk"), (404, 405, 501))


@check("BLK-003", "BLK-020", needs=("bulk",))
def a_faulty_operation_fails(story: Story) -> None:
    """An operation without what it needs, or that goes where none may, is refused."""
    users, user = story.subject.endpoint_of("User"), story.make("User")
    at, new = story.at("User", user), story.new("User")
    foreign = f"https://elsewhere.example{users}"
    faults = {
        "BLK-003": (
            {"method": "GET", "path": at},
            {"method": "POST", "bulkId": "a", "data": new},
            {"method": "POST", "bulkId": "b", "path": users},
            {"method": "POST", "path": users, "data": story.new("User")},
            {"method": "PUT", "path": at},
        ),
        "BLK-020": (
            created("c", "/Bulk", {"schemas": [BULK_REQUEST], "Operations": []}),
            created("d", f"{users}/.search", {}),
            created("e", foreign, story.new("User")),
        ),
    }
    for requirement, operations in faults.items():
        for operation in operations:
            answer = job(story, operation)
            story.expect(requirement, failed(answer), "the operation refused with a 4xx")


@check("BLK-010", needs=("bulk",))
def a_job_stops_at_so_many_errors(story: Story) -> None:
    """failOnErrors 1: what follows the first error is not done, what went before stays."""
    users, last = story.subject.endpoint_of("User"), story.new("User")
    answer = job(
        story,
        created("first", users, story.new("User")),
        {"method": "DELETE", "path": f"{users}/{story.name()}"},
        created("last", users, last),
        failOnErrors=1,
    )
    story.expect("BLK-010", codes(answer) == ["201", "404"], "two results, of 201 and 404")
    for path in list(story.made):
        story.expect("BLK-010", story.get(path).status == 200, "what was made still there")


@check("BLK-016", needs=("bulk",))
def a_job_ends_as_if_done_in_order(story: Story) -> None:
    """Three PUTs of one user leave the third; a DELETE after a PUT leaves nothing."""
    if not writable(story.subject, "User", "displayName"):
        return
    user = story.make("User")
    at = story.at("User", user)
    puts = [
        {
            "method": "PUT",
            "path": at,
            "data": story.new("User", userName=user["userName"], displayName=text),
        }
        for text in ("one", "two", "three")
    ]
    job(story, *puts)
    shown = story.get(at).document
    story.expect("BLK-016", shown.get("displayName") == "three", "the displayName of the third")
    job(story, puts[0], {"method": "DELETE", "path": at})
    story.expect("BLK-016", story.get(at).status == 404, "404 after the DELETE")


@check("BLK-017", needs=("bulk", "etag"))
def a_stale_version_fails_its_operation(story: Story) -> None:
    """version is If-Match: an old one is 412, and nothing is changed."""
    user = story.make("User", displayName="one")
    at = story.at("User", user)
    old = story.get(at).headers.get("etag")
    two = story.new("User", userName=user["userName"], displayName="two")
    story.put(at, two)
    operation = {"method": "PUT", "path": at, "version": old}
    answer = job(story, {**operation, "data": {**two, "displayName": "three"}})
    story.expect("BLK-017", codes(answer) == ["412"], "the operation's status 412")
    shown = story.get(at).document
    story.expect("BLK-017", shown.get("displayName") == "two", "the user as it was")


@check("BLK-018", needs=("bulk",))
def a_job_of_too_many_operations_is_not_begun(story: Story) -> None:
    """One operation more than maxOperations: 413, the limit named, nothing done."""
    limits, users = story.subject.config["bulk"], story.subject.endpoint_of("User")
    most = limits.get("maxOperations")
    stated = isinstance(most, int) and isinstance(limits.get("maxPayloadSize"), int)
    if not story.expect("BLK-018", stated, "maxOperations and maxPayloadSize as integers"):
        return
    nobody = {"method": "DELETE", "path": f"{users}/{story.name()}"}
    first = story.new("User")
    if most * len(str(nobody)) > min(ROOM, limits["maxPayloadSize"]):
        return
    answer = job(story, created("first", users, first), *[nobody] * most)
    _too_large(story, answer.status, answer.text)
    again = story.post(users, first)
    story.expect("BLK-018", again.status == 201, "the job's first user not made")


@check("BLK-018", needs=("bulk",))
def a_job_of_too_many_bytes_is_refused(story: Story) -> None:
    """A body larger than maxPayloadSize: 413, the limit named."""
    most = story.subject.config["bulk"].get("maxPayloadSize")
    if not isinstance(most, int) or most > ROOM:
        return
    users = story.subject.endpoint_of("User")
    large = story.new("User", displayName="x" * most)
    answer = job(story, created("large", users, large))
    _too_large(story, answer.status, answer.text)


@check("BLK-019", needs=("bulk", "patch"))
def a_patch_in_a_job_is_a_whole_message(story: Story) -> None:
    """The data of a PATCH is a PatchOp."""
    if not writable(story.subject, "User", "displayName"):
        return
    at = story.at("User", story.make("User", displayName="Before"))
    change = {"op": "replace", "path": "displayName", "value": "After"}
    data = {"schemas": [PATCH_OP], "Operations": [change]}
    answer = job(story, {"method": "PATCH", "path": at, "data": data})
    shown = story.get(at).document
    story.expect(
        "BLK-019",
        codes(answer) in (["200"], ["204"]) and shown.get("displayName") == "After",
        "200 or 204, and the new displayName",
    )


@check("BLK-021", unless=("bulk",))
def without_bulk_there_is_none(story: Story) -> None:
    """A server that does not advertise Bulk answers 501, or 404."""
    body = {"schemas": [BULK_REQUEST], "Operations": []}
    story.error("BLK-021", story.post("/Bulk", body), (404, 501))


def _too_large(story: Story, status: int, text: str) -> None:
    limits = story.subject.config["bulk"]
    numbers = [str(limits[name]) for name in ("maxOperations", "maxPayloadSize")]
    story.expect(
        "BLK-018",
        status == 413
        and ERROR in text
        and any(word in text.replace(",", "") for word in (*numbers, *NAMES)),
        "413, as a SCIM error that names the limit",
    )


@check("BLK-003", "BLK-005", "BLK-006", needs=("bulk",))
def a_wrong_operation_is_told_of_beside_a_right_one(story: Story) -> None:
    """A GET among the operations fails the job or itself, and is not passed over."""
    users, user = story.subject.endpoint_of("User"), story.make("User")
    at = story.at("User", user)
    answer = job(story, {"method": "GET", "path": at}, created("good", users, story.new("User")))
    if answer.status != 200:
        story.expect("BLK-003", answer.status < 500, "the job refused with a 4xx")
        return
    found = results(answer)
    story.expect("BLK-005", len(found) == 2, "two results")
    story.expect(
        "BLK-003", any(each.startswith("4") for each in codes(answer)), "a 4xx for the GET"
    )
    for each in found:
        if code(each) == "201":
            shown = story.get(f"{users}/{id_of(each)}")
            story.expect("BLK-006", shown.status == 200, "the new user, at its location")
