"""python -m conformance.dialogue …, as somebody types it."""

import pytest

from conformance.dialogue import main
from tests.conformance.serving import Server

ANYWHERE = ["--url", "http://127.0.0.1:1/scim/v2", "--token", "secret"]


@pytest.mark.parametrize(
    "choice", [["--client", "nosuch"], ["--client", "entra", "--credential", "limited"]]
)
def test_a_choice_without_dialogues_fails_and_lists_the_clients(
    choice: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*ANYWHERE, *choice])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert f'no dialogue begins with "{choice[1]}"; clients: ' in told and "pocket-id" in told


@pytest.mark.parametrize(
    ("credential", "name"),
    [
        ("tolerant", "azure-postman/unknown_member"),
        ("lenient", "azure-postman/unknown_member_left_out"),
        ("entra", "entra/discovery_profile"),
        ("strict", "azure-postman/unknown_member_left_out"),
    ],
)
def test_what_suits_the_credential_is_played(
    server: Server, capsys: pytest.CaptureFixture[str], credential: str, name: str
) -> None:
    at = ["--url", server.url, "--token", server.token(credential)]
    assert main([*at, "--client", name, "--credential", credential]) == 0
    assert f"ok   {name}: " in capsys.readouterr().out
