"""RFC 7644 §3.5: a group with very many members."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from conformance.check import check
from conformance.jobs import code, codes, created, id_of, job, results
from conformance.patching import DONE
from conformance.story import Interrupted, Story

MEMBERS = 2_000
STEP = 100
"""Members that one request adds, and operations of one Bulk request."""
AT_ONCE = 4
MANY = 150
TOO_LARGE = 413


@check("PAT-041", needs=("patch",))
def one_more_joins_two_thousand(story: Story) -> None:
    """A group of 2,000 members takes one more, and lets several go in one request."""
    if "Group" not in story.subject.types:
        return
    users = _users(story, MEMBERS + 1)
    at = story.at("Group", story.make("Group"))
    for begin in range(0, MEMBERS, STEP):
        joining = [{"value": user} for user in users[begin : min(begin + STEP, MEMBERS)]]
        added = story.patch(at, {"op": "add", "path": "members", "value": joining})
        if not story.expect("PAT-041", added.status in DONE, "200 or 204 for 100 more members"):
            return
    last = {"op": "add", "path": "members", "value": [{"value": users[-1]}]}
    story.expect("PAT-041", story.patch(at, last).status in DONE, "200 or 204 for one more")
    leaving = [{"op": "remove", "path": f'members[value eq "{user}"]'} for user in users[:10]]
    gone = story.patch(at, *leaving)
    story.expect("PAT-041", gone.status in DONE, "200 or 204 for ten operations")
    members = story.get(f"{at}?attributes=members").document.get("members") or ()
    story.expect(
        "PAT-041",
        {member["value"] for member in members} == set(users[10:]),
        "all members but the ten that left",
    )
    _leave(story, users)


def _users(story: Story, count: int) -> list[str]:
    """The ids of new users."""
    if "bulk" in story.subject.features:
        chunks = [min(_step(story), count - done) for done in range(0, count, _step(story))]
        return [id for size in chunks for id in _by_bulk(story, size)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [user["id"] for user in pool.map(lambda _: story.make("User"), range(count))]


def _step(story: Story) -> int:
    limit = story.subject.config["bulk"].get("maxOperations")
    return min(STEP, limit) if isinstance(limit, int) and limit > 0 else STEP


def _by_bulk(story: Story, count: int) -> Sequence[str]:
    users = story.subject.endpoint_of("User")
    answer = job(story, *(created(str(n), users, story.new("User")) for n in range(count)))
    ids = [id_of(each) for each in results(answer) if code(each) == "201"]
    if len(ids) != count:
        raise Interrupted(f"{count} users could not be made in one Bulk request: {answer}")
    return ids


def _leave(story: Story, users: Sequence[str]) -> None:
    """Delete the users by Bulk where there is one; what is left over is deleted one by one."""
    if "bulk" not in story.subject.features:
        return
    path, step = story.subject.endpoint_of("User"), _step(story)
    for begin in range(0, len(users), step):
        paths = [f"{path}/{user}" for user in users[begin : begin + step]]
        answer = job(story, *({"method": "DELETE", "path": each} for each in paths))
        if codes(answer) == ["204"] * len(paths):
            gone = set(paths)
            story.made[:] = [each for each in story.made if each not in gone]


@check("PAT-041", needs=("patch",))
def many_join_and_leave_in_one_request(story: Story) -> None:
    """One operation adds 150 members, 150 operations of one request remove them again."""
    if "Group" not in story.subject.types:
        return
    users = _users(story, MANY)
    at = story.at("Group", story.make("Group"))
    joining = [{"value": user} for user in users]
    added = story.patch(at, {"op": "add", "path": "members", "value": joining})
    if added.status == TOO_LARGE:
        return
    members = story.get(f"{at}?attributes=members").document.get("members") or ()
    right = added.status in DONE and {each["value"] for each in members} == set(users)
    story.expect("PAT-041", right, f"success, and then {MANY} members")
    leaving = [{"op": "remove", "path": f'members[value eq "{user}"]'} for user in users]
    gone = story.patch(at, *leaving)
    if gone.status == TOO_LARGE:
        return
    members = story.get(f"{at}?attributes=members").document.get("members") or ()
    story.expect("PAT-041", gone.status in DONE and not members, "success, and then no member")
    _leave(story, users)
