"""Folders have one spelling, so that whoever is limited to one reaches who is in it."""

import pytest

from tests.application import ACCOUNT, USER, Application, Scim, error, problem
from tests.web.people import DELEGATED, with_role

NONE = ["emea", "/", "", "/emea/", "//emea", "/emea//sales", "/emea/../hq", "/./emea", "/emea/.."]
ONES = ["/emea", "/EMEA/x", "/emea/.hidden", "/emea/sales & more", "/é"]


@pytest.mark.parametrize("folder", NONE)
def test_what_is_no_folder_is_refused_everywhere(
    application: Application, scim: Scim, folder: str
) -> None:
    admin, user = application.admin(scim.tenant), scim.user()
    writer = application.scim(tenant=scim.tenant, scopes=("*:write", "accounts:write"))
    body = {"schemas": [USER], "userName": scim.name(), ACCOUNT: {"folder": folder}}
    patch = {"op": "add", "path": f"{ACCOUNT}:folder", "value": folder}
    assert error(writer.post("/Users", body))[0] == 400
    assert error(writer.put(f"/Users/{user['id']}", body))[0] == 400
    assert error(writer.patch(f"/Users/{user['id']}", patch))[0] == 400
    limits = {"folder": folder}
    grant = {"holder": user["id"], "role": DELEGATED, "limits": limits}
    assert problem(admin.post("/grants", grant))[0] == 400
    if folder:
        made = {"userName": scim.name(), "folder": folder}
        assert problem(admin.post("/users", made))[0] == 400
        assert problem(admin.patch(f"/users/{user['id']}", {"folder": folder}))[0] == 400


@pytest.mark.parametrize("folder", ONES)
def test_who_is_in_a_folder_is_reached(application: Application, scim: Scim, folder: str) -> None:
    admin = application.admin(scim.tenant)
    made = admin.post("/users", {"userName": scim.name(), "folder": folder})
    user = made.get_json()["id"]
    assert made.get_json()["folder"] == folder
    _, limited = with_role(application, scim, DELEGATED, folder=folder)
    assert limited.get(f"/users/{user}").status_code == 200
    assert [each["id"] for each in limited.get("/users").get_json()["users"]] == [user]
