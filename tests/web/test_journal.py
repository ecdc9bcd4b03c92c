"""The log of the real server: a line for each request, and no secret in any."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.web.journal import ServerLines
from tests.application import MESSAGES, USER
from tests.live import Live, live

FILTER_VALUE = "zebra-in-a-filter"
PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The server on SQLite, as an operator runs it."""
    with live(f"sqlite:///{tmp_path_factory.mktemp('journal')}/scim.db", workers=1) as running:
        yield running


def lines(server: Live) -> list[dict[str, Any]]:
    """The log; every line of it is JSON."""
    return [json.loads(line) for line in server.log().splitlines()]


def test_a_request_is_a_line_that_its_answer_names(server: Live) -> None:
    with server.client() as client:
        answer = client.get("/Users", params={"startindex": "1"})
    [line] = [
        each for each in lines(server) if each.get("request") == answer.headers["X-Request-Id"]
    ]
    assert line.pop("milliseconds") > 0
    assert line.pop("timestamp") and line.pop("request")
    assert line.pop("client").startswith("client-") and line.pop("tenant") > 1
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/scim/v2/Users",
        "status": 200,
        "tolerances": ["parameter_case"],
    }


@pytest.mark.proves("SEC-006")
def test_no_token_filter_value_password_or_id_is_logged(server: Live) -> None:
    body = {"schemas": [USER], "userName": "ada-the-name", "password": PASSWORD}
    filtered = f'userName eq "{FILTER_VALUE}"'
    with server.client() as client:
        bearer = client.headers["Authorization"].removeprefix("Bearer ")
        made = client.post("/Users", json=body)
        assert made.status_code == 201
        assert client.get("/Users", params={"filter": filtered}).is_success
        assert client.get("/Users", params={"filter": f"{filtered} and"}).status_code == 400
        assert client.get("/Users/" + FILTER_VALUE).status_code == 404
        search = {"schemas": [MESSAGES + "SearchRequest"], "filter": filtered}
        assert client.post("/Users/.search", json=search).is_success
        wrong = {"Authorization": "Bearer scim_wrong-token"}
        assert client.get("/Users", headers=wrong).status_code == 401
    with server.connect() as raw:
        raw.sendall(f"GET /scim/v2/Users?filter={filtered} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b" 400 " in raw.recv(1000)
    with server.connect() as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nAuthorization : Bearer {bearer}\r\n\r\n".encode())
        assert b" 400 " in raw.recv(1000)
    told = server.log()
    assert lines(server)
    for secret in (bearer, FILTER_VALUE, PASSWORD, "scim_wrong", "ada-the-name", made.json()["id"]):
        assert secret not in told


def test_a_defect_is_told_by_where_it_is() -> None:
    try:
        raise ValueError(PASSWORD)
    except ValueError:
        fault = sys.exc_info()
    text = "Error handling request %s"
    record = logging.LogRecord("x", logging.ERROR, "x", 1, text, (f"/?{FILTER_VALUE}",), fault)
    line = ServerLines().format(record)
    assert PASSWORD not in line and FILTER_VALUE not in line
    assert json.loads(line)["exception"] == "ValueError"
    assert "test_journal.py" in json.loads(line)["frames"][0]


def test_the_end_of_a_token_that_is_used_is_warned_of(server: Live) -> None:
    with server.client() as client:
        assert client.get("/Users").is_success and client.get("/Users").is_success
        name = [each["client"] for each in lines(server) if each["event"] == "request"][-1]
    [line] = [
        each for each in lines(server) if (each["level"], each.get("client")) == ("warning", name)
    ]
    assert (line["event"], line["days"]) == ("token ends soon", 1)
    assert line.keys() == {"event", "level", "timestamp", "client", "tenant", "days"}
