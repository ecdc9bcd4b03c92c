"""Users' second factors are removed and reset, for one and for many, and the users are told."""

import itertools

import pytest

from scim_server.directory.authenticators.users_authenticators import CHUNK
from tests.application import ORIGIN, Admin, Application, Scim, problem
from tests.live import users
from tests.software_key import SoftwareKey
from tests.statements import watched
from tests.web.factors import actions, listed, mails, registered
from tests.web.people import ADMINISTRATOR, DELEGATED, SUPER, with_role


@pytest.mark.shows(
    "authenticators listed",
    "one authenticator removed",
    "users told by mail of what is done to their authenticators",
)
def test_one_is_removed_and_the_user_is_told(
    application: Application, scim: Scim, admin: Admin
) -> None:
    user = scim.user(emails=[{"value": "anna@example.com"}])["id"]
    first = registered(admin, user, SoftwareKey(ORIGIN), "first").get_json()["id"]
    registered(admin, user, SoftwareKey(ORIGIN), "second")
    path = f"/users/{user}/authenticators/{first}"
    assert admin.delete(path).status_code == 204
    assert problem(admin.delete(path))[0] == 404
    assert listed(admin, user) == ["second"]
    assert actions(admin, user).count("remove authenticator") == 1
    assert mails(application, scim.tenant)[-1] == "anna@example.com authenticator_removed"


@pytest.mark.shows("authenticators reset, all or some kinds")
def test_all_are_reset_or_some_kinds(application: Application, scim: Scim, admin: Admin) -> None:
    user = scim.user(emails=[{"value": "anna@example.com"}])["id"]
    registered(admin, user, SoftwareKey(ORIGIN))
    path = f"/users/{user}/authenticators/reset"
    none = {"users": 0, "authenticators": 0, "notFound": []}
    assert admin.post(path, {"kinds": ["totp"]}).get_json() == none
    assert listed(admin, user) == ["blue key"]
    assert admin.post(path).get_json() == {"users": 1, "authenticators": 1, "notFound": []}
    assert listed(admin, user) == []
    assert admin.post(path).get_json() == none
    assert actions(admin, user).count("reset authenticators") == 1
    assert mails(application, scim.tenant)[1:] == ["anna@example.com authenticators_reset"]


def test_a_tenant_may_do_without_the_mails(
    application: Application, scim: Scim, admin: Admin
) -> None:
    user = scim.user(emails=[{"value": "anna@example.com"}])["id"]
    assert admin.patch("/policy", {"noticeMails": False}).status_code == 200
    registered(admin, user, SoftwareKey(ORIGIN))
    admin.post(f"/users/{user}/authenticators/reset")
    assert mails(application, scim.tenant) == []


@pytest.mark.shows("second factors reset for many")
def test_many_are_reset_in_one_call(application: Application, scim: Scim, admin: Admin) -> None:
    ids = [scim.user(emails=[{"value": f"{n}@example.com"}])["id"] for n in range(3)]
    for user in ids[:2]:
        registered(admin, user, SoftwareKey(ORIGIN))
    asked = {"users": [*ids, "nobody", ids[0]]}
    answer = admin.post("/authenticators/reset", asked)
    assert answer.get_json() == {"users": 2, "authenticators": 2, "notFound": ["nobody"]}
    assert [listed(admin, user) for user in ids] == [[], [], []]
    told = [mail for mail in mails(application, scim.tenant) if "reset" in mail]
    assert told == [f"{n}@example.com authenticators_reset" for n in range(2)]


def test_the_statements_of_a_reset_are_as_many_for_more_users(
    application: Application, scim: Scim, admin: Admin
) -> None:
    ids = [scim.user()["id"] for _ in range(12)]
    for user in ids:
        registered(admin, user, SoftwareKey(ORIGIN))
    with watched(application) as statements:
        admin.post("/authenticators/reset", {"users": ids[:2]})
        few = len(statements)
        statements.clear()
        admin.post("/authenticators/reset", {"users": ids[2:]})
        assert len(statements) == few


def test_more_users_than_a_transaction_takes_are_reset(scim: Scim, admin: Admin) -> None:
    made = [
        scim.bulk(*users(count, prefix)["Operations"]).get_json(force=True)["Operations"]
        for count, prefix in ((CHUNK, "a"), (2, "b"))
    ]
    ids = [each["location"].rpartition("/")[2] for each in itertools.chain(*made)]
    for user in (ids[0], ids[-1]):
        registered(admin, user, SoftwareKey(ORIGIN))
    answer = admin.post("/authenticators/reset", {"users": ids})
    assert answer.get_json() == {"users": 2, "authenticators": 2, "notFound": []}
    assert listed(admin, ids[0]) == listed(admin, ids[-1]) == []


def test_nobody_touches_the_factors_of_who_may_do_more(
    application: Application, scim: Scim, admin: Admin
) -> None:
    top, _ = with_role(application, scim, SUPER)
    _, clerk = with_role(application, scim, ADMINISTRATOR)
    id = registered(admin, top, SoftwareKey(ORIGIN)).get_json()["id"]
    path = f"/users/{top}/authenticators"
    assert listed(clerk, top) == ["blue key"]
    assert problem(clerk.delete(f"{path}/{id}"))[0] == 403
    assert problem(clerk.post(f"{path}/reset"))[0] == 403
    assert problem(clerk.post(f"{path}/webauthn/begin"))[0] == 403
    assert problem(clerk.post("/authenticators/reset", {"users": [top]}))[0] == 403
    assert listed(admin, top) == ["blue key"]


def test_an_administrator_resets_who_may_do_no_more(
    application: Application, scim: Scim, admin: Admin
) -> None:
    _, clerk = with_role(application, scim, ADMINISTRATOR)
    user = scim.user()["id"]
    registered(admin, user, SoftwareKey(ORIGIN))
    answer = clerk.post("/authenticators/reset", {"users": [user]})
    assert answer.get_json()["authenticators"] == 1, answer.text


def test_a_delegated_administrator_keeps_to_the_own_part(
    application: Application, scim: Scim, admin: Admin
) -> None:
    mine, other = scim.user()["id"], scim.user()["id"]
    group = scim.group(mine)["id"]
    _, clerk = with_role(application, scim, DELEGATED, groups=[group])
    for user in (mine, other):
        registered(admin, user, SoftwareKey(ORIGIN))
    assert clerk.post(f"/users/{mine}/authenticators/reset").status_code == 200
    assert problem(clerk.post(f"/users/{other}/authenticators/reset"))[0] == 404
    assert problem(clerk.get(f"/users/{other}/authenticators"))[0] == 404
    assert problem(clerk.post("/authenticators/reset", {"users": [other]}))[0] == 403
    assert (listed(admin, mine), listed(admin, other)) == ([], ["blue key"])
