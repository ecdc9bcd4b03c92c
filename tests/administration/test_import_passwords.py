"""Passwords that come with a file: judged by the policy, hashed, and kept nowhere else."""

from typing import Any

import pytest

from tests.application import Admin, Application, Scim, problem
from tests.rows import digest
from tests.signing import PASSWORD, sign_in

WEAK = "short"
FILE = f"userName,displayName,password\nada,Ada,{PASSWORD}\nbob,Bob,\n"


def put(admin: Admin, data: str, kind: str = "text/csv", **query: str) -> Any:
    return admin.send("POST", "/users/import", data=data, content_type=kind, query_string=query)


def opens(application: Application, world: Scim, name: str, password: str = PASSWORD) -> bool:
    return sign_in(application, world, name, password).status_code == 200


@pytest.mark.shows("import of passwords")
@pytest.mark.parametrize("query", [{}, {"skipBad": "true"}])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (FILE, "text/csv"),
        (
            f'{{"userName": "ada", "password": "{PASSWORD}"}}\n{{"userName": "bob"}}\n',
            "application/jsonl",
        ),
    ],
)
def test_a_new_account_signs_in_with_it(
    application: Application,
    world: Scim,
    admin: Admin,
    query: dict[str, str],
    data: str,
    kind: str,
) -> None:
    answer = put(admin, data, kind, **query)
    assert (answer.status_code, answer.get_json()["created"]) == (200, 2), answer.text
    assert opens(application, world, "ada")
    assert not opens(application, world, "bob")
    for path in ("/users/export", "/events", "/events/export"):
        assert PASSWORD not in admin.get(path).text


@pytest.mark.shows("import of passwords")
def test_a_weak_one_is_its_lines_fault_and_is_not_repeated(
    application: Application, world: Scim, admin: Admin
) -> None:
    refused = put(admin, FILE + f"cleo,Cleo,{WEAK}\n")
    assert problem(refused)[0] == 400
    [fault] = refused.get_json()["errors"]
    assert fault["pointer"] == "/lines/4"
    assert "at least 15 characters" in fault["detail"]
    assert WEAK not in refused.text
    assert admin.get("/users").get_json()["total"] == 0
    tried = put(admin, FILE + f"cleo,Cleo,{WEAK}\n", dryRun="true").get_json()
    assert [each["effect"] for each in tried["lines"]] == ["create", "create", "refused"]


@pytest.mark.parametrize("password", ["", 7, "x" * 1025, "bell\a in the password"])
def test_what_can_be_no_password_is_refused(admin: Admin, password: object) -> None:
    told = {"userName": "ada", "password": password}
    answer = admin.send("POST", "/users/import", told, content_type="application/jsonl")
    assert problem(answer)[0] == 400
    assert admin.get("/users").get_json()["total"] == 0


def test_an_account_that_exists_keeps_its_own(
    application: Application, world: Scim, admin: Admin
) -> None:
    world.user(userName="ada", password=PASSWORD)
    before = digest(world)
    refused = put(admin, "userName,password\nada,a quite other one\n", update="true")
    assert problem(refused)[0] == 400
    assert digest(world) == before
    assert opens(application, world, "ada")


def test_it_needs_the_permission_for_credentials(application: Application, world: Scim) -> None:
    writer = application.admin(world.tenant, ["admin:users:read", "admin:users:write"])
    refused = put(writer, FILE)
    assert problem(refused)[0] == 400
    [fault] = refused.get_json()["errors"]
    assert fault["pointer"] == "/lines/2"
    assert '"credentials:write"' in fault["detail"]
    assert writer.get("/users").get_json()["total"] == 0
    assert put(writer, "userName\nada\n").status_code == 200


def test_a_password_may_begin_as_a_formula_does(
    application: Application, world: Scim, admin: Admin
) -> None:
    password = "'=twelve tall giraffes"
    assert put(admin, f"userName,password\nada,{password}\n").status_code == 200
    assert opens(application, world, "ada", password)
