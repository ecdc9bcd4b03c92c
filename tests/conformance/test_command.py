"""python -m conformance …, as somebody types it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from conformance import advice
from conformance.__main__ import main
from conformance.advice import LONGEST
from conformance.patience import patient
from tests.conformance.serving import Server
from tests.conformance.typed import run

MEMBER = "azure-postman/unknown_member"
CANONICAL = ("--only", "USR-014", "--fail-on", "should")
"""Our server fails it."""


def at(server: Server, credential: str = "tolerant") -> tuple[str, ...]:
    return ("--url", server.url, "--token", server.token(credential), "--credential", credential)


@pytest.mark.parametrize(
    ("credential", "name"),
    [
        ("tolerant", MEMBER),
        ("lenient", "azure-postman/unknown_member_left_out"),
        ("entra", "entra/discovery_profile"),
        ("strict", "azure-postman/unknown_member_left_out"),
    ],
)
def test_what_suits_the_credential_is_played(
    server: Server, tmp_path: Path, credential: str, name: str
) -> None:
    report = tmp_path / "report.json"
    ended = run(*at(server, credential), "--client", name, "--json", str(report))
    assert ended.exit_code == 0, ended.output
    [client] = json.loads(report.read_text())["clients"]
    assert client["works"] == "yes"
    assert name in [dialogue["name"] for dialogue in client["dialogues"]]


@pytest.mark.parametrize(("fail_on", "code"), [("must", 1), ("never", 0)])
def test_a_client_that_does_not_work_fails_when_it_was_asked_for(
    server: Server, fail_on: str, code: int
) -> None:
    strict = ("--url", server.url, "--token", server.token("strict"))
    ended = run(*strict, "--client", "entra/string_active", "--fail-on", fail_on)
    assert ended.exit_code == code
    assert "entra/string_active" in ended.output


def test_who_only_reads_meets_no_dialogue_and_no_interruption(
    server: Server, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    reading = ("--read-only", "--only", "rfc7644_3_6", "--json", str(report))
    assert run(*at(server, "strict"), *reading).exit_code == 0
    found = json.loads(report.read_text())
    assert (found["interruptions"], found["clients"]) == ([], [])


def test_checks_are_run_without_dialogues_and_every_report_is_written(
    server: Server, tmp_path: Path
) -> None:
    files = {form: tmp_path / f"report.{form}" for form in ("json", "junit", "html")}
    options = [word for form, file in files.items() for word in (f"--{form}", str(file))]
    token = server.token("strict")
    ended = run(
        "--url",
        server.url,
        "--token",
        token,
        "--only",
        "rfc7644_3_6",
        "--fail-on",
        "must",
        *options,
    )
    assert ended.exit_code == 0, ended.output
    texts = {form: file.read_text() for form, file in files.items()}
    assert not any(token in text for text in (*texts.values(), ended.output))
    found = json.loads(texts["json"])
    verdicts = {each["id"]: each["verdict"] for each in found["requirements"]}
    assert (verdicts["DEL-001"], found["clients"]) == ("passed", [])


class Elsewhere(BaseHTTPRequestHandler):
    """An HTTP server that knows no SCIM: a page, an answer that is none, a new address."""

    def do_GET(self) -> None:
        """By the first part of the path."""
        if self.path.startswith("/cut"):
            self.wfile.write(b"no HTTP\r\n\r\n")
            return
        self.send_response(302 if self.path.startswith("/moved") else 200)
        self.send_header("Location", "https://scim.example/scim/v2")
        self.end_headers()
        self.wfile.write(b"<html>\n" * 1000)

    def log_message(self, format: str, *values: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Its address, without the scheme."""
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("scheme", "path", "advice"),
    [
        ("http", "/scim/v2", "The base URL is what stands before /Users"),
        ("http", "/moved", "It is somewhere else: https://scim.example/scim/v2"),
        ("http", "/cut", "Does it speak https there?"),
        ("https", "/scim/v2", "Does it speak http there, and not https?"),
    ],
)
def test_who_examines_what_is_no_scim_server_is_told_what_to_try(
    elsewhere: str, scheme: str, path: str, advice: str
) -> None:
    ended = run("--url", f"{scheme}://{elsewhere}{path}", "--token", "secret")
    assert ended.exit_code == 1
    assert advice in ended.output
    assert len(ended.output) < 600


def test_who_has_a_wrong_token_is_told(server: Server) -> None:
    ended = run("--url", server.url, "--token", "secret")
    assert ended.exit_code == 1
    assert "answers 401" in ended.output and "Is it the right token" in ended.output


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (("--only", "rfc7644_3_6", "--read-only"), "only reading is allowed (4)"),
        (("--only", "USR-013"), "changePassword is not advertised (1)"),
        (("--only", "rfc7644_6_tenants"), "no token of another tenant was given"),
    ],
)
def test_that_nothing_was_examined_is_told_with_the_reason(
    server: Server, choice: tuple[str, ...], reason: str
) -> None:
    ended = run(*at(server, "strict"), *choice)
    assert ended.exit_code == 0
    assert reason in ended.output
    assert ended.output.endswith("Nothing was examined.\n")


def test_what_is_left_out_by_its_name_is_not_run(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    less = ("--without", "rfc7644_3_6_delete", "--without", "concurrency")
    ended = run(*at(server, "strict"), "--only", "DEL-003", *less, "--json", str(report))
    assert ended.exit_code == 0
    assert ended.output.startswith(server.url)
    assert "rfc7644_3_6_delete" not in report.read_text()


def test_a_token_is_hidden_before_what_is_told_is_cut_off() -> None:
    secret = "a-secret-that-nobody-reads"
    told = advice.told(OSError("x" * (LONGEST - 5) + secret), {secret: "$SCIM_TOKEN"})
    assert secret[:5] not in told


def test_a_requirement_is_chosen_by_its_id_and_nothing_else_is_reported(
    server: Server, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    ended = run(*at(server, "strict"), "--only", "DEL-003", "--json", str(report))
    assert ended.output.endswith(f"Written: {report}\n")
    found = {each["id"] for each in json.loads(report.read_text())["requirements"]}
    assert "DEL-003" in found and len(found) < 6


@pytest.mark.parametrize(
    ("excused", "code", "told"),
    [
        ("", 1, "failed USR-014"),
        ('USR-014 = "As sent."', 0, "excused USR-014"),
        ('USR-014 = "As sent."', 0, "  because As sent."),
        ('USR-014 = "As sent."\nDEL-003 = "Why?"', 0, "1 excused."),
    ],
)
def test_what_is_excused_does_not_fail_the_command(
    server: Server, tmp_path: Path, excused: str, code: int, told: str
) -> None:
    file = tmp_path / "excuses.toml"
    file.write_text(excused)
    ended = run(*at(server, "strict"), *CANONICAL, "--excuses", str(file))
    assert ended.exit_code == code
    assert told in ended.output


def test_an_excuse_that_is_not_needed_is_told(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "excuses.toml"
    file.write_text('DEL-003 = "Why?"')
    ended = run(*at(server, "strict"), "--only", "DEL-003", "--excuses", str(file))
    assert ended.exit_code == 0
    assert "excused, but it passes DEL-003: Why?" in ended.output


def test_every_report_tells_an_excuse(server: Server, tmp_path: Path) -> None:
    reason = "Letter by letter."
    excuses = tmp_path / "excuses.toml"
    excuses.write_text(f'USR-014 = "{reason}"')
    files = {form: tmp_path / f"report.{form}" for form in ("json", "junit", "html")}
    options = [word for form, file in files.items() for word in (f"--{form}", str(file))]
    run(*at(server, "strict"), *CANONICAL, "--excuses", str(excuses), *options)
    found = json.loads(files["json"].read_text())["requirements"]
    told = [(each["verdict"], each["excuse"], len(each["failures"])) for each in found]
    assert told == [("excused", reason, 1)]
    assert f'message="excused: {reason}"' in files["junit"].read_text()
    assert reason in files["html"].read_text()


def test_ctrl_c_ends_it_with_a_sentence_and_leaves_nothing_behind(server: Server) -> None:
    token = server.token("strict")
    users = f"{server.url}/Users"
    bearer = {"Authorization": f"Bearer {token}"}
    command = [sys.executable, "-m", "conformance", "--url", server.url, "--token", token]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not httpx2.get(users, headers=bearer).json()["totalResults"]:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted, nothing is reported; what was made has been deleted." in told
    assert "Traceback" not in told
    assert httpx2.get(users, headers=bearer).json()["totalResults"] == 0


def test_a_second_ctrl_c_does_not_wait_for_the_check() -> None:
    heard: list[str] = []
    with (
        pytest.raises(KeyboardInterrupt, match="perhaps not what was being made then"),
        patient(heard.append, heard.append),
    ):
        signal.raise_signal(signal.SIGINT)
        assert heard == ["Ends after this check. Ctrl-C once more ends at once."]
        signal.raise_signal(signal.SIGINT)


def test_a_terminal_that_cannot_write_a_character_gets_an_escape(server: Server) -> None:
    ended = CliRunner(charset="ascii").invoke(main, [*at(server, "strict"), *CANONICAL])
    assert ended.exit_code == 1
    assert "RFC 7643 \\xa74.1.2" in ended.output
