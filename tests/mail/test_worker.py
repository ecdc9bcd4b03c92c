"""A mail arrives once, whatever happens meanwhile, and what is over is deleted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scim_server import working
from scim_server.directory.worker import Worker
from tests.application import Application, Scim
from tests.mail.people import age, ask, choose, reader
from tests.post import SENDER, Postbox, tidy, worker_for
from tests.signing import OTHER, PASSWORD, allow, people, sign_in, signed_in
from tests.web.event_log import events

COMMAND = (sys.executable, "-c", "from scim_server.cli import main; main()", "worker")
SECONDS = 30

pytestmark = pytest.mark.usefixtures("nothing_waits")


@contextmanager
def running(application: Application, box: Postbox, *options: str) -> Iterator[Any]:
    """``scim-server worker``, as an operator runs it."""
    environment = {
        **os.environ,
        "SCIM_DATABASE_URL": application.config.database_url,
        "SCIM_SCHEMAS": str(application.config.schemas[-1]),
        "SCIM_PUBLIC_URL": application.config.public_url,
        "SCIM_SMTP_HOST": "127.0.0.1",
        "SCIM_SMTP_PORT": str(box.port),
        "SCIM_SMTP_TLS": "none",
        "SCIM_SMTP_FROM": SENDER,
    }
    process = subprocess.Popen([*COMMAND, *options], env=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(box: Postbox, address: str) -> None:
    until = time.monotonic() + SECONDS
    while not box.to(address):
        assert time.monotonic() < until, "No mail has come."
        time.sleep(0.05)


def invited(application: Application, world: Scim, count: int) -> list[str]:
    """The addresses of users whose invitations wait."""
    admin = application.admin(world.tenant)
    addresses = []
    for _ in range(count):
        user, address = reader(world, password=None)
        sent = admin.post(f"/users/{user['id']}/invitation", {"mail": "send"})
        assert sent.status_code == 200, sent.text
        addresses.append(address)
    return addresses


def let_due(application: Application) -> None:
    """As if the time had come for what waits to be tried again."""
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE mail SET due = created WHERE ended IS NULL")


def test_mail_waits_for_a_mail_server_that_is_down(application: Application, world: Scim) -> None:
    box = Postbox()
    worker = worker_for(application, box)
    [address] = invited(application, world, 1)
    user, other = reader(world)
    ask(application, world, userName=user["userName"])
    assert worker.round() == 1  # the request; the mail goes nowhere
    worker.round()
    assert worker.pause > 1
    with box.open():
        worker.drain()
        assert (len(box.to(address)), len(box.to(other))) == (1, 1)
        assert worker.pause == 1
        worker.drain()
    assert len(box.arrived) == 2
    assert choose(application, box.token(other)).status_code == 204


def test_a_mail_that_is_put_off_comes_later_with_a_link_that_works(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    [fine] = invited(application, world, 1)
    ask(application, world, userName=user["userName"])
    box.refusals[address] = "451 Try again"
    worker.drain()
    assert (box.to(address), len(box.to(fine))) == ([], 1)
    box.refusals.clear()
    worker.drain()
    assert box.to(address) == []
    let_due(application)
    worker.drain()
    assert choose(application, box.token(address)).status_code == 204


def test_a_mail_that_was_put_off_for_longer_than_its_link_lives_still_brings_one_that_works(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    box.refusals[address] = "451 Try again"
    worker.drain()
    age(application, world, "link", "expires")
    tidy(worker)
    box.refusals.clear()
    let_due(application)
    worker.drain()
    assert choose(application, box.token(address)).status_code == 204


@pytest.mark.parametrize("fault", ["{{ user_name + 1 }}", '{{ "\\ud800" }}'])
def test_a_letter_that_cannot_be_made_keeps_no_other_waiting(
    application: Application, world: Scim, box: Postbox, tmp_path: Path, fault: str
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "recovery.txt").write_text(f"Subject\n\n{fault}\n")
    user, address = reader(world)
    application.admin(world.tenant).post(f"/users/{user['id']}/recovery-link", {"mail": "send"})
    [fine] = invited(application, world, 1)
    worker_for(application, box, templates=(tmp_path,)).drain()
    assert (box.to(address), len(box.to(fine))) == ([], 1)
    worker_for(application, box).drain()
    assert box.to(address) == []
    let_due(application)
    worker_for(application, box).drain()
    assert choose(application, box.token(address)).status_code == 204


def test_a_mail_server_that_stays_away_is_told_of_after_two_days(
    application: Application, world: Scim
) -> None:
    admin = application.admin(world.tenant)
    old, _ = reader(world)
    admin.post(f"/users/{old['id']}/password", {"mode": "mail"})
    age(application, world, "mail", "created")
    new, _ = reader(world)
    admin.post(f"/users/{new['id']}/password", {"mode": "mail"})
    for worker in (worker_for(application, Postbox()), working.worker(application.parts)):
        tidy(worker)
    [failed] = [e for e in events(world, old["id"]) if e.action == "mail failed"]
    assert failed.changes["mail"] == "recovery"
    states = {each["user"]: each["state"] for each in admin.get("/mails").get_json()["mails"]}
    assert states == {old["id"]: "failed", new["id"]: "waiting"}


@contextmanager
def broken(application: Application, table: str, where: str) -> Iterator[None]:
    """What is stored there cannot be read."""
    place = f"{table} WHERE {where}"
    with application.parts.database.writing() as connection:
        kept = connection.exec_driver_sql(f"SELECT document FROM {place}").scalar_one()
        connection.exec_driver_sql(f"UPDATE {table} SET document = '{{' WHERE {where}")
    try:
        yield
    finally:
        restore = text(f"UPDATE {table} SET document = :kept WHERE {where}")
        with application.parts.database.writing() as connection:
            connection.execute(restore, {"kept": kept})


def test_a_request_that_cannot_be_answered_keeps_no_other_waiting(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    other, fine = reader(world)
    for each in (user, other):
        ask(application, world, userName=each["userName"])
    with broken(application, "resource", f"public_id = '{user['id']}'"):
        worker.drain()
    assert len(box.to(fine)) == 1
    worker.drain()
    assert box.to(address) == []
    ask(application, world, userName=user["userName"])
    worker.drain()
    assert len(box.to(address)) == 1


def test_a_tenant_that_cannot_be_tidied_keeps_no_other_waiting(
    application: Application, world: Scim, worker: Worker
) -> None:
    other = people(application)
    user, _ = reader(other)
    shown = f"/users/{user['id']}/recovery-link"
    assert application.admin(other.tenant).post(shown).status_code == 200
    age(application, other, "link", "expires")
    with broken(application, "policy", f"tenant = {world.tenant}"):
        tidy(worker)
    with application.parts.database.snapshot() as connection:
        count = f"SELECT count(*) FROM link WHERE tenant = {other.tenant}"
        assert connection.exec_driver_sql(count).scalar_one() == 0


def test_an_address_that_is_refused_is_given_up_and_told(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    box.refusals[address] = "550 No such user"
    worker.drain()
    box.refusals.clear()
    let_due(application)
    worker.drain()
    assert box.to(address) == []
    [failed] = [e for e in events(world, user["id"]) if e.action == "mail failed"]
    assert failed.changes == {"mail": "recovery", "fault": "550 No such user"}


def test_two_workers_send_no_mail_twice(
    application: Application, world: Scim, box: Postbox
) -> None:
    addresses = invited(application, world, 20)
    workers = [worker_for(application, box) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Worker.drain, workers))
    assert sorted(message["To"] for message in box.arrived) == sorted(addresses)


def test_two_processes_send_no_mail_twice(
    application: Application, world: Scim, box: Postbox
) -> None:
    addresses = invited(application, world, 20)
    with (
        running(application, box, "--once") as one,
        running(application, box, "--once") as other,
    ):
        assert (one.wait(SECONDS), other.wait(SECONDS)) == (0, 0)
    assert sorted(message["To"] for message in box.arrived) == sorted(addresses)


def test_a_worker_that_is_killed_loses_no_mail(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    addresses = invited(application, world, 30)
    with running(application, box) as process:
        wait_for(box, addresses[0])
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
    sent = len(box.arrived)
    let_due(application)
    worker.drain()
    told = [message["To"] for message in box.arrived]
    assert set(told) == set(addresses)
    # At most the one that it had in hand comes twice, and then as the same mail.
    assert len(told) <= len(addresses) + 1
    assert len({message["Message-ID"] for message in box.arrived}) == len(addresses)
    assert sent >= 1


@pytest.mark.parametrize("application", ["sqlite"], indirect=True)
def test_sigterm_ends_it(application: Application, world: Scim, box: Postbox) -> None:
    [address] = invited(application, world, 1)
    with running(application, box) as process:
        wait_for(box, address)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


@pytest.mark.shows("unlocked by time")
def test_locks_end_by_themselves(application: Application, world: Scim, worker: Worker) -> None:
    allow(application, world, lockAfter=2, lockSeconds=1, lockSecondsMost=1)
    user, _ = reader(world)
    for _ in range(2):
        sign_in(application, world, user["userName"], OTHER)
    assert world.get(f"/Users/{user['id']}").get_json(force=True)["active"] is False
    time.sleep(1.1)
    tidy(worker)
    assert world.get(f"/Users/{user['id']}").get_json(force=True)["active"] is True


@pytest.mark.parametrize(
    ("table", "column"),
    [("session", "idle_ends"), ("link", "expires"), ("challenge", "expires")],
)
def test_what_is_over_is_deleted(
    application: Application, world: Scim, worker: Worker, table: str, column: str
) -> None:
    user, _ = reader(world)
    signed_in(application, world, user["userName"])
    admin = application.admin(world.tenant)
    admin.post(f"/users/{user['id']}/recovery-link")
    begun, _ = reader(world)
    temporary = admin.post(f"/users/{begun['id']}/password", {"mode": "temporary"})
    sign_in(application, world, begun["userName"], temporary.get_json()["password"])
    with application.parts.database.writing() as connection:
        count = f'SELECT count(*) FROM "{table}" WHERE tenant = {world.tenant}'
        assert connection.exec_driver_sql(count).scalar_one() == 1
        over = f"UPDATE \"{table}\" SET {column} = '2026-01-01T00:00:00'"
        connection.exec_driver_sql(f"{over} WHERE tenant = {world.tenant}")
    tidy(worker)
    with application.parts.database.snapshot() as connection:
        assert connection.exec_driver_sql(count).scalar_one() == 0
    assert sign_in(application, world, user["userName"], PASSWORD).status_code == 200


def test_what_lives_is_kept(application: Application, world: Scim, worker: Worker) -> None:
    user, _ = reader(world)
    own = signed_in(application, world, user["userName"])
    answer = application.admin(world.tenant).post(f"/users/{user['id']}/recovery-link")
    tidy(worker)
    assert own.get("/session").status_code == 200
    token = answer.get_json()["link"].rpartition("/")[2]
    assert choose(application, token).status_code == 204
