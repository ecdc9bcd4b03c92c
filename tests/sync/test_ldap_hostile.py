"""A server that misbehaves ends the reading with a fault that says so, and soon."""

import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain, repeat
from threading import Thread
from typing import Any

import pytest

from scim_server.sync.entries import SourceFault
from scim_server.sync.ldap import wire
from tests.certificates import Authority
from tests.ldap.ber import number, octets, terms
from tests.sync.directories import read, source

BIND_DONE, SEARCH_ENTRY, SEARCH_DONE, EXTENDED = 0x61, 0x64, 0x65, 0x78
SUCCESS = number(0, 0x0A) + octets("") + octets("")
CLOSE = b""
Answer = Callable[[bytes], Sequence[bytes]]
"""What is sent in answer to a message, piece by piece, by its id."""


def message(id: bytes, kind: int, *parts: bytes, controls: bytes = b"") -> bytes:
    return terms(0x30, octets(id, 0x02), terms(kind, *parts), controls)


def page(cookie: bytes) -> bytes:
    """The control of paged results."""
    value = octets(terms(0x30, number(0), octets(cookie)))
    return terms(0xA0, terms(0x30, octets("1.2.840.113556.1.4.319"), value))


def entry(id: bytes, *attributes: bytes, dn: str = "cn=x") -> bytes:
    return message(id, SEARCH_ENTRY, octets(dn), terms(0x30, *attributes))


def attribute(name: str, *values: bytes) -> bytes:
    return terms(0x30, octets(name), terms(0x31, *values))


def done(
    id: bytes, kind: int = SEARCH_DONE, result: bytes = SUCCESS, controls: bytes = b""
) -> bytes:
    return message(id, kind, result, controls=controls)


def bound(id: bytes) -> list[bytes]:
    return [done(id, BIND_DONE)]


def root(id: bytes) -> list[bytes]:
    return [done(id)]


@contextmanager
def answering(*answers: Answer) -> Iterator[str]:
    """The URL of a server that gives these answers, the last one again and again."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = Thread(target=_serve, args=(listener, answers))
        thread.start()
        yield f"ldap://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def _serve(listener: socket.socket, answers: Sequence[Answer]) -> None:
    with closing(listener.accept()[0]) as connection, suppress(ConnectionError):
        for answer in chain(answers, repeat(answers[-1])):
            request = connection.recv(65536)
            if not request:
                return
            # After the outer tag and length comes the id.
            start = 2 + (request[1] & 0x7F if request[1] > 0x7F else 0)
            for piece in answer(request[start + 2 : start + 2 + request[start + 1]]):
                if piece == CLOSE:
                    return
                connection.sendall(piece)
                time.sleep(0.2 if len(piece) == 1 else 0)


def why(*answers: Answer, **more: Any) -> str:
    with answering(*answers) as url:
        given = {
            "url": url,
            "tls": "none",
            "mechanism": "anonymous",
            "base": "dc=example",
            "answer_seconds": 1,
            **more,
        }
        with pytest.raises(SourceFault) as fault:
            read(source(given))
        return str(fault.value)


NESTED = b"\x30\x84\x00\x01\x00\x00" * 3000

BINDS: dict[str, tuple[Answer, str]] = {
    "closes": (lambda _: [CLOSE], "terminated"),
    "speaks http": (lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"], "no LDAP"),
    "sends too much": (lambda _: [b"\x30\x84\xff\xff\xff\xff"], "4294967295 octets"),
    "claims more than there is": (lambda _: [b"\x30\x88" + b"\xff" * 8], "octets"),
    "has no length": (lambda _: [b"\x30\x80\x02\x01\x01\x00\x00"], "of 0 octets"),
    "nests": (lambda _: [b"\x30\x84\x00\x01\x00\x00" + NESTED + b"\0" * 65536], "no LDAP"),
    "trickles": (lambda id: [each.to_bytes(1, "big") for each in done(id, BIND_DONE)], "in time"),
    "means another question": (lambda _: [done(b"\x7f", BIND_DONE)], "messageId"),
    "has a code of its own": (
        lambda id: [message(id, BIND_DONE, number(99, 0x0A), octets(""), octets(""))],
        "no LDAP",
    ),
    "says goodbye": (
        lambda _: [message(b"\0", EXTENDED, SUCCESS, octets("1.3.6.1.4.1.1466.20036", 0x8A))],
        "terminated",
    ),
    "answers something else": (lambda id: [done(id, SEARCH_DONE, b"")], "no LDAP"),
    "is busy": (
        lambda id: [message(id, BIND_DONE, number(51, 0x0A), octets(""), octets(""))],
        "is busy",
    ),
    "refuses with a terminal's codes": (
        lambda id: [message(id, BIND_DONE, number(53, 0x0A), octets(""), octets("\x1b[2Jno" * 99))],
        r"unwillingToPerform \(\[2Jno\[2Jno",
    ),
}


@pytest.mark.parametrize(("answer", "told"), BINDS.values(), ids=BINDS)
def test_no_answer_to_a_bind_is_more_than_a_fault(answer: Answer, told: str) -> None:
    said = why(answer)
    assert re.search(told, said), said
    assert "\x1b" not in said
    assert len(said) < 400


SEARCHES: dict[str, tuple[Answer, str]] = {
    "breaks off": (lambda id: [entry(id)[:-1], CLOSE], "breaks off within a message"),
    "never ends": (lambda id: [entry(id, attribute("cn", octets("x")))], "in time"),
    "ends as a bind does": (lambda id: [done(id, BIND_DONE)], "with something else"),
    "has no attributes": (
        lambda id: [message(id, SEARCH_ENTRY, octets("cn=x")), done(id)],
        "no LDAP",
    ),
    "has numbers for names": (
        lambda id: [entry(id, terms(0x30, number(5), terms(0x31))), done(id)],
        "where text should be",
    ),
    "has lists for values": (
        lambda id: [entry(id, attribute("cn", terms(0x30, octets("x")))), done(id)],
        "where text should be",
    ),
    "has an empty control": (
        lambda id: [done(id, controls=terms(0xA0, terms(0x30, octets("1.2.840.113556.1.4.319"))))],
        "no LDAP",
    ),
    "repeats itself": (
        lambda id: [entry(id, attribute("cn", octets("x"))), done(id, controls=page(b"again"))],
        "the same page",
    ),
    "gives empty pages": (lambda id: [done(id, controls=page(b"again"))], "without an end"),
    "refers to somebody else": (
        lambda id: [
            message(
                id,
                SEARCH_DONE,
                number(10, 0x0A)
                + octets("")
                + octets("")
                + terms(0xA3, octets("ldap://far.example")),
            )
        ],
        "ended with referral",
    ),
    "refers to nowhere": (
        lambda id: [message(id, 0x73, octets("ldap://[\x1b[2J")), done(id)],
        r"refers to another server.*\(ldap://\[\[2J\)",
    ),
    "has had enough": (
        lambda id: [message(id, SEARCH_DONE, number(11, 0x0A), octets(""), octets(""))],
        "ended with adminLimitExceeded",
    ),
}


@pytest.mark.parametrize(("answer", "told"), SEARCHES.values(), ids=SEARCHES)
def test_no_answer_to_a_search_is_more_than_a_fault(answer: Answer, told: str) -> None:
    said = why(bound, root, answer)
    assert re.search(told, said), said


def test_a_page_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER", 1000)
    said = why(
        bound, root, lambda id: [entry(id, attribute("cn", octets("x" * 90))) * 10, done(id)]
    )
    assert "sends more than 1000 octets" in said


@pytest.mark.parametrize("code", [0, 2, 52])
def test_without_starttls_nothing_more_is_said(code: int, tmp_path: Any) -> None:
    """Not even to a server that says yes, sends on unencrypted, and hopes that that counts."""
    ca = str(Authority(tmp_path).ca)

    def refused(id: bytes) -> list[bytes]:
        result = number(code, 0x0A) + octets("") + octets("")
        follows = done((id[0] + 1).to_bytes(1, "big"), BIND_DONE) * 3
        return [message(id, EXTENDED, result) + follows]

    said = why(refused, tls="required", ca_file=ca)
    assert "ssl" in said.lower() or "startTLS failed" in said
