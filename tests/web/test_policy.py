"""What a tenant decides, over the administration API."""

from typing import Any

import pytest

from tests.application import Application, Scim, problem
from tests.statements import watched
from tests.web.event_log import events


def test_at_first_it_is_the_defaults(application: Application, scim: Scim) -> None:
    policy = application.admin(scim.tenant).get("/policy").get_json()
    assert policy["passwordLength"] == 15
    assert policy["passwordBlocklist"] == []
    assert policy["selfRegistration"] is False
    assert policy["retentionDays"] == 365
    assert len(policy) == 21


def test_what_is_named_is_changed_and_the_rest_stays(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    before = admin.get("/policy").get_json()
    wanted = {"lockAfter": 5, "uniqueEmail": True, "passwordBlocklist": ["acme"]}
    answer = admin.patch("/policy", wanted)
    assert answer.status_code == 200, answer.text
    assert answer.get_json() == before | wanted
    assert admin.get("/policy").get_json() == before | wanted
    assert application.admin(application.tenant()).get("/policy").get_json() == before


def test_null_is_the_default_again(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    before = admin.get("/policy").get_json()
    admin.patch("/policy", {"lockAfter": 5, "passwordBlocklist": ["acme"]})
    assert admin.patch("/policy", {"lockAfter": None, "passwordBlocklist": None}).status_code == 200
    assert admin.get("/policy").get_json() == before


def test_a_change_is_told_with_before_and_after(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    admin.patch("/policy", {"lockAfter": 5, "staleDays": 90})
    admin.patch("/policy", {"lockAfter": 5})
    [event] = events(scim)
    assert (event.action, event.kind) == ("update", "Policy")
    assert event.changes == {"lock_after": {"before": 10, "after": 5}}


@pytest.mark.parametrize(
    "wanted",
    [
        {"passwordLength": 7},
        {"passwordLength": 257},
        {"passwordLength": "20"},
        {"passwordLength": 20.5},
        {"passwordLength": True},
        {"passwordLength": 2**70},
        {"passwordLength": 10, "passwordLengthWithFactor": 12},
        {"lockSeconds": 3601},
        {"sessionSeconds": 1799},
        {"userNameLeast": 51},
        {"uniqueEmail": "yes"},
        {"uniqueEmail": 1},
        {"passwordBlocklist": "acme"},
        {"passwordBlocklist": [""]},
        {"passwordBlocklist": [None]},
        {"passwordBlocklist": ["x"] * 1001},
        {"password_length": 20},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    application: Application, scim: Scim, wanted: dict[str, Any]
) -> None:
    admin = application.admin(scim.tenant)
    before = admin.get("/policy").get_json()
    assert problem(admin.patch("/policy", wanted))[0] == 400
    assert admin.get("/policy").get_json() == before
    assert events(scim) == []


def test_who_may_read_it_may_not_write_it(application: Application, scim: Scim) -> None:
    reader = application.admin(scim.tenant, ["admin:policy:read"])
    assert reader.get("/policy").status_code == 200
    assert problem(reader.patch("/policy", {"lockAfter": 5}))[0] == 403
    assert problem(application.admin(scim.tenant, ["*:write"]).get("/policy"))[0] == 403


def test_it_is_read_in_one_statement(application: Application) -> None:
    tenant = application.tenant()
    admin = application.admin(tenant)
    with watched(application) as statements:
        admin.get("/policy")
        statements.clear()
        admin.get("/policy")
        assert len([text for text in statements if "policy" in text]) == 1
