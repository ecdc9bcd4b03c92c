"""What serve and quickstart say before they serve, and that they change nothing until then."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import httpx2
import pytest

from benchmarks.processes import free_port
from scim_server.cli.starting import start_faults
from scim_server.config import BUNDLED_SCHEMAS
from scim_server.config.environment import settings
from tests.cli.operator import DEAD, Operator
from tests.live import COMMAND, REPOSITORY, http, live

SERVING = ["serve", "quickstart"]
SECONDS = 30
SYSTEMD = (
    "import os; os.dup2({}, 3);"
    " os.environ |= {{'LISTEN_FDS': '1', 'LISTEN_PID': str(os.getpid())}};"
)
"""What systemd does to a process before it starts it, sd_listen_fds(3)."""


@contextmanager
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def by_make(goal: str, *settings: str) -> list[str]:
    """What the shell is given by make: the goal's recipe prints it."""
    recipe = f"{goal}: ; @echo $$SCIM_BIND $$PORT"
    command = ["make", "--no-print-directory", f"--eval={recipe}", goal, *settings]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return done.stdout.split()


def said_by(
    operator: Operator, command: str, folder: Path, address: str = "", handed: Sequence[int] = ()
) -> str:
    """What a server writes, on both streams, until it answers.

    Args: address: where it does, unless at SCIM_BIND
          handed:  the socket to listen on, in the way of systemd
    """
    code = "from scim_server.cli import main; main()"
    code = "".join(SYSTEMD.format(socket) for socket in handed) + code
    url = f"http://{address or operator.environment['SCIM_BIND']}/healthz"
    with TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code, command],
            env=operator.environment | {"SCIM_WORKERS": "1", "PYTHONPATH": str(REPOSITORY)},
            cwd=folder,
            stdout=output,
            stderr=output,
            pass_fds=handed,
        )
        try:
            wait_for(url)
        finally:
            process.terminate()
            process.wait(SECONDS)
        output.seek(0)
        return output.read().decode()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with http() as client:
                assert client.get(url).is_success
                return
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("command", SERVING)
def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.schema.json").write_text('{"id": "urn:x:y", "name": "Bad"}')
    with taken() as port:
        told = Operator(
            SCIM_DATABASE_URL=DEAD,
            SCIM_BIND=f"127.0.0.1:{port}",
            SCIM_PAGE_SIZE="many",
            SCIM_SCHEMAS=str(tmp_path),
        ).refused(command)
    named = [re.findall(r"SCIM_\w+:|bad.schema.json", line)[0] for line in told]
    assert sorted(set(named), key=named.index) == [
        "SCIM_PAGE_SIZE:",
        "bad.schema.json",
        "SCIM_DATABASE_URL:",
        "SCIM_BIND:",
    ]


@pytest.mark.parametrize("command", SERVING)
def test_a_taken_port_is_named_and_nothing_is_changed(cli: Operator, command: str) -> None:
    token = cli.json("client", "add", "first")["token"]
    before = cli.json("client", "list")
    with taken() as port:
        [told] = cli.refused(command, SCIM_BIND=f"127.0.0.1:{port}")
    assert told.startswith(f"Error: SCIM_BIND: 127.0.0.1:{port} is in use: ")
    assert cli.json("client", "list") == before
    assert cli.is_valid(token)


def test_a_taken_port_leaves_no_database_behind(tmp_path: Path) -> None:
    operator = Operator(SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/scim.db")
    with taken() as port:
        operator.refused("quickstart", SCIM_BIND=f"127.0.0.1:{port}")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_came_from_port_is_told_by_that_name(cli: Operator) -> None:
    with taken() as port:
        [told] = cli.refused("quickstart", SCIM_BIND=f"127.0.0.1:{port}", PORT=str(port))
        [other] = cli.refused("quickstart", SCIM_BIND=f"127.0.0.1:{port}", PORT="1")
    assert f"127.0.0.1:{port} (PORT={port}) is in use" in told and told.endswith("another PORT.")
    assert "PORT" not in other


@pytest.mark.parametrize(
    ("given", "exported"),
    [
        ([], ["127.0.0.1:8080", "8080"]),
        (["PORT=9000"], ["127.0.0.1:9000", "9000"]),
        (["SCIM_BIND="], ["127.0.0.1:8080", "8080"]),
        (["SCIM_BIND=0.0.0.0:80"], ["0.0.0.0:80"]),
    ],
)
def test_make_gives_port_to_the_server(
    monkeypatch: pytest.MonkeyPatch, given: list[str], exported: list[str]
) -> None:
    for name in ("SCIM_BIND", "PORT", "MAKEFLAGS"):
        monkeypatch.delenv(name, raising=False)
    for setting in given:
        monkeypatch.setenv(*setting.split("=", 1))
    assert by_make("shown") == exported


@pytest.mark.parametrize(
    ("bind", "why"),
    [
        ("192.0.2.1:8080", "Cannot assign requested address"),
        ("no-such-host.invalid:8080", "cannot be listened on"),
    ],
)
def test_an_address_of_another_machine_is_told(cli: Operator, bind: str, why: str) -> None:
    [told] = cli.refused("serve", SCIM_BIND=bind)
    assert told.startswith(f"Error: SCIM_BIND: {bind} cannot be listened on: ") and why in told


@pytest.mark.parametrize("command", SERVING)
def test_an_address_that_gunicorn_is_told_counts_instead(tmp_path: Path, command: str) -> None:
    operator = Operator(SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/scim.db")
    operator("init")
    address = f"127.0.0.1:{free_port()}"
    operator.environment["GUNICORN_CMD_ARGS"] = f"--bind={address}"
    with taken() as port:
        operator.environment["SCIM_BIND"] = f"127.0.0.1:{port}"
        told = said_by(operator, command, tmp_path, address)
    assert f"Listening at: http://{address}" in told


def test_a_socket_of_systemd_counts_instead(tmp_path: Path) -> None:
    operator = Operator(SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/scim.db")
    operator("init")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        operator.environment["SCIM_BIND"] = f"127.0.0.1:{listener.getsockname()[1]}"
        told = said_by(operator, "serve", tmp_path, handed=[listener.fileno()])
    assert f"Listening at: http://{operator.environment['SCIM_BIND']}" in told
    assert "Warning" not in told


@pytest.mark.parametrize(
    ("environment", "probed"),
    [
        ({"GUNICORN_CMD_ARGS": "-b [::1]:80"}, False),
        ({"GUNICORN_CMD_ARGS": "--threads 2 -b[::1]:80"}, False),
        ({"GUNICORN_CMD_ARGS": "'--bind' unix:scim"}, False),
        ({"GUNICORN_CMD_ARGS": "--backlog 64 --no-sendfile"}, True),
        ({"LISTEN_FDS": "1", "LISTEN_PID": "1"}, True),
        ({"LISTEN_FDS": "0", "LISTEN_PID": str(os.getpid())}, True),
        ({"LISTEN_FDS": "2", "LISTEN_PID": str(os.getpid())}, False),
    ],
)
def test_only_an_address_that_will_be_used_is_tried(
    environment: dict[str, str], probed: bool
) -> None:
    with taken() as port:
        faults = start_faults(environment | {"SCIM_BIND": f"127.0.0.1:{port}"}, lambda _: [])
    assert [fault.partition(":")[0] for fault in faults] == ["SCIM_BIND"] * probed


@pytest.mark.parametrize("command", SERVING)
def test_types_are_looked_for_in_sound_folders_only(cli: Operator, command: str) -> None:
    settings = {"SCIM_SCHEMAS": "/nowhere", "SCIM_PATCH_WITHOUT_BODY": "Device"}
    [told] = cli.refused(command, **settings)
    assert told == "Error: SCIM_SCHEMAS: no such folder: /nowhere"


def test_what_follows_from_a_faulty_setting_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = Operator(SCIM_DATABASE_URL="sqlite:", SCIM_BIND="?").refused("quickstart")
    assert [line.split(":")[1].strip() for line in told] == ["SCIM_BIND", "SCIM_DATABASE_URL"]
    assert list(tmp_path.iterdir()) == []


def test_other_commands_tell_every_faulty_setting_too(cli: Operator) -> None:
    told = cli.refused("client", "list", SCIM_PAGE_SIZE="x", SCIM_THREADS="0")
    assert [line.partition(": must")[0] for line in told] == [
        "Error: SCIM_PAGE_SIZE",
        "Error: SCIM_THREADS",
    ]


def test_a_misspelt_setting_is_warned_of_and_stdout_stays_clean(cli: Operator) -> None:
    result = cli("client", "list", "--json", SCIM_PUBLIC_ULR="https://scim.example.com")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert result.stderr == (
        "Warning: SCIM_PUBLIC_ULR is no setting, and is ignored: did you mean SCIM_PUBLIC_URL?\n"
    )


@pytest.mark.parametrize("command", SERVING)
def test_links_that_others_cannot_follow_are_warned_of(tmp_path: Path, command: str) -> None:
    port = free_port()
    url = f"sqlite:///{tmp_path}/scim.db"
    operator = Operator(SCIM_DATABASE_URL=url, SCIM_BIND=f"0.0.0.0:{port}")
    operator("init")
    told = said_by(operator, command, tmp_path)
    assert "Warning: SCIM_PUBLIC_URL is not set: with SCIM_BIND 0.0.0.0" in told
    assert f"Listening at: http://0.0.0.0:{port}" in told
    assert (f"SCIM_URL=http://127.0.0.1:{port}/scim/v2\n" in told) == (command == "quickstart")


def test_an_address_that_browsers_make_no_keys_for_is_warned_of(tmp_path: Path) -> None:
    operator = Operator(
        SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/scim.db", SCIM_PUBLIC_URL="https://192.0.2.1"
    )
    operator("init")
    warning = "Warning: SCIM_PUBLIC_URL: browsers make security keys for the name of a host"
    assert warning in said_by(operator, "serve", tmp_path)


def test_the_settings_are_in_the_help() -> None:
    told = Operator()("--help").stdout
    assert all(f"  {variable} " in told for variable, _, _ in settings())
    assert "docs/" not in told
    assert str(BUNDLED_SCHEMAS) not in told


def test_gunicorn_by_hand_tells_every_faulty_setting() -> None:
    environment = {"SCIM_THREADS": "none", "SCIM_BIND": "?"}
    done = subprocess.run(
        COMMAND, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["SCIM_BIND", "SCIM_THREADS"]


def test_gunicorn_by_hand_warns_in_its_log(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/scim.db"
    with live(url, workers=1, SCIM_BNID="x", SCIM_BIND="0.0.0.0:8080") as server:
        warned = [line for line in server.log().splitlines() if '"level":"warning"' in line]
    assert ["SCIM_BNID" in warned[0], "SCIM_PUBLIC_URL" in warned[1]] == [True, True]
