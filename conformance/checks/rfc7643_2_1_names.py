"""RFC 7643 §2.1: attribute names."""

import json
import re

from conformance.check import check
from conformance.leaves import has
from conformance.querying import asked, ids
from conformance.story import Story

NAME = re.compile(r"[A-Za-z][-$_0-9A-Za-z]*")


@check("ATT-001")
def names_have_no_case(story: Story) -> None:
    """Attribute names mean the same in any case, wherever they stand."""
    users, name = story.subject.endpoint_of("User"), story.subject.user_name()
    if not has(story, "User", "displayName"):
        return
    sent = {"schemas": story.new("User")["schemas"], "USERNAME": name, "displayname": "Ada"}
    rest = {key: value for key, value in story.new("User").items() if key != "userName"}
    made = story.post(users, {**rest, **sent})
    shown = made.document
    right = shown.get("userName") == name and shown.get("displayName") == "Ada"
    if not story.expect("ATT-001", made.status == 201 and right, "201, as if spelled so"):
        return
    at = story.at("User", shown)
    projected = story.get(asked(at, attributes="DISPLAYNAME")).document
    held = projected.get("displayName") == "Ada" and "userName" in shown
    story.expect("ATT-001", held, "displayName, for attributes=DISPLAYNAME")
    if "filter" in story.subject.features:
        found = story.get(asked(users, filter=f'USERNAME eq "{name}"'))
        story.expect("ATT-001", ids(found) == [shown["id"]], "the user, for USERNAME eq")
    if {"filter", "sort"} <= story.subject.features:
        found = story.get(asked(users, filter=f'userName eq "{name}"', sortBy="USERNAME"))
        right = found.status == 200 and ids(found) == [shown["id"]]
        story.expect("ATT-001", right, "the user, for sortBy=USERNAME")
    if "patch" in story.subject.features:
        story.patch(at, {"op": "replace", "path": "DISPLAYNAME", "value": "Eve"})
        story.expect("ATT-001", _display(story, at) == "Eve", "the new name, for a path")
        story.patch(at, {"op": "replace", "value": {"DISPLAYNAME": "Bo"}})
        story.expect("ATT-001", _display(story, at) == "Bo", "the new name, for a key")


def _display(story: Story, at: str) -> object:
    return story.get(at).document.get("displayName")


@check("ATT-002")
def published_names_are_names(story: Story) -> None:
    """Every published name is one; $ref alone begins otherwise (erratum 8924)."""
    for urn, schema in story.subject.schemas.items():
        for definition in schema.get("attributes") or ():
            for each in (definition, *(definition.get("subAttributes") or ())):
                legal = bool(NAME.fullmatch(each["name"])) or each["name"] == "$ref"
                story.expect("ATT-002", legal, f"an attribute name, not {each['name']!r}, in {urn}")


@check("ATT-003")
def one_attribute_is_not_two(story: Story) -> None:
    """The same name twice, in two cases, does not make two attributes."""
    if not has(story, "User", "displayName"):
        return
    sent = story.new("User")
    body = json.dumps({**sent, "displayName": "Ada", "displayname": "Eve"})
    made = story.post(story.subject.endpoint_of("User"), body)
    kept = [name for name in made.document if name.lower() == "displayname"]
    story.expect(
        "ATT-003",
        made.status == 400 or (made.status == 201 and kept == ["displayName"]),
        "400, or one displayName",
    )
