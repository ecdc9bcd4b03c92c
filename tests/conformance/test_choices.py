"""Requirements that are decided only on servers that do what ours does not."""

import json

import pytest
from werkzeug import Request, Response

from conformance.findings import Verdict
from tests.conformance.otherwise import Ask, Behaviour, body_of, otherwise, verdict
from tests.conformance.serving import Server


def references(server: Server, prefix: str) -> Behaviour:
    """Each ``$ref`` to a user has this before the id."""

    def behaviour(request: Request, ask: Ask) -> Response:
        answer = ask()
        before = f'"$ref":"{server.url}/Users/'
        answer.set_data(answer.get_data(as_text=True).replace(before, f'"$ref":"{prefix}'))
        return answer

    return behaviour


@pytest.mark.parametrize(
    ("prefix", "given"),
    [
        ("Users/", Verdict.PASSED),
        ("./Users/", Verdict.PASSED),
        ("", Verdict.FAILED),
        ("../Users/", Verdict.UNEXAMINED),
        ("/scim/v2/Users/", Verdict.UNEXAMINED),
        ("https://elsewhere.example/Users/", Verdict.UNEXAMINED),
    ],
)
def test_relative_references_start_at_the_root(server: Server, prefix: str, given: Verdict) -> None:
    with otherwise(server, references(server, prefix)):
        assert verdict(server, "ATT-013") is given


def test_absolute_references_are_not_asked_about(server: Server) -> None:
    assert verdict(server, "ATT-013") is Verdict.UNEXAMINED


def declinable() -> Behaviour:
    """Give ``active`` a default that null takes away, for good."""
    without: set[str] = set()

    def behaviour(request: Request, ask: Ask) -> Response:
        declined = b'"active": null' in body_of(request)
        answer = ask()
        if answer.status_code not in (200, 201) or "/Users" not in request.path:
            return answer
        shown = json.loads(answer.get_data())
        if declined:
            without.add(shown["id"])
        if shown.get("id") in without:
            answer.set_data(json.dumps({name: shown[name] for name in shown if name != "active"}))
        return answer

    return behaviour


def forgetful(request: Request, ask: Ask) -> Response:
    """Take the default away from the answer alone."""
    declined = b'"active": null' in body_of(request)
    answer = ask()
    if declined and answer.status_code == 201:
        shown = json.loads(answer.get_data())
        answer.set_data(json.dumps({name: shown[name] for name in shown if name != "active"}))
    return answer


def test_a_default_that_can_be_declined_passes(server: Server) -> None:
    with otherwise(server, declinable()):
        assert verdict(server, "CRE-006") is Verdict.PASSED


def test_a_default_that_comes_back_fails(server: Server) -> None:
    with otherwise(server, forgetful):
        assert verdict(server, "CRE-006") is Verdict.FAILED


def test_a_default_that_null_is_as_well_is_left_open(server: Server) -> None:
    assert verdict(server, "CRE-006") is Verdict.UNEXAMINED
