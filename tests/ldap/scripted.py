"""An LDAP server that says what a test tells it to say, octet by octet."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain, repeat
from threading import Thread

from tests.ldap.ber import number, octets, terms

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
