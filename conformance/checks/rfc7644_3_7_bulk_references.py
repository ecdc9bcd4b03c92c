"""RFC 7644 §3.7.1 and §3.7.2: resources of one job that name each other."""

from conformance.check import check
from conformance.jobs import code, codes, created, failed, id_of, job, results
from conformance.patching import values
from conformance.published import place_of, writable
from conformance.story import Story
from conformance.urns import ENTERPRISE, PATCH_OP
from conformance.wire import Json


@check("BLK-011", "BLK-012", needs=("bulk",))
def members_may_be_made_after_their_group(story: Story) -> None:
    """A group names, by bulkId, users of the same job that come before and after it."""
    if not writable(story.subject, "Group", "members.value"):
        return
    users, groups = story.subject.endpoint_of("User"), story.subject.endpoint_of("Group")
    for requirement, order in (("BLK-011", ("user", "group")), ("BLK-012", ("group", "user"))):
        operations = {
            "user": created("user", users, story.new("User")),
            "group": created("group", groups, _group(story, "user")),
        }
        answer = job(story, *(operations[name] for name in order))
        found = {each.get("bulkId"): each for each in results(answer)}
        shown: Json = {}
        if codes(answer) == ["201", "201"]:
            shown = story.get(f"{groups}/{id_of(found['group'])}").document
        story.expect(
            requirement,
            bool(shown) and values(shown, "members") == [id_of(found["user"])],
            "both made, the user a member by its real id",
        )


@check("BLK-011", needs=("bulk",))
def a_manager_may_be_of_the_same_job(story: Story) -> None:
    """A bulkId in an extension becomes the real id."""
    place = place_of(story.subject, "User", f"{ENTERPRISE}:manager")
    if place is None:
        return
    users = story.subject.endpoint_of("User")
    report = _managed(story, "boss")
    answer = job(story, created("boss", users, story.new("User")), created("report", users, report))
    found = {each.get("bulkId"): each for each in results(answer)}
    manager: object = None
    if codes(answer) == ["201", "201"]:
        shown = story.get(f"{users}/{id_of(found['report'])}").document
        manager = ((shown.get(ENTERPRISE) or {}).get("manager") or {}).get("value")
    story.expect(
        "BLK-011",
        manager is not None and manager == id_of(found["boss"]),
        "both made, the manager named by its real id",
    )


@check("BLK-013", needs=("bulk",))
def a_circle_is_resolved_or_conflicts(story: Story) -> None:
    """Two groups that name each other: made with their real ids, or 409."""
    if not writable(story.subject, "Group", "members.value"):
        return
    groups = story.subject.endpoint_of("Group")
    answer = job(
        story,
        created("one", groups, _group(story, "two")),
        created("two", groups, _group(story, "one")),
    )
    found = codes(answer)
    story.expect(
        "BLK-013",
        answer.status == 409 or (len(found) == 2 and set(found) <= {"201", "409"}),
        "201 or 409 for each",
    )
    _no_literal(story, "BLK-013")
    if found == ["201", "201"]:
        ids = [id_of(each) for each in results(answer)]
        for one, other in (ids, reversed(ids)):
            shown = story.get(f"{groups}/{one}").document
            story.expect("BLK-013", values(shown, "members") == [other], "the other as member")


@check("BLK-014", needs=("bulk",))
def who_does_not_come_about_is_no_member(story: Story) -> None:
    """A bulkId that nobody has, or whose creation failed, fails who refers to it."""
    if not writable(story.subject, "Group", "members.value"):
        return
    users, groups = story.subject.endpoint_of("User"), story.subject.endpoint_of("Group")
    answer = job(story, created("group", groups, _group(story, "ghost")))
    story.expect("BLK-014", failed(answer), "the group refused with a 4xx")
    _no_literal(story, "BLK-014")
    bad = story.new("User")
    del bad["userName"]
    answer = job(story, created("bad", users, bad), created("group", groups, _group(story, "bad")))
    made = [each for each in results(answer) if code(each) == "201"]
    story.expect("BLK-014", answer.status < 500 and not made, "neither of them made")
    _no_literal(story, "BLK-014")


@check("BLK-015", needs=("bulk",))
def a_bulk_id_is_given_once(story: Story) -> None:
    """Two operations of one bulkId: the job, or one of them, is refused; or both are made.

    §3.7 tells the client to give each once, and nothing to the server.
    """
    users = story.subject.endpoint_of("User")
    answer = job(
        story,
        created("same", users, story.new("User")),
        created("same", users, story.new("User")),
    )
    story.expect(
        "BLK-015",
        400 <= answer.status < 500
        or any(each.startswith("4") for each in codes(answer))
        or len(set(map(id_of, results(answer)))) == 2,
        "400 for the job, or for an operation, or two users",
    )


@check("BLK-022", needs=("bulk", "patch"))
def a_path_may_have_a_bulk_id(story: Story) -> None:
    """Where a server takes a bulkId in a path, it means the new resource."""
    users = story.subject.endpoint_of("User")
    change = {"op": "replace", "path": "displayName", "value": "After"}
    data = {"schemas": [PATCH_OP], "Operations": [change]}
    answer = job(
        story,
        created("new", users, story.new("User", displayName="Before")),
        {"method": "PATCH", "path": f"{users}/bulkId:new", "data": data},
    )
    found = codes(answer)
    if found[:1] == ["201"] and found[1:] in (["200"], ["204"]):
        shown = story.get(f"{users}/{id_of(results(answer)[0])}").document
        story.expect("BLK-022", shown.get("displayName") == "After", "the new user changed")


def _group(story: Story, bulk_id: str) -> Json:
    member = {"value": f"bulkId:{bulk_id}"}
    return story.new("Group", displayName=story.name(), members=[member])


def _managed(story: Story, bulk_id: str) -> Json:
    report = story.new("User")
    report["schemas"] = [*report["schemas"], ENTERPRISE]
    report[ENTERPRISE] = {"manager": {"value": f"bulkId:{bulk_id}"}}
    return report


def _no_literal(story: Story, requirement: str) -> None:
    """What was made all the same has no bulkId in it."""
    for path in list(story.made):
        story.expect(requirement, "bulkId:" not in story.get(path).text, "no bulkId stored")


@check("BLK-011", needs=("bulk", "patch"))
def a_patch_may_name_who_is_made_with_it(story: Story) -> None:
    """Two bulkIds in a PATCH of a group become the ids of two users of the same job."""
    if not writable(story.subject, "Group", "members.value"):
        return
    users = story.subject.endpoint_of("User")
    at = story.at("Group", story.make("Group", displayName=story.name()))
    joining = [{"value": "bulkId:one"}, {"value": "bulkId:two"}]
    change = {"op": "add", "path": "members", "value": joining}
    answer = job(
        story,
        created("one", users, story.new("User")),
        created("two", users, story.new("User")),
        {
            "method": "PATCH",
            "path": at,
            "data": {"schemas": [PATCH_OP], "Operations": [change]},
        },
    )
    made = [id_of(each) for each in results(answer) if code(each) == "201"]
    story.expect(
        "BLK-011",
        len(made) == 2 and values(story.get(at).document, "members") == sorted(made),
        "both made, and members of the group by their real ids",
    )
