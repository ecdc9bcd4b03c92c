"""What binds only where a feature is not advertised is decided there, and absent elsewhere."""

import json

import pytest
from werkzeug import Request, Response

from conformance.findings import Verdict
from tests.conformance.otherwise import Ask, Behaviour, ask_for, otherwise, path_of, verdict
from tests.conformance.serving import Server

NONE = {
    "filter": {"supported": False, "maxResults": 0},
    "sort": {"supported": False},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
}


def refusal(status: int) -> Response:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status)}
    return Response(json.dumps(body), status, content_type="application/scim+json")


def without(change: Behaviour) -> Behaviour:
    """Advertise none of the three, and behave so."""

    def behaviour(request: Request, ask: Ask) -> Response:
        if path_of(request) != "/ServiceProviderConfig":
            return change(request, ask)
        answer = ask()
        answer.set_data(json.dumps((answer.get_json(force=True) or {}) | NONE))
        return answer

    return behaviour


def right(request: Request, ask: Ask) -> Response:
    """Refuse filters and Bulk, ignore what would sort."""
    if "filter" in request.args:
        return refusal(400)
    if path_of(request) == "/Bulk":
        return refusal(501)
    return ask_for(request, "", ask) if "sortBy" in request.args else ask()


def wrong(request: Request, ask: Ask) -> Response:
    """Ignore filters, serve Bulk, refuse what would sort."""
    if "filter" in request.args:
        return ask_for(request, "count=1", ask)
    return refusal(501) if "sortBy" in request.args else ask()


def evaluating(request: Request, ask: Ask) -> Response:
    """Take filters that are not advertised."""
    return ask()


IDS = ("FIL-030", "SRT-007", "BLK-021")


@pytest.mark.parametrize("id", IDS)
def test_where_the_feature_is_advertised_it_is_absent(server: Server, id: str) -> None:
    assert verdict(server, id) is Verdict.ABSENT


@pytest.mark.parametrize("id", IDS)
def test_a_server_that_does_it_right_passes(server: Server, id: str) -> None:
    with otherwise(server, without(right)):
        assert verdict(server, id) is Verdict.PASSED


@pytest.mark.parametrize("id", IDS)
def test_a_server_that_does_it_wrong_fails(server: Server, id: str) -> None:
    with otherwise(server, without(wrong)):
        assert verdict(server, id) is Verdict.FAILED


def test_a_filter_that_is_evaluated_is_not_ignored(server: Server) -> None:
    with otherwise(server, without(evaluating)):
        assert verdict(server, "FIL-030") is Verdict.UNEXAMINED


def cursors_alone(size: int) -> Behaviour:
    """Plain lists are pages of this size, by cursor; 3 is advertised."""
    told = {"pagination": {"cursor": True, "index": False, "defaultPageSize": 3}}

    def behaviour(request: Request, ask: Ask) -> Response:
        if path_of(request) == "/ServiceProviderConfig":
            answer = ask()
            answer.set_data(json.dumps((answer.get_json(force=True) or {}) | told))
            return answer
        plain = path_of(request) == "/Users" and request.method == "GET" and not request.args
        return ask_for(request, f"cursor=&count={size}", ask) if plain else ask()

    return behaviour


@pytest.mark.parametrize(("size", "given"), [(3, Verdict.PASSED), (4, Verdict.FAILED)])
def test_a_list_of_cursors_alone_has_the_page_size_that_is_told(
    server: Server, size: int, given: Verdict
) -> None:
    with otherwise(server, cursors_alone(size)):
        assert verdict(server, "CUR-011") is given


def test_with_both_ways_of_paging_the_question_is_absent(server: Server) -> None:
    assert verdict(server, "CUR-011") is Verdict.ABSENT
