"""RFC 7644 §3.5.2, §3.14: what is asked at the same time happens one after the other."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from conformance.check import check
from conformance.story import Story
from conformance.wire import Answer

AT_ONCE = 8
BUSY = (409, 412, 429, 503)
"""What a server may answer that cannot take a change just now; the change is then not made."""
Item = TypeVar("Item")


def _together(ask: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """The answers in the order of the items."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, items))


@check("PAT-021", needs=("patch",))
def members_added_at_once_are_all_there(story: Story) -> None:
    """Of members that eight clients add at the same time, none is lost."""
    if "Group" not in story.subject.types:
        return
    users = [story.make("User")["id"] for _ in range(2 * AT_ONCE)]
    group = story.make("Group")
    at = story.at("Group", group)

    def add(user: str) -> Answer:
        return story.patch(at, {"op": "add", "path": "members", "value": [{"value": user}]})

    answers = _together(add, users)
    accepted = {
        user for user, answer in zip(users, answers, strict=True) if answer.status in (200, 204)
    }
    others = {answer.status for answer in answers} - {200, 204, *BUSY}
    members = story.get(f"{at}?attributes=members").document.get("members") or ()
    story.expect(
        "PAT-021",
        not others and {member["value"] for member in members} == accepted,
        "every member whose adding was answered with 200 or 204",
    )


@check("PAT-028", needs=("patch",))
def members_removed_at_once_are_all_gone(story: Story) -> None:
    """Of members that eight clients remove at the same time, none comes back."""
    if "Group" not in story.subject.types:
        return
    users = [story.make("User")["id"] for _ in range(AT_ONCE)]
    group = story.make("Group", members=[{"value": user} for user in users])
    at = story.at("Group", group)

    def remove(user: str) -> Answer:
        return story.patch(at, {"op": "remove", "path": f'members[value eq "{user}"]'})

    answers = _together(remove, users[:-1])
    left = {user for user, answer in zip(users, answers, strict=False) if answer.status in BUSY} | {
        users[-1]
    }
    members = story.get(f"{at}?attributes=members").document.get("members") or ()
    story.expect(
        "PAT-028",
        {member["value"] for member in members} == left,
        "only the member that nobody removed",
    )


@check("ETG-003", needs=("etag", "patch"))
def of_changes_to_one_version_one_is_made(story: Story) -> None:
    """Eight changes at the same time, all with the current If-Match: one is made, seven are 412."""
    user = story.make("User", displayName="Ada")
    at = story.at("User", user)
    version = story.get(at).headers.get("etag")
    if version is None:
        return

    def rename(name: str) -> Answer:
        operation = {"op": "replace", "path": "displayName", "value": name}
        return story.patch(at, operation, If_Match=version)

    names = [f"Ada {number}" for number in range(AT_ONCE)]
    answers = _together(rename, names)
    made = [
        name for name, answer in zip(names, answers, strict=True) if answer.status in (200, 204)
    ]
    refused = [answer for answer in answers if answer.status in BUSY]
    story.expect(
        "ETG-003",
        len(made) == 1 and len(refused) == AT_ONCE - 1,
        "one 200 or 204, and seven times 412",
    )
    shown = story.get(at).document.get("displayName")
    story.expect("ETG-003", [shown] == made, "the change that was answered with 200 or 204")


@check("USR-003")
def names_taken_at_once_are_taken_once(story: Story) -> None:
    """Of users that are renamed to the same name at the same time, one gets it."""
    users = [story.make("User") for _ in range(AT_ONCE)]
    wanted = story.subject.user_name()

    def rename(at: str) -> Answer:
        return story.put(at, story.new("User", userName=wanted))

    answers = _together(rename, [story.at("User", user) for user in users])
    made = [answer for answer in answers if answer.status == 200]
    named = [story.get(story.at("User", user)).document.get("userName") for user in users]
    story.expect(
        "USR-003",
        len(made) == 1 and named.count(wanted) == 1,
        "one 200 and one user of this name",
    )
