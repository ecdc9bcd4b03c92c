"""What clients in the field send beside the RFCs: taken as they mean it, or refused, never garbled.

Where a server may choose, a refusal is as good as the tolerance; only half of either is wrong.
"""

from conformance.check import check
from conformance.jobs import job, results
from conformance.leaves import has
from conformance.story import Story
from conformance.urns import ENTERPRISE
from conformance.wire import Answer, Json

REFUSED = 400


def _shown(story: Story, kind: str, resource: Json) -> Json:
    return story.get(story.at(kind, resource)).document


@check("IOP-001", needs=("patch",))
def an_op_may_begin_with_a_capital(story: Story) -> None:
    """Add, Replace and Remove are taken as add, replace and remove."""
    user = story.make("User", displayName="Ada")
    at = story.at("User", user)
    replaced = story.patch(at, {"op": "Replace", "path": "displayName", "value": "Eve"})
    story.expect(
        "IOP-001",
        replaced.status in (200, 204) and _shown(story, "User", user).get("displayName") == "Eve",
        "the new displayName",
    )
    removed = story.patch(at, {"op": "Remove", "path": "displayName"})
    story.expect(
        "IOP-001",
        removed.status in (200, 204) and not _shown(story, "User", user).get("displayName"),
        "no displayName",
    )
    added = story.patch(at, {"op": "Add", "path": "displayName", "value": "Bob"})
    story.expect(
        "IOP-001",
        added.status in (200, 204) and _shown(story, "User", user).get("displayName") == "Bob",
        "the added displayName",
    )


@check("IOP-002", needs=("patch",))
def removing_one_member_leaves_the_others(story: Story) -> None:
    """``remove`` of members with a value takes out that one, or is refused; it empties no group."""
    if not has(story, "Group", "members"):
        return
    users = [story.make("User") for _ in range(2)]
    members = [{"value": user["id"]} for user in users]
    group = story.make("Group", members=members)
    operation = {"op": "remove", "path": "members", "value": members[:1]}
    answer = story.patch(story.at("Group", group), operation)
    left = {each["value"] for each in _shown(story, "Group", group).get("members") or ()}
    everybody = {user["id"] for user in users}
    wanted = everybody if answer.status == REFUSED else {users[1]["id"]}
    story.expect(
        "IOP-002",
        answer.status in (200, 204, REFUSED) and left == wanted,
        "the other member alone, or 400 and both",
    )


@check("IOP-003", needs=("patch",))
def a_boolean_in_quotes_is_a_boolean_or_refused(story: Story) -> None:
    """``"False"`` for active is false, or 400; it is never kept as a text."""
    if not has(story, "User", "active"):
        return
    for text, meant in (("False", False), ("True", True)):
        user = story.make("User", active=not meant)
        operation = {"op": "replace", "path": "active", "value": text}
        answer = story.patch(story.at("User", user), operation)
        wanted = not meant if answer.status == REFUSED else meant
        story.expect(
            "IOP-003",
            answer.status in (200, 204, REFUSED)
            and _shown(story, "User", user).get("active") is wanted,
            f"active {str(meant).lower()}, or 400 and nothing changed",
        )


@check("IOP-004", needs=("patch",))
def a_path_as_a_key_is_never_kept_as_a_key(story: Story) -> None:
    """Dotted and URN-qualified keys of a value are paths, or refused, or ignored; never names."""
    user = story.make("User")
    at = story.at("User", user)
    keys: Json = {"name.familyName": "Lovelace"}
    if any(place.urn == ENTERPRISE for place in story.subject.attributes("User")):
        keys[f"{ENTERPRISE}:department"] = "Engines"
    for key, value in keys.items():
        answer = story.patch(at, {"op": "replace", "value": {key: value}})
        shown = _shown(story, "User", user)
        holder = shown.get(ENTERPRISE if key.startswith("urn:") else "name") or {}
        found = holder.get("department" if key.startswith("urn:") else "familyName")
        story.expect(
            "IOP-004",
            answer.status in (200, 204, REFUSED)
            and key not in shown
            and found in (None, value)
            and (answer.status != REFUSED or found is None),
            f"the value where {key} leads to, or no change; no attribute of this name",
        )


@check("IOP-005", needs=("patch",))
def a_manager_as_a_text_is_an_id_or_refused(story: Story) -> None:
    """A manager that is a bare id means manager.value, or is 400."""
    if not any(
        place.urn == ENTERPRISE and place.name == "manager"
        for place in story.subject.attributes("User")
    ):
        return
    chief, user = story.make("User"), story.make("User")
    operation = {"op": "add", "path": f"{ENTERPRISE}:manager", "value": chief["id"]}
    answer = story.patch(story.at("User", user), operation)
    manager = (_shown(story, "User", user).get(ENTERPRISE) or {}).get("manager")
    held = (
        not manager
        if answer.status == REFUSED
        else isinstance(manager, dict) and manager.get("value") == chief["id"]
    )
    story.expect(
        "IOP-005",
        held and answer.status in (200, 204, REFUSED),
        "manager.value with the id, or 400 and no manager",
    )


@check("IOP-006", needs=("patch",))
def what_is_not_there_is_made_or_refused(story: Story) -> None:
    """``add`` to ``emails[type eq "work"].value`` makes a work address, or is 400 noTarget."""
    if not has(story, "User", "emails"):
        return
    address = f"{story.name()}@example.com"
    for op in ("add", "replace"):
        user = story.make("User")
        operation = {"op": op, "path": 'emails[type eq "work"].value', "value": address}
        answer = story.patch(story.at("User", user), operation)
        emails = _shown(story, "User", user).get("emails") or []
        made = [(each.get("type"), each.get("value")) for each in emails]
        # An add that matches nothing may also succeed and change nothing: RFC 7644 is silent.
        silent = op == "add" and answer.status in (200, 204) and made == []
        refused = answer.status == REFUSED and made == []
        story.expect(
            "IOP-006",
            silent or refused or (answer.status in (200, 204) and made == [("work", address)]),
            "one address with type and value, or 400 and none",
        )


@check("IOP-007")
def a_user_is_switched_off_by_put(story: Story) -> None:
    """PUT of the whole user with active false switches it off."""
    if not has(story, "User", "active"):
        return
    user = story.make("User", active=True)
    put = story.put(story.at("User", user), {**user, "active": False})
    story.expect(
        "IOP-007",
        put.status == 200 and _shown(story, "User", user).get("active") is False,
        "200 and active false",
    )


@check("IOP-007", needs=("patch",))
def a_user_is_switched_off_by_a_patch_without_path(story: Story) -> None:
    """``replace`` without path and with active false switches a user off."""
    if not has(story, "User", "active"):
        return
    user = story.make("User", active=True)
    answer = story.patch(story.at("User", user), {"op": "replace", "value": {"active": False}})
    story.expect(
        "IOP-007",
        answer.status in (200, 204) and _shown(story, "User", user).get("active") is False,
        "active false",
    )


@check("IOP-010")
def small_slips_do_no_harm(story: Story) -> None:
    """A trailing slash and a charset are taken; null in an array is 400, or left out."""
    users = story.subject.endpoint_of("User")
    story.expect("IOP-010", story.get(f"{users}/?count=1").status == 200, "200 with a slash")
    charset = "application/scim+json; charset=utf-8"
    created = story.post(users, story.new("User"), Content_Type=charset)
    story.expect("IOP-010", created.status == 201, "201 with a charset")
    if has(story, "User", "emails"):
        answer = story.post(users, story.new("User", emails=[None]))
        story.expect("IOP-010", _without_null(answer), "400, or 201 without the null")


@check("IOP-010", needs=("bulk",))
def a_bulk_path_may_lack_its_slash(story: Story) -> None:
    """``Users`` is taken for ``/Users`` in Bulk."""
    users = story.subject.endpoint_of("User")
    operation = {"method": "POST", "bulkId": "1", "path": users[1:], "data": story.new("User")}
    done = [each.get("status") for each in results(job(story, operation))]
    story.expect("IOP-010", done[:1] == ["201"], "201 in the job")


def _without_null(answer: Answer) -> bool:
    if answer.status == 201:
        return None not in (answer.document.get("emails") or [])
    return answer.status == REFUSED
