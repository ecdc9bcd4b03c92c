"""Accounts from files: judged by the line, all or nothing."""

import pytest

from tests.application import ACCOUNT, Application, Scim, problem
from tests.web.files import Files

SHEET = (
    "userName,displayName,email,status,groups\r\n"
    "ada,Ada,ada@example.com,Active,Engine|Poets\r\n"
    "bob,,,Inactive,\r\n"
    "cleo,Cleo,cleo@example.com,Suspended,Engine\r\n"
)


@pytest.fixture
def groups(scim: Scim) -> None:
    for name in ("Engine", "Poets"):
        scim.group(displayName=name)


@pytest.mark.usefixtures("groups")
def test_a_file_makes_accounts(files: Files, scim: Scim) -> None:
    report = files.done(SHEET)
    assert (report["created"], report["refused"], report["lines"]) == (3, 0, [])
    shown = [(u["userName"], u["status"], u["source"], u.get("groups")) for u in files.users()]
    assert shown == [
        ("ada", "Active", "Local", ["Engine", "Poets"]),
        ("bob", "Inactive", "Local", None),
        ("cleo", "Suspended", "Local", ["Engine"]),
    ]
    assert scim.found("/Users", 'groups.display eq "Engine" and active eq true')


@pytest.mark.usefixtures("groups")
@pytest.mark.shows("import tried without effect")
def test_a_dry_run_tells_every_line_and_changes_nothing(files: Files, scim: Scim) -> None:
    scim.user(userName="BOB")
    scim.user(userName="cleo")
    report = files.done(SHEET + "ada,,,,\r\ndan,,no address,,\r\n", dryRun="true", update="true")
    assert report["dryRun"] is True
    told = [(each["line"], each["userName"], each["effect"]) for each in report["lines"]]
    assert told == [
        (2, "ada", "create"),
        (3, "bob", "refused"),
        (4, "cleo", "update"),
        (5, "ada", "refused"),
        (6, "dan", "refused"),
    ]
    assert report["lines"][1]["detail"] == "An account that is Active cannot be made Inactive."
    assert report["lines"][3]["detail"] == "Line 2 has the same userName."
    assert [user["userName"] for user in files.users()] == ["BOB", "cleo"]


@pytest.mark.usefixtures("groups")
@pytest.mark.shows("import tells each bad row", "import leaves nothing half-done")
def test_one_bad_line_stops_them_all(files: Files) -> None:
    answer = files.put(SHEET + "dan,,no address,,\r\neve,,,,Nobody\r\n")
    assert files.faults(answer) == {
        "/lines/5": '"email" must be an e-mail address.',
        "/lines/6": 'There is no group "Nobody".',
    }
    assert files.users() == []


@pytest.mark.usefixtures("groups")
@pytest.mark.shows("import tells each bad row")
def test_bad_lines_are_skipped_where_that_is_asked_for(files: Files) -> None:
    report = files.done(SHEET + "dan,,no address,,\r\neve,,,,\r\n", skipBad="true")
    assert (report["created"], report["refused"]) == (4, 1)
    assert [each["line"] for each in report["lines"]] == [5]
    assert [user["userName"] for user in files.users()] == ["ada", "bob", "cleo", "eve"]


def test_nobody_is_adopted(files: Files, scim: Scim) -> None:
    user = scim.user(userName="ada", emails=[{"value": "ada@example.com"}], displayName="SCIM's")
    answer = files.put("userName,email\r\nADA,\r\n")
    assert files.faults(answer) == {"/lines/2": 'userName already exists: "ADA".'}
    report = files.done("userName,email\r\nother,ada@example.com\r\n", update="true")
    assert report["created"] == 1
    assert scim.get(f"/Users/{user['id']}").get_json(force=True)["displayName"] == "SCIM's"


@pytest.mark.usefixtures("groups")
def test_accounts_are_updated_by_name_where_that_is_asked_for(files: Files, scim: Scim) -> None:
    files.done(SHEET)
    before = {user["userName"]: user for user in files.users()}
    sheet = (
        "userName,displayName,status,groups\n"
        "ADA,Countess,,\n"
        "bob,,,\n"
        "cleo,,Active,Poets\n"
        "dan,Dan,,\n"
    )
    report = files.done(sheet, update="true")
    counts = [report[name] for name in ("created", "updated", "unchanged", "refused")]
    assert counts == [1, 2, 1, 0]
    after = {user["userName"]: user for user in files.users()}
    assert after["ada"] == before["ada"] | {"displayName": "Countess"}
    assert after["bob"] == before["bob"]
    assert after["cleo"] == before["cleo"] | {"status": "Active", "groups": ["Engine", "Poets"]}
    [event, *_] = files.admin.get(f"/users/{after['cleo']['id']}/events").get_json()["events"]
    assert event["action"] == "reactivate"


def test_an_update_that_a_guard_refuses_is_the_lines_fault(
    application: Application, files: Files
) -> None:
    made = files.admin.post("/users", {"userName": "boss", "role": "Super Admin"})
    assert made.status_code == 201, made.text
    sheet = "userName,status\nboss,Suspended\nada,\n"
    assert files.faults(files.put(sheet, update="true")).keys() == {"/lines/2"}
    assert len(files.users()) == 1
    report = files.done(sheet, update="true", skipBad="true")
    assert (report["created"], report["updated"], report["refused"]) == (1, 0, 1)
    assert [user["status"] for user in files.users()] == ["Active", "Active"]


def test_the_policy_counts(files: Files) -> None:
    files.admin.patch("/policy", {"uniqueEmail": True, "userNameLeast": 4})
    sheet = "userName,email\nlong,a@example.com\nabc,\nmuch,A@example.com\nmore,b@example.com\n"
    assert files.faults(files.put(sheet)).keys() == {"/lines/3", "/lines/4"}
    files.done(sheet, skipBad="true")
    assert [user["userName"] for user in files.users()] == ["long", "more"]
    answer = files.put("userName,email\nlast,B@example.com\n")
    assert files.faults(answer).keys() == {"/lines/2"}


@pytest.mark.parametrize(
    "data",
    [
        "userName;displayName\nada;Ad\u00e4\n".encode(),
        "userName\tdisplayName\nada\tAd\u00e4\n".encode(),
        "\ufeffuserName,displayName\r\nada,Ad\u00e4\r\n".encode(),
        "userName,displayName\rada,Ad\u00e4\r".encode(),
        "userName,displayName\nada,Ad\u00e4\n".encode("cp1252"),
        ' username , DISPLAYNAME \n"ada","Ad\u00e4"\n\n\n'.encode(),
        "displayName,id,role,userName,created\nAd\u00e4,x,Super Admin,ada,y\n".encode(),
    ],
)
def test_a_file_is_read_as_people_write_it(files: Files, data: bytes) -> None:
    assert files.done(data)["created"] == 1
    [user] = files.users()
    assert (user["userName"], user["displayName"]) == ("ada", "Ad\u00e4")
    assert "role" not in user


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        ("", "text/csv", 400),
        ("name\nada\n", "text/csv", 400),
        ("displayName\nada\n", "text/csv", 400),
        ("userName,userName\nada,ada\n", "text/csv", 400),
        ("userName,colour\nada,red\n", "text/csv", 400),
        ("userName\nada\n".encode("utf-16"), "text/csv", 400),
        (b"userName\nada\x81\xff\n", "text/csv", 400),
        ('userName\n"' + "a" * 200_000, "text/csv", 400),
        ("userName,displayName\nada\n", "text/csv", 400),
        ("userName,displayName\nada,b,c\n", "text/csv", 400),
        ("userName,displayName\n,Ada\n", "text/csv", 400),
        ("userName\na\0da\n", "text/csv", 400),
        ("userName,groups\nada,a\0da\n", "text/csv", 400),
        ("userName,groups\nada,[1]\n", "text/csv", 400),
        ("userName,groups\nada,[x\n", "text/csv", 400),
        ("userName,attributes\nada,[]\n", "text/csv", 400),
        ("userName,attributes\nada,{\n", "text/csv", 400),
        ('userName,attributes\nada,"{""a"":' + "[" * 900 + "]" * 900 + '}"\n', "text/csv", 400),
        ("userName,status\nada,Asleep\n", "text/csv", 400),
        ("userName,status\nada,Locked\n", "text/csv", 400),
        ("[]", "application/jsonl", 400),
        ("nonsense", "application/jsonl", 400),
        ('{"userName": 7}', "application/jsonl", 400),
        ('{"userName": "ada", "displayName": 7}', "application/jsonl", 400),
        ('{"userName": "ada", "groups": "x"}', "application/jsonl", 400),
        ('{"userName": "ada", "unknown": 1}', "application/jsonl", 400),
        ('{"userName": "a\\u0000da"}', "application/jsonl", 400),
        ('{"userName": "ada", "email": "a\\u0000@b"}', "application/jsonl", 400),
        ('{"userName": "ada", "attributes": {"a": "\\u0000"}}', "application/jsonl", 400),
        ('{"userName": "' + "a" * 200_000 + '"}', "application/jsonl", 413),
        ("userName\nada\n", "text/plain", 415),
        ("userName\nada\n", "", 415),
    ],
)
def test_what_is_no_file_of_accounts_is_refused(
    files: Files, data: bytes | str, kind: str, status: int
) -> None:
    files.admin.patch("/policy", {"uniqueEmail": True})
    assert problem(files.put(data, kind))[0] == status
    assert files.users() == []


def test_an_import_needs_the_permission(application: Application, scim: Scim) -> None:
    files = Files(application, scim)
    reader = application.admin(scim.tenant, ["admin:users:read"])
    files.bearer = {"Authorization": f"Bearer {reader.bearer}"}
    assert problem(files.put("userName\nada\n"))[0] == 403
    writer = application.admin(scim.tenant, ["admin:users:write"])
    assert problem(writer.get("/users/export"))[0] == 403


def test_an_imported_account_is_one_over_scim(files: Files, scim: Scim) -> None:
    files.done('userName,folder,attributes\nada,/emea,"{""badge"": 7}"\n')
    [id] = scim.found("/Users", f'{ACCOUNT}:folder eq "/emea" and active eq true')
    shown = scim.get(f"/Users/{id}").get_json(force=True)
    assert shown[ACCOUNT]["attributes"] == [{"name": "badge", "value": "7"}]
