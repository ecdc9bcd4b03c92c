"""Sources and their runs over the administration API."""

import pytest

from scim_server.directory.sources.runs import Mode, OnChange, State
from tests.application import Admin, Application, Scim, problem
from tests.sync.known import put_run, register
from tests.web.event_log import events
from tests.web.people import ADMINISTRATOR, DELEGATED, with_role

LEAVER = {
    "departs": True,
    "kind": "User",
    "step": "leave",
    "entry": "e1",
    "resource": "r1",
    "departure": "suspend",
    "display": None,
}
MOVER = {
    "departs": False,
    "kind": "Group",
    "step": "move",
    "entry": "g1",
    "place": "cn=g1",
    "resource": "r2",
    "display": "b",
    "changes": {"displayName": {"before": "a", "after": "b"}},
    "refersTo": ["uid=c"],
    "membersAdded": {"count": 21, "first": ["uid=a", "uid=b"]},
}


@pytest.mark.shows("sources listed, with their last and next runs")
def test_a_source_is_shown_as_its_file_has_it(
    application: Application, scim: Scim, admin: Admin
) -> None:
    register(
        application,
        scim.tenant,
        schedule="*/5 * * * *",
        full_schedule="0 3 * * *",
        time_zone="Europe/Berlin",
        on_change=OnChange.OVERWRITE,
    )
    put_run(application, scim.tenant, mode=Mode.FULL, asked="2026-11-21T12:01:00")
    last = put_run(application, scim.tenant, asked="2026-11-21T12:03:00")
    shown = admin.get("/sources/corp").get_json()
    assert shown.pop("lastRun")["id"] == last
    assert shown == {
        "name": "corp",
        "type": "ldap",
        "shownAs": "Directory Sync",
        "schedule": "*/5 * * * *",
        "fullSchedule": "0 3 * * *",
        "timeZone": "Europe/Berlin",
        "onChange": "overwrite",
        "owned": {"User": ["userName", "displayName"]},
        "running": None,
        "due": "2026-11-21T12:05:00Z",
        "unconfirmed": None,
    }


@pytest.mark.shows("sources listed, with their last and next runs")
def test_sources_are_listed_by_name_and_only_those_of_the_tenant(
    application: Application, scim: Scim, admin: Admin
) -> None:
    register(application, application.tenant(), "elsewhere")
    register(application, scim.tenant, "hr")
    register(application, scim.tenant, "corp")
    [corp, hr] = admin.get("/sources").get_json()["sources"]
    assert (corp["name"], hr["name"]) == ("corp", "hr")
    assert (corp["lastRun"], corp["due"]) == (None, None)
    assert problem(admin.get("/sources/elsewhere"))[0] == 404


def test_runs_are_listed_page_by_page_the_newest_first(
    application: Application, scim: Scim, admin: Admin
) -> None:
    register(application, scim.tenant)
    register(application, scim.tenant, "hr")
    put_run(application, scim.tenant, source="hr")
    made = [put_run(application, scim.tenant) for _ in range(5)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    for length in (2, 2, 1):
        page = admin.get("/sources/corp/runs", count=2, **cursor).get_json()
        assert (page["total"], len(page["runs"])) == (5, length)
        found += [run["id"] for run in page["runs"]]
        cursor = {"cursor": page.get("next")}
    assert found == made[::-1]
    assert cursor == {"cursor": None}


@pytest.mark.shows("runs and their plans read")
def test_a_run_tells_how_it_went(application: Application, scim: Scim, admin: Admin) -> None:
    register(application, scim.tenant)
    run = put_run(
        application,
        scim.tenant,
        state=State.FAILED,
        asked_by="Ann",
        asked_by_id="a1",
        started="2026-11-21T12:00:01",
        ended="2026-11-21T12:00:03",
        counts={"User": {"read": 7, "leftOut": 1}},
        detail="The server is away.",
        told=[{"kind": "User", "place": "uid=x", "why": "it has no name"}],
    )
    assert admin.get(f"/runs/{run}").get_json() == {
        "id": run,
        "source": "corp",
        "mode": "incremental",
        "state": "failed",
        "asked": "2026-11-21T12:00:00Z",
        "askedBy": "Ann",
        "askedById": "a1",
        "started": "2026-11-21T12:00:01Z",
        "ended": "2026-11-21T12:00:03Z",
        "counts": {"User": {"read": 7, "leftOut": 1}},
        "detail": "The server is away.",
        "leftOut": [{"kind": "User", "place": "uid=x", "why": "it has no name"}],
        "confirms": None,
        "confirmedBy": None,
    }


@pytest.mark.shows("runs and their plans read")
def test_a_plan_is_read_page_by_page(application: Application, scim: Scim, admin: Admin) -> None:
    register(application, scim.tenant)
    run = put_run(application, scim.tenant, [LEAVER, MOVER, LEAVER], mode=Mode.DRY_RUN)
    first = admin.get(f"/runs/{run}/plan", count=2).get_json()
    assert (first["total"], first["steps"]) == (3, [LEAVER, MOVER])
    rest = admin.get(f"/runs/{run}/plan", count=2, cursor=first["next"]).get_json()
    assert rest == {"total": 3, "steps": [LEAVER]}
    plain = put_run(application, scim.tenant)
    assert admin.get(f"/runs/{plain}/plan").get_json() == {"total": 0, "steps": []}


def test_who_leaves_is_called_as_they_are_now(
    application: Application, scim: Scim, admin: Admin
) -> None:
    register(application, scim.tenant)
    user = scim.user(displayName="Ann")["id"]
    leaver = {name: told for name, told in LEAVER.items() if name != "display"}
    run = put_run(application, scim.tenant, [leaver | {"resource": user}, leaver])
    steps = admin.get(f"/runs/{run}/plan").get_json()["steps"]
    assert [step["display"] for step in steps] == ["Ann", None]


MADE_UP = {
    '["-1"]': "WyItMSJd",
    '["2147483648"]': "WyIyMTQ3NDgzNjQ4Il0",
    '["\u0663"]': "WyLZoyJd",
    '["1", "2"]': "WyIxIiwiMiJd",
    "[1]": "WzFd",
    '["00"]': "WyIwMCJd",
    '["0000000001"]': "WyIwMDAwMDAwMDAxIl0",
    '[ "1"]': "WyAiMSJd",
    '["1"] with a blank in it': "WyIx Il0",
    '["1"] padded': "WyIxIl0=",
    '["1"] with other last bits': "WyIxIl1",
    "no cursor": "x",
}


@pytest.mark.parametrize("cursor", MADE_UP.values(), ids=MADE_UP)
def test_a_made_up_cursor_is_refused(
    application: Application, scim: Scim, admin: Admin, cursor: str
) -> None:
    register(application, scim.tenant)
    run = put_run(application, scim.tenant, [LEAVER])
    assert problem(admin.get(f"/runs/{run}/plan", cursor=cursor))[0] == 400


@pytest.mark.shows("a run of a source started", "a run of a source tried without effect")
@pytest.mark.parametrize("mode", ["incremental", "full", "dry run"])
def test_a_run_that_is_started_waits_for_a_worker(
    application: Application, scim: Scim, admin: Admin, mode: str
) -> None:
    register(application, scim.tenant)
    answer = admin.post("/sources/corp/runs", {"mode": mode})
    run = answer.get_json()
    assert (answer.status_code, run["mode"], run["state"]) == (202, mode, "waiting")
    assert admin.get(f"/runs/{run['id']}").get_json() == run
    [event] = events(scim)
    assert event[:5] == ("start run", "Source", "corp", 0, {"run": run["id"], "mode": mode})
    assert run["askedBy"] == event.actor


def test_it_is_incremental_unless_told(application: Application, scim: Scim, admin: Admin) -> None:
    register(application, scim.tenant)
    assert admin.post("/sources/corp/runs").get_json()["mode"] == "incremental"
    assert problem(admin.post("/sources/corp/runs", {"mode": "partial"}))[0] == 400


def test_no_second_one_waits(application: Application, scim: Scim, admin: Admin) -> None:
    register(application, scim.tenant)
    register(application, scim.tenant, "hr")
    assert admin.post("/sources/corp/runs").status_code == 202
    assert problem(admin.post("/sources/corp/runs"))[0] == 409
    assert admin.post("/sources/hr/runs").status_code == 202
    assert len(events(scim)) == 2


def test_none_waits_while_one_goes_on(application: Application, scim: Scim, admin: Admin) -> None:
    register(application, scim.tenant)
    run = put_run(application, scim.tenant, state=State.RUNNING)
    register(application, scim.tenant, run=run)
    assert problem(admin.post("/sources/corp/runs"))[0] == 409
    assert admin.get("/sources/corp").get_json()["running"] == run


@pytest.mark.shows("a run that guards have stopped confirmed")
def test_what_awaits_confirmation_is_confirmed_once_and_by_a_full_run(
    application: Application, scim: Scim, admin: Admin
) -> None:
    register(application, scim.tenant)
    stopped = put_run(application, scim.tenant, [LEAVER], state=State.AWAITING_CONFIRMATION)
    assert admin.get("/sources/corp").get_json()["unconfirmed"] == stopped
    answer = admin.post(f"/runs/{stopped}/confirm")
    run = answer.get_json()
    assert answer.status_code == 202
    assert (run["mode"], run["state"], run["confirms"]) == ("full", "waiting", stopped)
    assert admin.get("/sources/corp").get_json()["unconfirmed"] is None
    before = admin.get(f"/runs/{stopped}").get_json()
    assert (before["state"], before["confirmedBy"]) == ("confirmed", run["askedBy"])
    assert problem(admin.post(f"/runs/{stopped}/confirm"))[0] == 409
    [event] = events(scim)
    assert event[:5] == ("confirm run", "Source", "corp", 0, {"run": stopped})


@pytest.mark.parametrize("state", sorted(set(State) - {State.AWAITING_CONFIRMATION}))
def test_nothing_else_is_confirmed(
    application: Application, scim: Scim, admin: Admin, state: State
) -> None:
    register(application, scim.tenant)
    run = put_run(application, scim.tenant, state=state)
    assert problem(admin.post(f"/runs/{run}/confirm"))[0] == 409
    assert events(scim) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sources/nobody"),
        ("GET", "/sources/nobody/runs"),
        ("POST", "/sources/nobody/runs"),
        ("GET", "/runs/nobody"),
        ("GET", "/runs/nobody/plan"),
        ("POST", "/runs/nobody/confirm"),
    ],
)
def test_what_there_is_not_is_404(admin: Admin, method: str, path: str) -> None:
    assert problem(admin.send(method, path, {} if method == "POST" else None))[0] == 404


def test_another_tenants_run_is_not_there(
    application: Application, scim: Scim, admin: Admin
) -> None:
    other = application.tenant()
    register(application, other)
    run = put_run(application, other, [LEAVER], state=State.AWAITING_CONFIRMATION)
    assert problem(admin.get(f"/runs/{run}/plan"))[0] == 404
    assert problem(admin.post(f"/runs/{run}/confirm"))[0] == 404


def test_who_may_read_starts_and_confirms_nothing(application: Application, scim: Scim) -> None:
    register(application, scim.tenant)
    run = put_run(application, scim.tenant, state=State.AWAITING_CONFIRMATION)
    reader = application.admin(scim.tenant, ["admin:sync:read"])
    assert reader.get("/sources").status_code == reader.get(f"/runs/{run}/plan").status_code == 200
    assert problem(reader.post("/sources/corp/runs"))[0] == 403
    assert problem(reader.post(f"/runs/{run}/confirm"))[0] == 403
    writer = application.admin(scim.tenant, ["admin:sync:write"])
    assert writer.post("/sources/corp/runs").status_code == 202
    assert problem(writer.get("/sources"))[0] == 403


def test_an_administrator_may_and_a_delegated_one_not(application: Application, scim: Scim) -> None:
    register(application, scim.tenant)
    _, administrator = with_role(application, scim, ADMINISTRATOR)
    assert administrator.post("/sources/corp/runs").status_code == 202
    _, delegated = with_role(application, scim, DELEGATED, folder="/emea")
    assert problem(delegated.get("/sources"))[0] == 403
