"""scim-server tolerances: what the real server has logged, counted."""

from pathlib import Path

import pytest

from tests.application import USER
from tests.cli.operator import Operator
from tests.live import live


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two clients: one that needs tolerances, three times, and one that needs none."""
    folder = tmp_path_factory.mktemp("tolerances")
    with live(f"sqlite:///{folder}/scim.db", workers=1) as server:
        with server.client(server.application.tenant()) as plain:
            assert plain.get("/Users?startIndex=1").is_success
        with server.client(server.application.tenant()) as client:
            assert client.get("/Users?startindex=1").is_success
            assert client.get("/Users?startindex=1&Count=1").is_success
            body = {"schemas": [USER], "userName": "ada", "active": "True", "shoeSize": 38}
            assert client.post("/Users", json=body).is_success
            # What is refused was not tolerated.
            assert client.post("/Users", json=body).status_code == 409
        file = folder / "log"
        file.write_text("Nov 21 scim-server[1]: " + server.log().replace("\n", "\nno line {\n"))
    return file


def test_it_counts_requests_by_client_and_tolerance(log: Path) -> None:
    counted = Operator().json("tolerances", str(log))
    [client] = {each.pop("client") for each in counted}
    [tenant] = {each.pop("tenant") for each in counted}
    assert client.startswith("client-") and tenant > 1
    assert counted == [
        {"tolerance": "parameter_case", "requests": 2},
        {"tolerance": "string_booleans", "requests": 1},
        {"tolerance": "unknown_attributes", "requests": 1},
    ]


def test_it_says_what_was_let_pass(log: Path) -> None:
    told = Operator()("tolerances", str(log)).stdout
    assert "Booleans may be strings" in told


def test_of_no_log_nothing_is_counted(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text('{"event":"request"}\n{"event":"defect"}\n[]\n"{}"\n{\n')
    assert Operator().json("tolerances", str(empty)) == []
