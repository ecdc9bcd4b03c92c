"""Groups (RFC 7643 §4.2)."""

import pytest

from tests.application import BASE_URL, GROUP, Application, Scim, error


@pytest.mark.proves("GRP-001")
def test_groups_live_where_their_type_says(strict: Scim) -> None:
    published = strict.get("/ResourceTypes/Group").get_json()
    assert (published["schema"], published["endpoint"]) == (GROUP, "/Groups")
    assert strict.group()["meta"]["location"].startswith(f"{BASE_URL}/Groups/")


@pytest.mark.proves("GRP-002")
def test_a_group_has_a_name(strict: Scim) -> None:
    assert error(strict.post("/Groups", {"schemas": [GROUP]})) == (400, "invalidValue")


def uniqueness(scim: Scim) -> str:
    """What is published on the names of groups."""
    [name] = [
        attribute["uniqueness"]
        for attribute in scim.get(f"/Schemas/{GROUP}").get_json()["attributes"]
        if attribute["name"] == "displayName"
    ]
    return str(name)


@pytest.mark.proves("GRP-003")
def test_two_groups_of_one_name_are_refused_as_published(strict: Scim) -> None:
    strict.group(displayName="Tour Guides")
    body = {"schemas": [GROUP], "displayName": "tour guides"}
    assert uniqueness(strict) == "server"
    assert error(strict.post("/Groups", body)) == (409, "uniqueness")


@pytest.mark.proves("GRP-003", "SDF-007")
def test_a_setting_lifts_that_and_publishes_it(database_url: str) -> None:
    application = Application(database_url, unique_group_names=False)
    strict = application.scim("strict")
    first, second = (strict.group(displayName="Tour Guides")["id"] for _ in range(2))
    assert uniqueness(strict) == "none"
    assert strict.found("/Groups", 'displayName eq "tour guides"') == [first, second]
    application.parts.database.close()


@pytest.mark.proves("GRP-004")
@pytest.mark.parametrize("members", [{}, {"members": []}, {"members": None}])
def test_a_group_may_be_empty(strict: Scim, members: dict[str, object]) -> None:
    response = strict.post("/Groups", {"schemas": [GROUP], "displayName": "a"} | members)
    assert response.status_code == 201
    assert response.get_json()["members"] == []


@pytest.mark.proves("GRP-005", "GRP-009")
def test_the_server_says_who_a_member_is(strict: Scim) -> None:
    user, group = strict.user(displayName="Babs"), strict.group()
    members = strict.group(user["id"], group["id"])["members"]
    assert members == [
        {
            "value": user["id"],
            "$ref": f"{BASE_URL}/Users/{user['id']}",
            "type": "User",
            "display": "Babs",
        },
        {
            "value": group["id"],
            "$ref": f"{BASE_URL}/Groups/{group['id']}",
            "type": "Group",
            "display": group["displayName"],
        },
    ]


@pytest.mark.proves("GRP-005")
def test_a_member_is_a_resource(strict: Scim) -> None:
    body = {"schemas": [GROUP], "displayName": "a", "members": [{"value": "ghost"}]}
    response = strict.post("/Groups", body)
    assert error(response) == (400, "invalidValue")
    assert "ghost" in response.get_json()["detail"]


@pytest.mark.proves("GRP-006")
@pytest.mark.parametrize("part", ["value", "$ref", "type", "display"])
def test_members_come_and_go_and_do_not_change(strict: Scim, part: str) -> None:
    first, second = strict.user()["id"], strict.user()["id"]
    at = f"/Groups/{strict.group(first)['id']}"
    where = f'members[value eq "{first}"]'
    change = {"op": "replace", "path": f"{where}.{part}", "value": second}
    assert error(strict.patch(at, change)) == (400, "mutability")
    add = {"op": "add", "path": "members", "value": [{"value": second}]}
    patched = strict.patch(at, {"op": "remove", "path": where}, add)
    assert [member["value"] for member in patched.get_json()["members"]] == [second]


@pytest.mark.proves("GRP-007")
@pytest.mark.parametrize(
    "member", [{"$ref": "https://example.com/Users/1"}, {"type": "User"}, {"value": ""}]
)
def test_a_member_is_named_by_its_value(strict: Scim, member: dict[str, str]) -> None:
    body = {"schemas": [GROUP], "displayName": "a", "members": [member]}
    assert error(strict.post("/Groups", body)) == (400, "invalidValue")


@pytest.mark.proves("GRP-008")
def test_groups_nest_and_never_in_a_circle(strict: Scim) -> None:
    inner = strict.group()["id"]
    outer = strict.group(inner)["id"]
    for member in (outer, inner):
        operation = {"op": "add", "path": "members", "value": [{"value": member}]}
        assert error(strict.patch(f"/Groups/{inner}", operation)) == (400, "invalidValue")
    assert strict.get(f"/Groups/{inner}").get_json()["members"] == []
    references = {
        sub["name"]: sub.get("referenceTypes")
        for attribute in strict.get(f"/Schemas/{GROUP}").get_json()["attributes"]
        for sub in attribute.get("subAttributes", [])
    }
    assert references == {"value": None, "$ref": ["User", "Group"], "type": None, "display": None}
