"""RFC 7644 §3.5.2: the PATCH message, its answer, and what holds for every operation."""

import time
from concurrent.futures import ThreadPoolExecutor

from conformance.check import check
from conformance.patching import DONE, becomes, refused, without_meta
from conformance.published import writable
from conformance.story import Story
from conformance.urns import PATCH_OP
from conformance.wire import Json

MALFORMED = ("invalidSyntax", "invalidValue")
ROUNDS = 4
"""Times that two requests are sent at once."""


@check("PAT-001", "PAT-002", "PAT-003", needs=("patch",))
def a_faulty_message_is_refused(story: Story) -> None:
    """A PATCH of another schema, without operations or with an unknown op is 400."""
    user = story.make("User", displayName="Before")
    at = story.at("User", user)
    change = {"op": "replace", "path": "displayName", "value": "After"}
    other = {"schemas": [story.subject.types["User"]["schema"]], "Operations": [change]}
    refused(story, "PAT-001", story.send("PATCH", at, other), *MALFORMED)
    without: tuple[Json, ...] = ({}, {"Operations": []}, {"Operations": "replace"})
    for operations in without:
        faulty = {"schemas": [PATCH_OP], **operations}
        refused(story, "PAT-002", story.send("PATCH", at, faulty), *MALFORMED)
    for op in ("move", "copy", "test"):
        refused(story, "PAT-003", story.patch(at, {**change, "op": op}), *MALFORMED)
    nameless = {name: value for name, value in change.items() if name != "op"}
    refused(story, "PAT-003", story.patch(at, nameless), *MALFORMED)


@check("PAT-004", needs=("patch",))
def operations_follow_one_another(story: Story) -> None:
    """Each operation works on what the one before it left."""
    if not writable(story.subject, "User", "title", "nickName"):
        return
    user = story.make("User", nickName="Before")
    operations = [
        {"op": "add", "path": "title", "value": "one"},
        {"op": "replace", "path": "title", "value": "two"},
        {"op": "remove", "path": "nickName"},
        {"op": "add", "path": "nickName", "value": "After"},
    ]
    becomes(
        story,
        "PAT-004",
        story.at("User", user),
        operations,
        lambda shown: (shown.get("title"), shown.get("nickName")) == ("two", "After"),
        "what the later operations wrote",
    )


@check("PAT-005", needs=("patch",))
def all_of_a_request_is_done_or_nothing(story: Story) -> None:
    """When the second operation fails, the first is undone and the version stays."""
    if not writable(story.subject, "User", "title", "emails.value"):
        return
    user = story.make("User", title="Before")
    at = story.at("User", user)
    before = story.get(at).document
    answer = story.patch(
        at,
        {"op": "replace", "path": "title", "value": "After"},
        {
            "op": "replace",
            "path": 'emails[type eq "work"].value',
            "value": story.address("work")["value"],
        },
    )
    # Entra's way, which creates the element, is judged by PAT-036.
    if answer.status >= 400:
        after = story.get(at).document
        story.expect("PAT-005", after == before, "the resource with its meta as it was")


@check("PAT-006", needs=("patch",))
def the_answer_has_the_resource_or_no_body(story: Story) -> None:
    """PATCH answers 200 with the resource, or 204; 200 when attributes were asked for."""
    if not writable(story.subject, "User", "displayName"):
        return
    user = story.make("User")
    at = story.at("User", user)
    answer = story.patch(at, {"op": "replace", "path": "displayName", "value": "After"})
    shown = story.get(at)
    whole = answer.status == 200 and answer.document == shown.document
    story.expect(
        "PAT-006",
        whole or (answer.status == 204 and not answer.text),
        "200 with the resource as a GET shows it, or 204 without a body",
    )
    if answer.status == 204 and "etag" in story.subject.features:
        tag = answer.headers.get("etag")
        story.expect("PAT-006", tag == shown.headers.get("etag"), "the ETag with 204")
    projected = story.patch(
        f"{at}?attributes=userName", {"op": "replace", "path": "displayName", "value": "Again"}
    )
    body = projected.document
    story.expect(
        "PAT-006",
        projected.status == 200
        and body.get("userName") == user["userName"]
        and "displayName" not in body,
        "200 with userName and without displayName",
    )


@check("PAT-016", needs=("patch",))
def what_is_read_only_in_a_value_is_not_written(story: Story) -> None:
    """An id in the value of a PATCH without path is refused, or left out."""
    user = story.make("User", displayName="Before")
    at = story.at("User", user)
    value = {"id": story.name(), "displayName": "After"}
    answer = story.patch(at, {"op": "replace", "value": value})
    shown = story.get(at).document
    left = "After" if answer.status in DONE else "Before"
    story.expect(
        "PAT-016",
        answer.status in {*DONE, 400}
        and shown.get("id") == user["id"]
        and shown.get("displayName") == left,
        "400 and nothing changed, or success with the id as it was",
    )
    forged = story.name()
    story.patch(at, {"op": "replace", "value": {"groups": [{"value": forged}]}})
    shown = story.get(at).document
    story.expect("PAT-016", forged not in str(shown.get("groups")), "no group of the client's")


@check("PAT-025", needs=("patch",))
def what_changes_nothing_leaves_the_version(story: Story) -> None:
    """Adding what is there moves neither meta.lastModified nor the version."""
    user = story.make("User", displayName="Same")
    at = story.at("User", user)
    before = story.get(at).document
    time.sleep(1.1)  # meta.lastModified may have whole seconds only
    answer = story.patch(at, {"op": "add", "path": "displayName", "value": "Same"})
    after = story.get(at).document
    story.expect(
        "PAT-025",
        answer.status in DONE and _times(after) == _times(before),
        "success, with lastModified and version as they were",
    )


@check("PAT-038", needs=("patch",))
def a_wrong_value_is_refused(story: Story) -> None:
    """A value of a wrong type is 400, a taken userName 409, and nothing is changed."""
    taken, user = story.make("User"), story.make("User")
    at = story.at("User", user)
    before = story.get(at).document
    for path, wrong in (("active", {"a": 1}), ("displayName", ["a", "b"]), ("name", "Ada")):
        if writable(story.subject, "User", path):
            answer = story.patch(at, {"op": "replace", "path": path, "value": wrong})
            refused(story, "PAT-038", answer, "invalidValue", "invalidSyntax")
    answer = story.patch(at, {"op": "replace", "path": "userName", "value": taken["userName"]})
    said = answer.document.get("scimType")
    story.error("PAT-038", answer, 409, *(["uniqueness"] if said is not None else []))
    after = story.get(at).document
    story.expect("PAT-038", without_meta(after) == without_meta(before), "nothing changed")


@check("PAT-039", needs=("patch",))
def who_is_unknown_cannot_be_patched(story: Story) -> None:
    """PATCH of an id that nobody has is 404."""
    at = f"{story.subject.endpoint_of('User')}/{story.name()}"
    answer = story.patch(at, {"op": "replace", "path": "displayName", "value": "After"})
    story.error("PAT-039", answer, 404)


@check("PAT-041", needs=("patch",))
def many_members_are_changed_at_once(story: Story) -> None:
    """One request with many operations adds and removes many members."""
    if not writable(story.subject, "Group", "members"):
        return
    ids = [story.make("User")["id"] for _ in range(20)]
    group = story.make("Group", displayName=story.name())
    at = story.at("Group", group)
    add: list[Json] = [{"op": "add", "path": "members", "value": [{"value": id}]} for id in ids]
    becomes(story, "PAT-041", at, add, lambda shown: _members(shown) == set(ids), "all 20 members")
    remove: list[Json] = [{"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids[:19]]
    becomes(
        story, "PAT-041", at, remove, lambda shown: _members(shown) == {ids[19]}, "the one left"
    )


def _members(shown: Json) -> set[str]:
    return {each.get("value") for each in shown.get("members") or ()}


def _times(shown: Json) -> tuple[object, object]:
    meta = shown.get("meta") or {}
    return meta.get("lastModified"), meta.get("version")


@check("PAT-005", needs=("patch",))
def what_two_clients_change_at_once_is_kept(story: Story) -> None:
    """Two PATCHes of different attributes at the same time: neither undoes the other."""
    if not writable(story.subject, "User", "title", "nickName"):
        return
    at = story.at("User", story.make("User"))
    for turn in range(ROUNDS):
        changes = [
            {"op": "replace", "path": name, "value": f"{name}{turn}"}
            for name in ("title", "nickName")
        ]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda change: story.patch(at, change), changes))
        shown = story.get(at).document
        for change, answer in zip(changes, answers, strict=True):
            # Who refuses one of two that come at once has not lost it.
            kept = shown.get(str(change["path"])) == change["value"]
            story.expect("PAT-005", answer.status not in DONE or kept, "what was answered 2xx")


@check("RES-001", "RES-023", needs=("patch",))
def a_patched_resource_is_whole(story: Story) -> None:
    """The answer to PATCH has schemas; lastModified moves as it does by PUT."""
    user = story.make("User", displayName="Before")
    at = story.at("User", user)
    time.sleep(1.1)  # meta.lastModified may have whole seconds only
    answer = story.patch(at, {"op": "replace", "path": "displayName", "value": "After"})
    if answer.status == 200:
        named = story.subject.types["User"]["schema"] in (answer.document.get("schemas") or ())
        story.expect("RES-001", named, "schemas in the answer")
    shown = story.get(at).document
    if answer.status in DONE and shown.get("displayName") == "After":
        before, after = user["meta"].get("lastModified"), shown["meta"].get("lastModified")
        story.expect("RES-023", before is None or before != after, "a later lastModified")


@check("USR-008", needs=("patch",))
def who_is_deactivated_by_patch_is_still_there(story: Story) -> None:
    """active: false by PATCH leaves the user, and shows it."""
    if not writable(story.subject, "User", "active"):
        return
    at = story.at("User", story.make("User", active=True))
    answer = story.patch(at, {"op": "replace", "path": "active", "value": False})
    if answer.status in DONE:
        shown = story.get(at)
        held = shown.status == 200 and shown.document.get("active") is False
        story.expect("USR-008", held, "200, with active false")
