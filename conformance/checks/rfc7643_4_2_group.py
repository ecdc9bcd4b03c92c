"""RFC 7643 §4.2, §4.3: groups, and the enterprise extension of users."""

from conformance.check import check
from conformance.leaves import document, has, named
from conformance.querying import asked, ids
from conformance.story import Story
from conformance.urns import ENTERPRISE

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


@check("GRP-001", "GRP-002", "GRP-003", "GRP-004")
def groups_have_names_and_perhaps_members(story: Story) -> None:
    """A group has its schema and a name; members are optional."""
    if "Group" not in story.subject.types:
        return
    groups = story.subject.endpoint_of("Group")
    story.expect("GRP-001", story.subject.types["Group"]["schema"] == GROUP, GROUP)
    story.expect("GRP-001", groups == "/Groups", "/Groups")
    nameless = story.new("Group", displayName=None)
    del nameless["displayName"]
    story.error("GRP-002", story.post(groups, nameless), 400)
    empty: tuple[dict[str, object], ...] = ({}, {"members": []})
    for members in empty:
        made = story.post(groups, story.new("Group", displayName=story.name(), **members))
        story.expect("GRP-004", made.status == 201, "201 for a group of nobody")
    leaf = named(story, "Group", "displayName")
    if leaf is not None:
        name = story.name()
        story.make("Group", displayName=name)
        second = story.post(groups, story.new("Group", displayName=name))
        wanted = 201 if leaf.trait("uniqueness") == "none" else 409
        story.expect("GRP-003", second.status == wanted, f"{wanted}, as /Schemas says")


@check("GRP-005", "GRP-009", "ATT-014", "ATT-015")
def members_are_resources(story: Story) -> None:
    """A member is shown by its id, its URI and its name."""
    if not has(story, "Group", "members"):
        return
    ada = story.make("User")
    groups = story.subject.endpoint_of("Group")
    group = story.make("Group", displayName=story.name(), members=[{"value": ada["id"]}])
    shown = group["members"][0]
    # A relative one has no slash before it: it starts at the root (RFC 7643 §2.3.7).
    uri = "/" + str(shown.get("$ref", story.at("User", ada)))
    right = shown["value"] == ada["id"] and uri.endswith(story.at("User", ada))
    story.expect("GRP-005", right, "the member's id, and its URI in $ref")
    story.expect("GRP-005", shown.get("type", "User") == "User", 'type "User"')
    if "$ref" in shown and uri.endswith(story.at("User", ada)):
        found = story.get(story.at("User", ada)).document
        story.expect("ATT-014", found.get("id") == ada["id"], "the member, by its $ref")
    published = named(story, "Group", "members.display") is not None
    if has(story, "User", "displayName"):
        bo = story.make("User", displayName="Bo")
        other = story.make("Group", displayName=story.name(), members=[{"value": bo["id"]}])
        display = other["members"][0].get("display")
        story.expect("GRP-009", published or not display, "display published, for it is shown")
    ghost = story.new("Group", displayName=story.name(), members=[{"value": story.name()}])
    answer = story.post(groups, ghost)
    story.expect("ATT-015", answer.status in {201, 400}, "400 where members must exist, else 201")


@check("GRP-006", "ATT-028", needs=("patch",))
def members_come_and_go_but_do_not_change(story: Story) -> None:
    """A member is added and removed, never rewritten."""
    if not has(story, "Group", "members"):
        return
    ada, eve = story.make("User"), story.make("User")
    group = story.make("Group", displayName=story.name(), members=[{"value": ada["id"]}])
    at = story.at("Group", group)
    path = f'members[value eq "{ada["id"]}"]'
    changed = story.patch(at, {"op": "replace", "path": f"{path}.value", "value": eve["id"]})
    story.error("GRP-006", changed, 400)
    kept = [each["value"] for each in story.get(at).document.get("members", ())]
    story.expect("ATT-028", kept == [ada["id"]], "the member as it was")
    story.patch(at, {"op": "add", "path": "members", "value": [{"value": eve["id"]}]})
    both = {each["value"] for each in story.get(at).document.get("members", ())}
    story.expect("GRP-006", both == {ada["id"], eve["id"]}, "both members")
    story.patch(at, {"op": "remove", "path": path})
    left = [each["value"] for each in story.get(at).document.get("members", ())]
    story.expect("GRP-006", left == [eve["id"]], "the other member alone")


@check("GRP-007")
def a_member_has_its_value(story: Story) -> None:
    """Where members.value is required, a member without it is refused."""
    leaf = named(story, "Group", "members.value")
    if leaf is not None and leaf.trait("required"):
        sent = story.new("Group", members=[{}])
        story.error("GRP-007", story.post(story.subject.endpoint_of("Group"), sent), 400)


@check("GRP-008")
def groups_can_be_in_groups(story: Story) -> None:
    """Groups are members where that is published; a circle hangs nothing."""
    leaf = named(story, "Group", "members.$ref")
    if leaf is None or "Group" not in (leaf.definition.get("referenceTypes") or ()):
        return
    inner = story.make("Group", displayName=story.name())
    sent = story.new("Group", displayName=story.name(), members=[{"value": inner["id"]}])
    outer = story.post(story.subject.endpoint_of("Group"), sent)
    story.expect("GRP-008", outer.status == 201, "201 for a group with a group in it")
    circle = {**story.new("Group"), "displayName": inner["displayName"]}
    for member in (outer.document.get("id"), inner["id"]):
        changed = story.put(story.at("Group", inner), {**circle, "members": [{"value": member}]})
        shown = story.get(story.at("Group", inner))
        held = changed.status < 500 and shown.status == 200
        story.expect("GRP-008", held, "an answer, and the group afterwards")


@check("ENT-001")
def enterprise_attributes_come_back(story: Story) -> None:
    """The five texts of the enterprise extension are optional and come back."""
    for name in ("employeeNumber", "costCenter", "organization", "division", "department"):
        leaf = named(story, "User", f"{ENTERPRISE}:{name}")
        if leaf is not None:
            text = story.name()
            sent = leaf.sent(story, text)
            made = story.post(story.subject.endpoint_of("User"), sent)
            held = made.status == 201 and leaf.shown(made.document) == [text]
            story.expect("ENT-001", held, f"201, and {name} as it was sent")


@check("ENT-002", "ENT-003", "ENT-004")
def a_manager_is_a_user(story: Story) -> None:
    """manager names a user; its displayName is that user's."""
    path = f"{ENTERPRISE}:manager"
    if not has(story, "User", path):
        return
    users = story.subject.endpoint_of("User")
    boss = story.make("User", displayName="Boss")
    sent = document(
        story, "User", {path: {"value": boss["id"], "displayName": "conformance-forged"}}
    )
    made = story.post(users, sent)
    manager = (made.document.get(ENTERPRISE) or {}).get("manager") or {}
    uri = str(manager.get("$ref", boss["id"])).endswith(boss["id"])
    right = made.status == 201 and manager.get("value") == boss["id"] and uri
    story.expect("ENT-002", right, "201, with the manager's id, and its URI in $ref")
    told = manager.get("displayName") in (None, "Boss")
    story.expect("ENT-003", told, "the manager's own displayName, or none")
    if "patch" in story.subject.features and made.status == 201:
        at = story.at("User", made.document)
        forged = {"op": "replace", "path": f"{path}.displayName", "value": "conformance-forged"}
        story.patch(at, forged)
        shown = (story.get(at).document.get(ENTERPRISE) or {}).get("manager") or {}
        told = shown.get("displayName") in (None, "Boss")
        story.expect("ENT-003", told, "the manager's own displayName, or none")
    swapped = boss["id"].swapcase()
    if "filter" in story.subject.features and swapped != boss["id"]:
        found = story.get(asked(users, filter=f'{path}.value eq "{swapped}"'))
        if found.status == 200:
            story.expect("ENT-004", ids(found) == [], "nobody, for the id in another case")


@check("GRP-005", "USR-020")
def groups_in_groups_are_told_apart(story: Story) -> None:
    """A group that is a member is shown as one; whom it brings along is no direct member."""
    leaf = named(story, "Group", "members.$ref")
    if leaf is None or "Group" not in (leaf.definition.get("referenceTypes") or ()):
        return
    user = story.make("User")
    inner = story.make("Group", displayName=story.name(), members=[{"value": user["id"]}])
    sent = story.new("Group", displayName=story.name(), members=[{"value": inner["id"]}])
    outer = story.post(story.subject.endpoint_of("Group"), sent)
    if outer.status != 201:
        return
    for member in story.get(story.at("Group", outer.document)).document.get("members") or ():
        uri = "/" + str(member.get("$ref", story.at("Group", inner)))
        right = member.get("type", "Group") == "Group" and uri.endswith(story.at("Group", inner))
        story.expect("GRP-005", right, 'type "Group" and its URI in $ref')
    shown = story.get(story.at("User", user)).document.get("groups") or ()
    for each in shown:
        if each.get("value") == outer.document["id"]:
            story.expect("USR-020", each.get("type") != "direct", 'type "indirect", or none')
