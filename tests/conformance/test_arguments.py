"""What somebody types wrongly is told before anything is sent."""

from pathlib import Path

import pytest

from tests.conformance.typed import run

NOBODY = ("--url", "http://127.0.0.1:1/scim/v2", "--token", "secret")


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
        (("--without", "nosuch"), 'no check begins with "nosuch"'),
        (("--client", "okta", "--without", "large_groups"), "not --without"),
    ],
)
def test_a_choice_of_nothing_is_refused(choice: tuple[str, ...], told: str) -> None:
    ended = run(*NOBODY, *choice)
    assert ended.exit_code == 2
    assert told in ended.output


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:1/scim/v2",
        "localhost:8080",
        "ftp://127.0.0.1/scim/v2",
        "http:///scim/v2",
        "http://127.0.0.1:port/scim/v2",
        "http://127.0.0.1:1/scim/v2?tenant=1",
        "http://127.0.0.1:1/scim/v2#users",
        "http://user:secret@127.0.0.1:1/scim/v2",
    ],
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    ended = run("--url", url, "--token", "secret")
    assert ended.exit_code == 2
    assert "Invalid value for '--url'" in ended.output


@pytest.mark.parametrize("token", ["Bearer secret", "", "se\ncret", "se\u00e9cret"])
@pytest.mark.parametrize("option", ["--token", "--other-token"])
def test_what_is_no_token_is_refused(option: str, token: str) -> None:
    ended = run(*NOBODY, option, token)
    assert ended.exit_code == 2
    assert f"Invalid value for '{option}'" in ended.output


@pytest.mark.parametrize("option", ["--json", "--junit", "--html"])
def test_a_report_that_could_not_be_written_is_refused_before_anything_is_sent(
    tmp_path: Path, option: str
) -> None:
    ended = run(*NOBODY, option, str(tmp_path / "nosuch" / "report"))
    assert ended.exit_code == 2
    assert "there is no folder" in ended.output


@pytest.mark.parametrize(
    ("text", "told"), [('ABC-001 = "why"', "no requirement"), ("CRE-001", "Expected '='")]
)
def test_a_faulty_file_of_excuses_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "excuses.toml"
    file.write_text(text)
    ended = run(*NOBODY, "--excuses", str(file))
    assert ended.exit_code == 2
    assert told in ended.output


@pytest.mark.parametrize("choice", [(), ("--client", "okta")])
def test_a_server_that_is_not_there_is_told(choice: tuple[str, ...]) -> None:
    ended = run(*NOBODY, *choice)
    assert ended.exit_code == 1
    assert "cannot be examined" in ended.output
