"""The runner of the dialogues, against a server that says what the test wants."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from conformance.player import Player
from conformance.wire import Endpoint, Request

Scripted = list[tuple[int, dict[str, str], dict[str, object]]]
RESOURCE: dict[str, object] = {"id": "1", "userName": "bo"}


class Stub(ThreadingHTTPServer):
    """Gives the scripted answers in turn, the last again and again; keeps what it was asked.

    resets: connections that are ended before an answer, the first ones
    """

    script: Scripted
    seen: list[str]
    resets = 0


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def answer(self) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.resets:
            self.server.resets -= 1
            return
        script = self.server.script
        status, headers, body = script.pop(0) if len(script) > 1 else script[0]
        text = json.dumps(body).encode()
        self.send_response(status)
        sent = {"Content-Type": "application/scim+json", "Content-Length": str(len(text))}
        for name, value in (sent | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub(("127.0.0.1", 0), Handler)
    server.script, server.seen = [(200, {}, RESOURCE)], []
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def player(stub: Stub) -> Player:
    return Player(Endpoint(f"http://127.0.0.1:{stub.server_port}/scim/v2", "secret"))


def step(method: str, path: str, status: int, **more: object) -> dict[str, object]:
    return {"request": {"method": method, "path": path}, "expect": {"status": status}, **more}


def test_it_reports_another_status(player: Player) -> None:
    (failure,) = player.play([step("GET", "/Users/1", 404)])
    assert failure.reasons == ("status is 200, expected 404",)
    assert "> GET /Users/1" in str(failure)


def test_it_reports_a_member_that_should_be_absent(player: Player) -> None:
    expect = {"status": 200, "absent": ["userName"]}
    (failure,) = player.play([step("GET", "/Users/1", 200) | {"expect": expect}])
    assert failure.reasons == ("userName is there",)


def test_it_reports_an_answer_without_manners(player: Player, stub: Stub) -> None:
    stub.script = [(404, {"Content-Type": "application/json"}, {"status": 404})]
    (failure,) = player.play([step("GET", "/Users/1", 404)])
    assert len(failure.reasons) == 2


def test_it_binds_what_an_answer_gives(player: Player, stub: Stub) -> None:
    steps = [step("GET", "/Users", 200, bind={"bo": "id"}), step("GET", "/Users/{{bo}}", 200)]
    assert player.play(steps) == []
    assert stub.seen == ["GET /scim/v2/Users", "GET /scim/v2/Users/1"]


def test_it_ends_where_a_variable_is_missing(player: Player, stub: Stub) -> None:
    (failure,) = player.play([step("GET", "/Users/{{bo}}", 200), step("GET", "/Users", 200)])
    assert "{{bo}} was not in an earlier answer" in failure.reasons[0]
    assert stub.seen == []


def test_it_repeats_until_the_status_comes(player: Player, stub: Stub) -> None:
    busy: dict[str, object] = {"status": "429"}
    stub.script = [(429, {"Retry-After": "0"}, busy)] * 2 + [(200, {}, RESOURCE)]
    assert player.play([step("GET", "/Users", 200, repeat=5, until=200)]) == []
    assert len(stub.seen) == 3


def test_it_deletes_what_it_made(player: Player, stub: Stub) -> None:
    stub.script = [(201, {}, RESOURCE), (204, {}, {})]
    player.play([step("POST", "/Users?attributes=userName", 201)])
    player.tidy()
    assert stub.seen[-1] == "DELETE /scim/v2/Users/1"


def test_it_reads_every_page(player: Player, stub: Stub) -> None:
    page: dict[str, object] = {"totalResults": 3, "itemsPerPage": 1, "Resources": [{"id": "1"}]}
    stub.script = [(200, {}, page)]
    request = step("GET", "/Users?startIndex={{startIndex}}", 200, advance="itemsPerPage")
    expect = {"status": 200, "body": {"Resources": {"$length": 3}}}
    assert player.play([request | {"expect": expect}]) == []


@pytest.mark.parametrize("path", ["http://elsewhere/Users", "/../admin", "Users"])
def test_it_does_not_leave_the_base_url(player: Player, path: str) -> None:
    with pytest.raises(ValueError, match="not a path below"):
        player.endpoint.send(Request("GET", path))


def test_it_waits_for_a_server_with_too_many_requests(player: Player, stub: Stub) -> None:
    stub.script = [(429, {"Retry-After": "0"}, {"status": "429"}), (200, {}, RESOURCE)]
    assert player.play([step("GET", "/Users", 200)]) == []
    assert len(stub.seen) == 2


def test_it_tells_what_is_not_deleted(player: Player, stub: Stub) -> None:
    stub.script = [(201, {}, RESOURCE), (403, {}, {})]
    player.play([step("POST", "/Users", 201)])
    assert player.tidy() == ["/Users/1"]


@pytest.mark.parametrize(("method", "sent"), [("PATCH", 2), ("POST", 1)])
def test_a_connection_that_is_reset_is_tried_once_more_but_for_a_post(
    player: Player, stub: Stub, method: str, sent: int
) -> None:
    stub.resets = 1
    failures = player.play([step(method, "/Users/1", 200)])
    assert (len(failures), len(stub.seen)) == (2 - sent, sent)
