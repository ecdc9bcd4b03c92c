"""Ways to come by more than was given, that lead nowhere (security rule 14)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from scim_server.directory.rights.grants import Grant, gift_of_role
from tests.application import GROUP, MESSAGES, Admin, Application, Scim, error, problem
from tests.web.factors import mails
from tests.web.people import ADMINISTRATOR, DELEGATED, SUPER, acting, give, with_role


def roles(admin: Admin, user: str) -> list[str]:
    rights = admin.get(f"/users/{user}/rights").get_json()["rights"]
    return [each["role"] for each in rights]


@pytest.mark.parametrize("role", [SUPER, ADMINISTRATOR])
def test_an_administrator_makes_no_account_with_a_role(
    application: Application, scim: Scim, role: str
) -> None:
    _, as_admin = with_role(application, scim, ADMINISTRATOR)
    body = {"userName": scim.name(), "role": role}
    assert problem(as_admin.post("/users", body))[0] == 403
    assert scim.found("/Users", f'userName eq "{body["userName"]}"') == []
    assert application.admin(scim.tenant).post("/users", body).status_code == 201


WAYS_OUT = ["PATCH", "PATCH all", "PUT", "leave", "DELETE", "DELETE inner", "Bulk DELETE"]


@pytest.mark.parametrize("who", ["administrator's key", "provider"])
@pytest.mark.parametrize("way", WAYS_OUT)
def test_nobody_takes_a_group_s_role_that_is_more_than_theirs(
    application: Application, scim: Scim, who: str, way: str
) -> None:
    user, other = scim.user()["id"], scim.user()["id"]
    inner = scim.group(user, other)["id"]
    outer = scim.group(inner)["id"]
    give(application.admin(scim.tenant), outer, SUPER)
    with_role(application, scim, SUPER)
    token = application.token(scim.tenant, scopes=("*:write", "bulk", "admin:users:write"))
    if who != "provider":
        token = with_role(application, scim, ADMINISTRATOR)[1].bearer or ""
    answer = take(Scim(application, scim.tenant, token), way, user, inner, outer)
    assert refused(answer), answer.text
    assert roles(application.admin(scim.tenant), user) == [SUPER]
    assert not refused(take(scim, way, user, inner, outer))
    assert roles(application.admin(scim.tenant), user) == []


def take(scim: Scim, way: str, user: str, inner: str, outer: str) -> TestResponse:
    """Take the role from the user, which the inner group has by the outer one."""
    match way:
        case "PATCH":
            return scim.patch(
                f"/Groups/{inner}", {"op": "remove", "path": f'members[value eq "{user}"]'}
            )
        case "PATCH all":
            return scim.patch(f"/Groups/{inner}", {"op": "remove", "path": "members"})
        case "PUT":
            body = {"schemas": [GROUP], "displayName": scim.name(), "members": []}
            return scim.put(f"/Groups/{inner}", body)
        case "leave":
            admin = Admin(scim.application, scim.bearer)
            return admin.delete(f"/users/{user}/groups/{inner}")
        case "Bulk DELETE":
            return scim.bulk({"method": "DELETE", "path": f"/Groups/{outer}"})
        case _:
            return scim.delete(f"/Groups/{outer if way == 'DELETE' else inner}")


def refused(answer: TestResponse) -> bool:
    """A Bulk response tells it of the operation."""
    if answer.status_code == 200 and MESSAGES + "BulkResponse" in answer.text:
        return bool(answer.get_json(force=True)["Operations"][0]["status"] == "403")
    return answer.status_code == 403


def lent(maker: Admin, user: str) -> str:
    answer = maker.post(f"/users/{user}/keys", {"name": "lent", "scopes": ["admin"]})
    assert answer.status_code == 201, answer.text
    token: str = answer.get_json()["token"]
    return token


@pytest.mark.parametrize("way", ["a role", "permissions", "a group's role", "a group with a role"])
def test_a_key_does_not_grow_with_who_somebody_made_it_for(
    application: Application, scim: Scim, way: str
) -> None:
    user = scim.user(emails=[{"value": "ada@example.com"}])["id"]
    admin, (_, maker) = application.admin(scim.tenant), with_role(application, scim, ADMINISTRATOR)
    own = acting(application, scim, user)
    key = Admin(application, lent(maker, user))
    group = scim.group(*([user] if way == "a group's role" else []))["id"]
    match way:
        case "a role":
            give(admin, user, SUPER)
        case "permissions":
            body = {"holder": user, "permissions": ["roles:read"]}
            assert admin.post("/grants", body).status_code == 201
        case _:
            give(admin, group, SUPER)
            add = {"op": "add", "path": "members", "value": [{"value": user}]}
            assert scim.patch(f"/Groups/{group}", add).status_code == 200
    assert problem(key.get("/grants"))[0] == 401
    assert own.get("/grants").status_code == 200, "made by who may do everything"
    told = [each.split()[1] for each in mails(application, scim.tenant)]
    assert told == ["key_made", "key_made", "keys_ended"]
    [event] = admin.get(f"/users/{user}/events", action="revoke key").get_json()["events"]
    assert [each["name"] for each in event["changes"]["keys"]] == ["lent"]


def test_one_s_own_key_stays(application: Application, scim: Scim) -> None:
    user, as_user = with_role(application, scim, ADMINISTRATOR)
    key = Admin(application, lent(as_user, user))
    give(application.admin(scim.tenant), user, SUPER)
    assert key.get("/grants").status_code == 200


def test_a_key_of_nobody_is_ended_by_who_may_do_as_much(
    application: Application, scim: Scim
) -> None:
    root, (_, as_admin) = (
        application.admin(scim.tenant),
        with_role(application, scim, ADMINISTRATOR),
    )
    for scopes, status in ((["admin"], 403), (["admin:roles:write"], 403), (["users:read"], 204)):
        made = root.post("/keys", {"name": "k", "scopes": scopes}).get_json()
        assert as_admin.delete(f"/keys/{made['id']}").status_code == status
        left = [each["id"] for each in root.get("/keys").get_json()["keys"]]
        assert (made["id"] in left) == (status == 403)


@pytest.mark.parametrize("way", ["admin", "many", "SCIM", "/Me", "Bulk"])
def test_nobody_deletes_themselves(application: Application, scim: Scim, way: str) -> None:
    user, as_user = with_role(application, scim, ADMINISTRATOR)
    own = Scim(application, scim.tenant, as_user.bearer or "")
    answer = {
        "admin": lambda: as_user.delete(f"/users/{user}"),
        "many": lambda: as_user.post("/users/delete", {"ids": [user]}),
        "SCIM": lambda: own.delete(f"/Users/{user}"),
        "/Me": lambda: own.delete("/Me"),
        "Bulk": lambda: own.bulk({"method": "DELETE", "path": f"/Users/{user}"}),
    }[way]()
    assert "Nobody deletes their own account." in answer.text
    assert scim.get(f"/Users/{user}").status_code == 200


LIMITED_TO_ATTRIBUTES = [
    ("POST", "/users/{user}/groups/new", {"displayName": "mine"}),
    ("POST", "/users/{user}/groups", {"group": "{group}"}),
    ("POST", "/applications", {"name": "mine"}),
    ("POST", "/keys", {"name": "mine", "scopes": ["admin:users:read"]}),
    ("PATCH", "/users/{user}", {"displayName": "other"}),
]


@pytest.mark.parametrize(("method", "path", "body"), LIMITED_TO_ATTRIBUTES)
def test_who_may_write_some_attributes_changes_nothing_of_everybody(
    application: Application, scim: Scim, method: str, path: str, body: dict[str, object]
) -> None:
    user, group = scim.user()["id"], scim.group()["id"]
    _, limited = with_role(application, scim, ADMINISTRATOR, attributes=["phoneNumbers"])
    body = {name: group if value == "{group}" else value for name, value in body.items()}
    answer = limited.send(method, path.format(user=user), body)
    assert problem(answer)[0] == 403
    assert limited.patch(f"/users/{user}", {"phone": "1"}).status_code == 200
    assert limited.get("/sessions").status_code == 200
    over_scim = Scim(application, scim.tenant, limited.bearer or "")
    rename = {"op": "replace", "path": "displayName", "value": "x"}
    assert error(over_scim.patch(f"/Groups/{group}", rename))[0] == 403


def test_many_tells_nothing_of_who_is_out_of_reach(application: Application, scim: Scim) -> None:
    ids = [scim.user()["id"], scim.user(active=False)["id"], "nobody"]
    _, limited = with_role(application, scim, DELEGATED, folder="/emea")
    for event in ("unlock", "suspend", "reactivate"):
        results = limited.post("/users/status", {"ids": ids, "event": event}).get_json()["results"]
        assert [each["status"] for each in results] == [404, 404, 404]
        told = {each["detail"].replace(each["id"], "ID") for each in results}
        assert told == {'No User has the id "ID".'}


@contextmanager
def promoting(application: Application, scim: Scim, user: str) -> Iterator[None]:
    """While this is open, a user is being made a Super Admin, of which nobody knows yet."""
    with application.parts.store.writing(scim.tenant) as writer:
        holder = writer.lock(application.parts.registry.own_kind, user)
        now = "2026-11-21T00:00:00"
        gift = gift_of_role(SUPER)
        writer.grants.add(Grant("g", gift, user, "User", None, "x", None, now), holder.key)
        yield
        # Whoever asks now has looked at what the user holds, and waits for this transaction.
        time.sleep(0.7)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/recovery-link", {}),
        ("/keys", {"name": "k", "scopes": ["admin"]}),
        ("/password", {"mode": "temporary"}),
    ],
)
def test_what_a_user_holds_is_looked_at_in_the_transaction_that_acts(
    application: Application, scim: Scim, path: str, body: dict[str, object]
) -> None:
    user, (_, as_admin) = scim.user()["id"], with_role(application, scim, ADMINISTRATOR)
    # The first use of a key is noted, and would wait already for whoever writes.
    assert as_admin.get(f"/users/{user}").status_code == 200
    answers: list[TestResponse] = []
    thread = threading.Thread(
        target=lambda: answers.append(as_admin.post(f"/users/{user}{path}", body))
    )
    with promoting(application, scim, user):
        thread.start()
    thread.join()
    assert [problem(answer)[0] for answer in answers] == [403]
