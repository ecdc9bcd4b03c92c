"""Lines that are refused by themselves, and told before: a dry run tells what an import does."""

from typing import Any

import pytest

from tests.application import Application, Scim, problem
from tests.signing import PASSWORD
from tests.web.files import Files
from tests.web.people import ADMINISTRATOR, SUPER, give, with_role

MORE = "Nobody gives or takes more than they hold."
HIGHER = "Who has a higher role is looked after by one who has it, too."
LAST = "The last Super Admin cannot be removed, suspended or demoted."


@pytest.fixture
def boss(application: Application, scim: Scim) -> dict[str, Any]:
    """The only Super Admin."""
    user = scim.user(userName="boss")
    give(application.admin(scim.tenant), user["id"], SUPER)
    return user


@pytest.fixture
def chiefs(application: Application, scim: Scim) -> str:
    """A group that makes its members Super Admins; Cleo is one."""
    group: str = scim.group(scim.user(userName="cleo")["id"], displayName="Chiefs")["id"]
    give(application.admin(scim.tenant), group, SUPER)
    return group


@pytest.fixture
def lower(application: Application, scim: Scim) -> Files:
    """As an Administrator, who cannot give roles."""
    files = Files(application, scim)
    _, admin = with_role(application, scim, ADMINISTRATOR)
    files.bearer = {"Authorization": f"Bearer {admin.bearer}"}
    return files


def state(files: Files) -> object:
    """All accounts, and all that happened."""
    return files.users(), files.admin.get("/events").get_json()


def refused(report: dict[str, Any]) -> dict[int, str]:
    return {e["line"]: e["detail"] for e in report["lines"] if e["effect"] == "refused"}


@pytest.mark.usefixtures("chiefs")
def test_a_line_that_names_a_group_with_a_higher_role_is_refused_alone(
    lower: Files, scim: Scim
) -> None:
    rows = [f"u-{number},{'chiefs' if number == 1199 else ''}\n" for number in range(1500)]
    report = lower.done("userName,groups\n" + "".join(rows), skipBad="true")
    assert (report["created"], report["refused"]) == (1499, 1)
    assert refused(report) == {1201: f'The group "chiefs": {MORE}'}
    assert scim.found("/Users", 'userName eq "u-1200" or userName eq "u-1199"') == (
        scim.found("/Users", 'userName eq "u-1200"')
    )


@pytest.mark.usefixtures("chiefs")
def test_who_is_in_such_a_group_already_is_given_nothing_by_its_name(lower: Files) -> None:
    sheet = "userName,displayName,groups\ncleo,,CHIEFS\n"
    report = lower.done(sheet, update="true")
    assert (report["unchanged"], report["refused"]) == (1, 0)


SHEET = """userName,displayName,status,groups,password,email
new,New,,,,
boss,,Suspended,,,
cleo,Cleopatra,,,,
dora,,,Chiefs,,
eve,,,,short,
finn,Finn,,Poets,,
gus,,Inactive,,,
hal,,,Poets,,
ina,,,,,no address
joe,,,Nobody,,
kim,Kim,,,,
lea,,,,a rather long password,
"""


@pytest.mark.usefixtures("boss", "chiefs")
@pytest.mark.parametrize("who", ["an administrator", "who may do everything"])
@pytest.mark.shows("import tried without effect")
def test_a_dry_run_tells_what_an_import_does(
    scim: Scim, files: Files, lower: Files, who: str
) -> None:
    scim.group(displayName="Poets")
    for name in ("gus", "hal", "finn", "kim"):
        scim.user(userName=name, displayName="Kim" if name == "kim" else None)
    [gone] = scim.found("/Users", 'userName eq "hal"')
    taken = files.admin.post(f"/users/{gone}/status", {"event": "deprovision"})
    assert taken.status_code == 200, taken.text
    sender = lower if who == "an administrator" else files
    before = state(files)
    tried = sender.done(SHEET, dryRun="true", update="true")
    assert state(files) == before
    assert [each["line"] for each in tried["lines"]] == list(range(2, 14))
    stopped = sender.faults(sender.put(SHEET, update="true"))
    assert state(files) == before
    assert stopped == {f"/lines/{line}": why for line, why in refused(tried).items()}
    done = sender.done(SHEET, update="true", skipBad="true")
    assert refused(done) == refused(tried)
    counts = ("created", "updated", "unchanged", "refused")
    assert [done[name] for name in counts] == [tried[name] for name in counts]
    assert refused(done).keys() == {6, 8, 9, 10, 11} | (
        {3, 4, 5} if who == "an administrator" else set()
    )


@pytest.mark.usefixtures("chiefs")
@pytest.mark.shows("import tried without effect")
def test_an_account_of_a_higher_role_is_told_before(lower: Files) -> None:
    sheet = "userName,displayName\ncleo,Cleopatra\n"
    for how in ({"dryRun": "true"}, {"skipBad": "true"}):
        assert refused(lower.done(sheet, update="true", **how)) == {2: HIGHER}


@pytest.mark.usefixtures("boss")
@pytest.mark.shows("import tried without effect")
def test_that_the_last_super_admin_stays_is_told_before(files: Files) -> None:
    sheet = "userName,status\nboss,Suspended\n"
    for how in ({"dryRun": "true"}, {"skipBad": "true"}):
        assert refused(files.done(sheet, update="true", **how)) == {2: LAST}


@pytest.mark.parametrize("name", ["ada", "new"])
@pytest.mark.parametrize(
    "member",
    [
        {"displayName": "a\0b"},
        {"email": "a\0@b"},
        {"folder": "/a\0b"},
        {"attributes": {"a": "\0"}},
        {"attributes": {"\0": 1}},
        {"userType": "\0"},
    ],
)
def test_a_member_with_nul_is_told_before(
    files: Files, scim: Scim, name: str, member: dict[str, Any]
) -> None:
    scim.user(userName="ada")
    data = files.client.application.json.dumps({"userName": name} | member)
    tried = files.done(data, "application/jsonl", dryRun="true", update="true")
    done = files.done(data, "application/jsonl", skipBad="true", update="true")
    assert refused(tried).keys() == {1}
    assert refused(done) == refused(tried)


@pytest.mark.parametrize("name", ["a\u202eb", "\u200bada", " ada", "a\tb", "\ud7ff", "a" * 256])
def test_a_name_that_is_none_is_its_lines_fault(files: Files, name: str) -> None:
    data = "\n".join(
        files.client.application.json.dumps({"userName": each}) for each in (name, "bob")
    )
    for how in ({"dryRun": "true"}, {"skipBad": "true"}):
        report = files.done(data, "application/jsonl", **how)
        assert (list(refused(report)), report["created"]) == ([1], 1)


def test_a_password_needs_the_permission_of_its_line_only(
    application: Application, scim: Scim
) -> None:
    files = Files(application, scim)
    writer = application.admin(scim.tenant, ["admin:users:write"])
    files.bearer = {"Authorization": f"Bearer {writer.bearer}"}
    sheet = f"userName,password\nada,{PASSWORD}\nbob,\n"
    for how in ({"dryRun": "true"}, {"skipBad": "true"}):
        report = files.done(sheet, **how)
        assert report["created"] == 1
        assert '"credentials:write"' in refused(report)[2]


def test_a_status_needs_the_permission_of_its_line_only(
    application: Application, scim: Scim
) -> None:
    for name in ("ada", "bob"):
        scim.user(userName=name)
    files = Files(application, scim)
    writer = application.admin(scim.tenant, ["admin:users:write"])
    files.bearer = {"Authorization": f"Bearer {writer.bearer}"}
    sheet = "userName,displayName,status\nada,Ada,Suspended\nbob,Bob,\n"
    for how in ({"dryRun": "true"}, {"skipBad": "true"}):
        report = files.done(sheet, update="true", **how)
        assert report["updated"] == 1
        assert '"users:status"' in refused(report)[2]


def test_what_ends_a_file_half_way_leaves_a_report(files: Files) -> None:
    rows = [f'{{"userName": "u-{number}"}}' for number in range(1200)]
    rows[7] = '{"userName": 7}'
    rows[1100] = '{"userName": "' + "a" * 200_000 + '"}'
    answer = files.put("\n".join(rows), "application/jsonl", skipBad="true")
    assert problem(answer)[0] == 413
    report = answer.get_json()["report"]
    assert (report["created"], report["refused"], report["through"]) == (999, 1, 1000)
    assert refused(report).keys() == {8}
    assert len(files.users()) == 999


def test_what_ends_a_file_before_anything_is_done_leaves_none(files: Files) -> None:
    row = '{"userName": "' + "a" * 200_000 + '"}'
    answer = files.put(row, "application/jsonl", skipBad="true")
    assert problem(answer)[0] == 413
    assert "report" not in answer.get_json()
