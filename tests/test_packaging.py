"""What ``pip install .`` gives: a command that works outside of a checkout."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from benchmarks.processes import free_port
from tests.live import http

REPOSITORY = Path(__file__).parent.parent
PACKAGES = ("scim_server", "conformance")
SOURCES = (*PACKAGES, "schemas", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
MAIN = "import sys; from scim_server.cli import main; sys.argv[0] = 'scim-server'; main()"
SECONDS = 30


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source = REPOSITORY / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(folder)], check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the wheel comes before the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCIM_")}
    return inherited | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def run(environment: Mapping[str, str], folder: Path, *arguments: str) -> str:
    """What a command prints."""
    command = [sys.executable, "-c", MAIN, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def running(
    environment: Mapping[str, str], folder: Path, command: str
) -> Iterator[subprocess.Popen[str]]:
    """A server until the block ends, which it must end well."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)


def answer(url: str, token: str) -> httpx2.Response:
    """The first answer of a server that is about to start."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with http(headers={"Authorization": f"Bearer {token}"}) as client:
                return client.get(f"{url}/Users")
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def promised(process: subprocess.Popen[str]) -> dict[str, str]:
    """The SCIM_… lines that quickstart prints, and its curl line."""
    told: dict[str, str] = {}
    assert process.stdout
    while "curl" not in told:
        line = process.stdout.readline()
        assert line
        if match := re.fullmatch(r"(SCIM_\w+)=(\S+)\n", line):
            told[match[1]] = match[2]
        elif line.strip().startswith("curl "):
            told["curl"] = line.strip()
    return told


def test_schemas_and_migrations_are_in_the_wheel_and_tests_are_not(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for schema in (REPOSITORY / "schemas").glob("*.json"):
        assert f"scim_server/schemas/{schema.name}" in names
    versions = (REPOSITORY / "scim_server/store/migrations/versions").glob("*.py")
    for version in versions:
        assert f"scim_server/store/migrations/versions/{version.name}" in names
    assert "scim_server/store/migrations/script.py.mako" in names
    for mapping in (REPOSITORY / "scim_server/sync/files/mappings").iterdir():
        assert f"scim_server/sync/files/mappings/{mapping.name}" in names
    folders = {name.partition("/")[0].partition("-")[0] for name in names}
    assert folders == set(PACKAGES)


def test_what_the_examination_reads_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    read = (REPOSITORY / "conformance").rglob("*.*")
    files = [each for each in read if each.suffix in {".py", ".json", ".toml", ".html", ".css"}]
    assert {str(each.relative_to(REPOSITORY)) for each in files} <= names


def test_the_installed_command_initialises_and_serves_within_its_limits(
    installed: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    environment = installed | {"SCIM_BIND": f"127.0.0.1:{port}", "SCIM_WORKERS": "1"}
    assert "created" in run(environment, tmp_path, "init")
    told = run(environment, tmp_path, "client", "add", "okta", "--json")
    token = re.findall(r'"token":"([^"]+)"', told)[0]
    with running(environment, tmp_path, "serve") as process:
        url = f"http://127.0.0.1:{port}/scim/v2"
        assert answer(url, token).status_code == 200
        assert answer(f"{url}/Users?x={'x' * 8000}&y=", token).status_code == 200
        assert answer(f"{url}/Users?x={'x' * 8200}&y=", token).status_code == 414
    assert process.returncode == 0


def test_quickstart_promises_what_it_keeps_and_starts_again(
    installed: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    environment = installed | {"SCIM_BIND": f"127.0.0.1:{port}", "SCIM_WORKERS": "1"}
    tokens = []
    for _ in range(2):
        with running(environment, tmp_path, "quickstart") as process:
            told = promised(process)
            assert told["SCIM_URL"] == f"http://127.0.0.1:{port}/scim/v2"
            assert answer(told["SCIM_URL"], told["SCIM_TOKEN"]).status_code == 200
            shown = subprocess.run(told["curl"], shell=True, check=True, stdout=subprocess.PIPE)
            assert b"ListResponse" in shown.stdout
            tokens.append(told["SCIM_TOKEN"])
        assert process.returncode == 0
    assert tokens[0] != tokens[1]
