"""What a check leaves behind, waits for and keeps to itself, whatever the server does."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug import Request, Response

from conformance.__main__ import main
from conformance.catalogue import catalogue
from conformance.findings import Verdict
from conformance.sending import TRIES
from conformance.story import Interrupted, Story
from conformance.subject import Subject
from conformance.urns import ERROR
from conformance.wire import Endpoint, misspelt
from tests.conformance.otherwise import Ask, Behaviour, body_of, found, otherwise, path_of
from tests.conformance.serving import Server


@pytest.fixture
def story(server: Server) -> Iterator[Story]:
    subject = Subject(Endpoint(server.url, server.token("strict")))
    subject.discover()
    told = Story(subject, "a_check")
    yield told
    told.tidy()


def throttling(times: int) -> Behaviour:
    """Too many requests, so many times."""
    busy = chain(repeat(True, times), repeat(False))

    def behaviour(request: Request, ask: Ask) -> Response:
        return Response("", 429, {"Retry-After": "0"}) if next(busy) else ask()

    return behaviour


def bodiless(request: Request, ask: Ask) -> Response:
    """Show nothing of what is made but its place (RFC 7644 §3.3)."""
    answer = ask()
    return Response("", 201, {"Location": answer.headers["Location"]})


def keeping(request: Request, ask: Ask) -> Response:
    """Delete nothing."""
    return Response("", 403) if request.method == "DELETE" else ask()


def deep(request: Request, ask: Ask) -> Response:
    """Answer with more levels than a reader of JSON goes down."""
    return Response("[" * 100_000 + "]" * 100_000, 200)


def forbidding(request: Request, ask: Ask) -> Response:
    """Say 403 where 401 is right."""
    answer = ask()
    return Response("", 403) if answer.status_code == 401 else answer


def test_a_server_with_too_many_requests_is_waited_for(server: Server, story: Story) -> None:
    with otherwise(server, throttling(TRIES - 1)):
        assert story.get("/Users?count=1").status == 200


def test_nobody_waits_for_ever(server: Server, story: Story) -> None:
    with otherwise(server, throttling(TRIES)):
        assert story.get("/Users?count=1").status == 429


def test_who_has_no_credential_does_not_wait(server: Server, story: Story) -> None:
    with otherwise(server, throttling(1)):
        assert story.get("/Users?count=1", Authorization=None).status == 429


def test_what_is_shown_by_its_place_alone_is_deleted(server: Server, story: Story) -> None:
    with otherwise(server, bodiless):
        story.post("/Users", story.new("User"))
    (made,) = story.made
    assert story.tidy() == []
    assert story.get(made).status == 404


def test_what_is_not_deleted_is_told(server: Server) -> None:
    with otherwise(server, keeping):
        left = found(server, "DEL-003").left
    assert left
    assert all(path.startswith("/Users/") for path in left)


def test_what_is_too_deep_is_no_object(server: Server, story: Story) -> None:
    with otherwise(server, deep):
        assert story.get("/Users").body is None


def test_what_is_not_published_cannot_be_prepared(story: Story) -> None:
    with pytest.raises(Interrupted, match="a User has no favouriteColour"):
        story.make("User", favouriteColour="green")


def test_a_token_but_for_a_character_is_in_no_report(server: Server, tmp_path: Path) -> None:
    token, file = server.token("strict"), tmp_path / "report.json"
    asked = ("--url", server.url, "--token", token, "--only", "AUT-002", "--json", str(file))
    with otherwise(server, forbidding):
        ended = CliRunner().invoke(main, asked)
    told = ended.output + file.read_text(encoding="utf-8")
    assert "$SCIM_TOKEN with a wrong character" in told
    wrong = misspelt(token)
    assert wrong is not None
    assert wrong not in told


def addressed(request: Request, ask: Ask) -> Response:
    """Take no userName but an e-mail address."""
    if request.method in ("POST", "PUT") and path_of(request).startswith("/Users"):
        body = body_of(request)
        with suppress(ValueError, AttributeError):
            if "@" not in json.loads(body).get("userName", "@"):
                return error("400")
    return ask()


def error(status: str) -> Response:
    """A SCIM error."""
    told = {"schemas": [ERROR], "status": status, "scimType": "invalidValue"}
    return Response(json.dumps(told), int(status), content_type="application/scim+json")


def without_sw(request: Request, ask: Ask) -> Response:
    """Refuse the operator ``sw`` (RFC 7644 §3.12 Table 9)."""
    return error("400") if " sw " in request.args.get("filter", "") else ask()


@pytest.mark.parametrize("id", ["CRE-001", "USR-003", "USR-004", "FIL-001", "CUR-021", "HTP-014"])
def test_who_wants_an_address_for_a_name_gets_one(server: Server, id: str) -> None:
    with otherwise(server, addressed):
        examination = found(server, id)
    assert not examination.interruptions
    assert examination.verdicts(catalogue())[id] is Verdict.PASSED, examination.failures(id)


def test_who_refuses_sw_is_accused_of_that_alone(server: Server) -> None:
    with otherwise(server, without_sw):
        examination = found(server, "FIL-001", "FIL-005", "FIL-006", "SRT-001", "SCH-001")
    accused = {each.requirement for each in examination.findings if not each.held}
    assert accused == {"FIL-006"}
    assert examination.interruptions
