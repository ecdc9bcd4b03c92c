"""What is counted, and who may see it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scim_server.app import assemble
from scim_server.config import BadConfig, Config
from scim_server.config.environment import read_config
from scim_server.directory.sources.runs import Mode, State
from scim_server.parts import build
from scim_server.sync.files.sources import SourceFiles
from scim_server.syncing import worker
from tests.application import Application, Scim, problem
from tests.cli.operator import DEAD
from tests.live import live
from tests.sync.duty import employed
from tests.sync.known import put_run, register
from tests.sync.office import Office
from tests.web.bulk_job import create_user
from tests.web.people import with_role

TOKEN = "t" * 32
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Numbers:
    """Name and labels to number."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read_of(name: str, text: str) -> Numbers:
    """The same of one name: to read all that other tests have counted takes seconds."""
    return read("".join(line for line in text.splitlines(True) if line.startswith(name)))


class Watch:
    """What an application, or several of one process, have counted since the watch was made."""

    def __init__(self, application: Application) -> None:
        self.client = application.flask.test_client()
        self.before = self.text()

    def text(self) -> str:
        answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        return answer.text

    def counted(self, name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        now, before = (read_of(name, text).get(key, 0) for text in (self.text(), self.before))
        return now - before


@pytest.fixture(scope="module")
def open_application(application: Application) -> Iterator[Application]:
    """The same database, with the token set."""
    made = Application(application.config.database_url, metrics_token=TOKEN)
    yield made
    made.parts.database.close()


@pytest.fixture
def watch(open_application: Application) -> Watch:
    return Watch(open_application)


@pytest.fixture
def client(open_application: Application) -> Scim:
    return open_application.scim()


def test_requests_are_counted_by_route_method_and_status(client: Scim, watch: Watch) -> None:
    user = client.user()
    client.get(f"/Users/{user['id']}")
    client.get(f"/Users/{user['id']}")
    client.get("/Users/nobody")
    route = "/scim/v2/Users/<resource_id:id>"
    assert watch.counted("scim_requests_total", method="GET", route=route, status="200") == 2
    assert watch.counted("scim_requests_total", method="GET", route=route, status="404") == 1
    assert watch.counted("scim_request_seconds_count", method="GET", route=route) == 3
    assert watch.counted("scim_request_seconds_sum", method="GET", route=route) > 0


def test_no_label_is_what_a_client_makes_up(client: Scim, watch: Watch) -> None:
    client.send("EXPLODE", "/Users")
    client.send("GET", "/unknown-to-all")
    assert not any(made_up in watch.text() for made_up in ("EXPLODE", "unknown-to-all"))
    labels = {"method": "GET", "route": "other", "status": "404"}
    assert watch.counted("scim_requests_total", **labels) == 1


def test_what_was_committed_is_counted(
    open_application: Application, client: Scim, watch: Watch
) -> None:
    admin = open_application.admin(client.tenant)
    user = client.user()["id"]
    admin.post(f"/users/{user}/status", {"event": "suspend"})
    admin.post(f"/users/{user}/status", {"event": "suspend"})
    assert watch.counted("scim_events_total", action="create") == 1
    assert watch.counted("scim_events_total", action="suspend") == 1


def test_what_was_undone_is_not_counted(client: Scim, watch: Watch) -> None:
    name = client.name()
    client.bulk(create_user("1", name), create_user("2", name), create_user("3", client.name()))
    assert watch.counted("scim_events_total", action="create") == 2


def test_tolerances_are_counted_by_client(client: Scim, watch: Watch) -> None:
    user = client.user()["id"]
    operation = {"op": "Replace", "path": "active", "value": "False"}
    assert client.patch(f"/Users/{user}", operation).status_code == 200
    told = {dict(labels)["tenant"] for _, labels in read_of("scim_tolerances", watch.text())}
    assert str(client.tenant) in told


def test_nobody_makes_up_a_label(open_application: Application, client: Scim, watch: Watch) -> None:
    user, _ = with_role(open_application, client, "Super Admin")
    body = {"name": "made up", "scopes": ["*:write", "admin"]}
    admin = open_application.admin(client.tenant)
    operation = {"op": "replace", "path": "active", "value": "True"}
    for path in ("/keys", f"/users/{user}/keys"):
        token = admin.post(path, body).get_json()["token"]
        key = Scim(open_application, client.tenant, token)
        assert key.patch(f"/Users/{user}", operation).status_code == 200
    told = [dict(labels) for _, labels in read_of("scim_tolerances", watch.text())]
    told = [labels for labels in told if labels["tenant"] == str(client.tenant)]
    assert {labels["client"] for labels in told} == {"API key"}


@pytest.mark.parametrize(
    "header",
    [None, "Bearer ", f"Bearer {TOKEN}t", f"Basic {TOKEN}", "Bearer ü", f"Bearer {TOKEN[1:]}"],
)
def test_nobody_else_sees_them(open_application: Application, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = open_application.flask.test_client().get("/metrics", headers=headers)
    assert problem(answer)[0] == 401
    assert "WWW-Authenticate" in answer.headers


def test_a_clients_token_does_not_open_them(open_application: Application, client: Scim) -> None:
    headers = {"Authorization": f"Bearer {client.bearer}"}
    answer = open_application.flask.test_client().get("/metrics", headers=headers)
    assert problem(answer)[0] == 401


def test_without_the_setting_there_are_none(application: Application) -> None:
    assert problem(application.flask.test_client().get("/metrics"))[0] == 404


@pytest.mark.parametrize("token", ["short", "x" * 513, "with blank" * 4, "ü" * 32])
def test_a_weak_token_stops_the_start_and_is_not_told(token: str) -> None:
    with pytest.raises(BadConfig) as told:
        read_config({"SCIM_METRICS_TOKEN": token})
    assert "SCIM_METRICS_TOKEN" in str(told.value) and token not in str(told.value)


def test_the_token_is_not_shown_with_the_settings() -> None:
    assert TOKEN not in repr(read_config({"SCIM_METRICS_TOKEN": TOKEN}))


def test_every_process_counts_and_none_is_forgotten(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "counter_999999999.db").write_bytes(b"left behind")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with live(
        database_url, SCIM_METRICS_TOKEN=TOKEN, PROMETHEUS_MULTIPROC_DIR=str(folder)
    ) as server:
        for _ in range(40):
            with server.client() as client:
                assert client.get("/Users").status_code == 200
        processes = server.workers()
        with server.client() as client:
            text = client.get(f"{server.url}/metrics", headers=headers).text
    labels = (("method", "GET"), ("route", "/scim/v2/Users"), ("status", "200"))
    assert read(text)["scim_requests_total", labels] == 40
    left = {int(file.stem.rpartition("_")[2]) for file in folder.glob("*.db")}
    assert left <= set(processes)


STARTED, ENDED = "2026-11-21T12:00:00", "2026-11-21T12:00:30.5"
SECONDS = 1795262430.5
"""Of ENDED, since 1970."""


def gauge(watch: Watch, name: str, tenant: int, **labels: str) -> float | None:
    told = {"tenant": str(tenant), "source": "corp", **labels}
    name = f"scim_sync_{name}"
    return read_of(name, watch.text()).get((name, tuple(sorted(told.items()))))


def test_the_last_run_that_was_done_is_told(open_application: Application, watch: Watch) -> None:
    tenant = open_application.tenant()
    register(open_application, tenant)
    assert gauge(watch, "success_timestamp_seconds", tenant) == 0
    assert gauge(watch, "run_seconds", tenant) is None
    counts = {"User": {"read": 7, "joiners": 2}}
    put_run(open_application, tenant, started=STARTED, ended=ENDED, counts=counts)
    later: dict[str, Any] = {"started": ENDED, "ended": "2026-11-21T12:01:00"}
    put_run(open_application, tenant, state=State.FAILED, **later)
    put_run(open_application, tenant, mode=Mode.DRY_RUN, **later)
    assert gauge(watch, "success_timestamp_seconds", tenant) == SECONDS
    assert gauge(watch, "run_seconds", tenant) == 30.5
    assert gauge(watch, "entries", tenant, kind="User", word="joiners") == 2


def test_what_awaits_confirmation_is_told(open_application: Application, watch: Watch) -> None:
    tenant = open_application.tenant()
    register(open_application, tenant)
    assert gauge(watch, "unconfirmed_runs", tenant) == 0
    put_run(open_application, tenant, state=State.AWAITING_CONFIRMATION)
    assert gauge(watch, "unconfirmed_runs", tenant) == 1


def test_runs_are_counted_by_how_they_end(
    open_application: Application, watch: Watch, tmp_path: Path
) -> None:
    office = employed(Office(open_application, tmp_path))
    parts = open_application.parts
    work = worker(parts, SourceFiles(tmp_path, {}, parts.registry), lambda: False)
    work.drain()
    office.admin.post("/sources/hr/runs")
    work.drain()
    (tmp_path / "hr.jsonl").unlink()
    office.admin.post("/sources/hr/runs")
    work.drain()
    labels = {"tenant": str(office.tenant), "source": "hr"}
    for state in ("done", "failed"):
        assert watch.counted("scim_sync_runs_total", **labels, state=state) == 1


def test_while_the_database_is_away_the_other_numbers_are_there() -> None:
    away = assemble(build(Config(database_url=DEAD, metrics_token=TOKEN)))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = away.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, "scim_sync_runs" in answer.text) == (200, True)
    assert "scim_sync_success" not in answer.text
