"""Bodies that are no text, and uploads that end early: who makes users of them is found out."""

import pytest
from werkzeug import Request, Response

from conformance.check import Tale
from conformance.checks.hostile import (
    NO_UTF_8,
    a_name_twice_does_not_count_twice,
    absurd_lengths_break_nothing,
    an_upload_that_ends_early_makes_nothing,
    what_is_no_utf_8_is_refused,
)
from conformance.story import Story
from conformance.subject import Subject
from conformance.wire import Answer, Endpoint
from tests.conformance.otherwise import Ask, Behaviour, body_of, otherwise, pass_on
from tests.conformance.serving import Server


def mended(request: Request, ask: Ask) -> Response:
    """Leave out what is no UTF-8, and close what ends early."""
    body = body_of(request).decode(errors="ignore").encode()
    is_cut = body.startswith(b"{") and not body.endswith(b"}")
    pass_on(request, body + b'"}' if is_cut else body)
    return ask()


def marked(request: Request, ask: Ask) -> Response:
    """Put a mark where something is no UTF-8."""
    pass_on(request, body_of(request).decode(errors="replace").encode())
    return ask()


def broken(request: Request, ask: Ask) -> Response:
    """Fail over a body that is not as long as was said."""
    said = int(request.environ.get("CONTENT_LENGTH") or 0)
    return Response("", 500) if len(body_of(request)) < said else ask()


def making_first(request: Request, ask: Ask) -> Response:
    """Make a user of what ends early, and say that nothing was made."""
    answer = mended(request, ask)
    return Response("", 400) if b'"Ev"' in answer.data else answer


def asked(server: Server, tale: Tale) -> Story:
    """What a strict client was answered, and what a check found of it."""
    subject = Subject(Endpoint(server.url, server.token("strict")))
    subject.discover()
    story = Story(subject, tale.__name__)
    tale(story)
    story.tidy()
    return story


def failed(server: Server, tale: Tale) -> set[str]:
    return {finding.requirement for finding in asked(server, tale).findings if not finding.held}


@pytest.mark.parametrize(
    "tale",
    [
        what_is_no_utf_8_is_refused,
        an_upload_that_ends_early_makes_nothing,
        absurd_lengths_break_nothing,
        a_name_twice_does_not_count_twice,
    ],
)
def test_this_server_fails_none(server: Server, tale: Tale) -> None:
    assert failed(server, tale) == set()


@pytest.mark.parametrize(
    ("behaviour", "tale", "ids"),
    [
        (mended, what_is_no_utf_8_is_refused, {"HTP-014"}),
        (mended, an_upload_that_ends_early_makes_nothing, {"HTP-014"}),
        (making_first, an_upload_that_ends_early_makes_nothing, {"HTP-014"}),
        (broken, an_upload_that_ends_early_makes_nothing, {"HTP-014", "ERR-004"}),
        (broken, absurd_lengths_break_nothing, {"ERR-004"}),
    ],
)
def test_a_server_that_does_it_wrong_fails(
    server: Server, behaviour: Behaviour, tale: Tale, ids: set[str]
) -> None:
    with otherwise(server, behaviour):
        assert failed(server, tale) == ids


def test_a_server_that_marks_what_it_cannot_decode_fails_nothing(server: Server) -> None:
    with otherwise(server, marked):
        assert failed(server, what_is_no_utf_8_is_refused) == set()


def test_bytes_are_sent_as_they_are(server: Server) -> None:
    sent: list[bytes] = []

    def kept(request: Request, ask: Ask) -> Response:
        sent.append(body_of(request))
        return ask()

    with otherwise(server, kept):
        asked(server, what_is_no_utf_8_is_refused)
    assert all(any(octets in body for body in sent) for octets in NO_UTF_8)


def test_half_a_connection_is_closed_and_the_answer_read(server: Server) -> None:
    story = asked(server, an_upload_that_ends_early_makes_nothing)
    answers = [each.answer for each in story.exchanges if "Content-Length" in each.request.headers]
    assert [each.status for each in answers if isinstance(each, Answer)] == [400, 400]
