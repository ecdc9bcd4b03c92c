"""python -m conformance …, as somebody types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.__main__ import main
from tests.conformance.serving import Server

NOBODY = ("--url", "http://127.0.0.1:1/scim/v2", "--token", "secret")
MEMBER = "azure-postman/unknown_member"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def at(server: Server, credential: str = "tolerant") -> tuple[str, ...]:
    return ("--url", server.url, "--token", server.token(credential), "--credential", credential)


@pytest.mark.parametrize(
    "choice", [("--client", "nosuch"), ("--client", "entra", "--credential", "limited")]
)
def test_a_choice_without_dialogues_fails_and_lists_the_clients(choice: tuple[str, ...]) -> None:
    ended = run(*NOBODY, *choice)
    assert ended.exit_code == 2
    assert f'no dialogue begins with "{choice[1]}"; clients: ' in ended.output
    assert "pocket-id" in ended.output


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (("--only", "nosuch"), 'no check begins with "nosuch"'),
        (("--client", "entra", "--read-only"), "not --only or --read-only"),
        (("--client", "okta", "--only", "rfc7644"), "not --only or --read-only"),
    ],
)
def test_a_choice_of_nothing_is_refused(choice: tuple[str, ...], told: str) -> None:
    ended = run(*NOBODY, *choice)
    assert ended.exit_code == 2
    assert told in ended.output


@pytest.mark.parametrize("choice", [(), ("--client", "okta")])
def test_a_server_that_is_not_there_is_told(choice: tuple[str, ...]) -> None:
    ended = run(*NOBODY, *choice)
    assert ended.exit_code == 1
    assert "cannot be examined" in ended.output


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
