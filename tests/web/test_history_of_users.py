"""The history of users: what happened to them, and what they did."""

import csv
import io

from tests.application import Admin, Application, Scim, problem
from tests.web.people import with_role
from tests.web.test_history import listed


def test_who_reads_of_everybody_reads_of_who_is_gone(application: Application, scim: Scim) -> None:
    user = scim.user()["id"]
    _, reader = with_role(application, scim, "Administrator")
    _, limited = with_role(application, scim, "Delegated Administrator", folder="/emea")
    scim.delete(f"/Users/{user}")
    assert listed(reader, f"/users/{user}/events")[0]["action"] == "delete"
    assert problem(reader.get("/users/nobody/events"))[0] == 404
    assert problem(limited.get(f"/users/{user}/events"))[0] == 404


def test_what_a_users_key_does_is_the_users_doing(
    application: Application, scim: Scim, admin: Admin
) -> None:
    user, as_user = with_role(application, scim, "Super Admin")
    [key] = admin.get(f"/users/{user}/keys").get_json()["keys"]
    made = as_user.post("/users", {"userName": "made-by-key"}).get_json()
    [event] = listed(admin, actor=user)
    assert (event["resource"], event["actor"]["key"]) == (made["id"], key["id"])
    rows = csv.DictReader(io.StringIO(admin.get("/events/export", format="csv", actor=user).text))
    assert [each["actorKey"] for each in rows] == [key["id"]]
