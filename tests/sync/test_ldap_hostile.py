"""A server that misbehaves ends the reading with a fault that says so, and soon."""

import re
from itertools import count, cycle
from pathlib import Path
from typing import Any, cast

import pytest

from scim_server.sync.ldap.connection import session
from tests.certificates import Authority
from tests.ldap.ber import number, octets, terms
from tests.ldap.scripted import (
    BIND_DONE,
    CLOSE,
    EXTENDED,
    SEARCH_DONE,
    SEARCH_ENTRY,
    SUCCESS,
    Answer,
    attribute,
    bound,
    done,
    entry,
    message,
    page,
    root,
)
from tests.ldap.slapd import Tree
from tests.sync.directories import refused, settings, table

NESTED = b"\x30\x84\x00\x01\x00\x00" * 3000

BINDS: dict[str, tuple[Answer, str]] = {
    "closes": (lambda _: [CLOSE], "terminated"),
    "speaks http": (lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"], "no LDAP"),
    "sends too much": (lambda _: [b"\x30\x84\xff\xff\xff\xff"], "4294967295 octets"),
    "claims more than there is": (lambda _: [b"\x30\x88" + b"\xff" * 8], "octets"),
    "has no length": (lambda _: [b"\x30\x80\x02\x01\x01\x00\x00"], "of 0 octets"),
    "nests": (lambda _: [b"\x30\x84\x00\x01\x00\x00" + NESTED + b"\0" * 65536], "no LDAP"),
    "trickles": (lambda id: [each.to_bytes(1, "big") for each in done(id, BIND_DONE)], "in time"),
    "means another question": (lambda _: [done(b"\x7f", BIND_DONE)], "another question"),
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
    said = refused(answer)
    assert re.search(told, said), said
    assert "\x1b" not in said
    assert len(said) < 400


PASSWORDS = {
    "in its words": ("hunter2", "no: cn=x / hunter2"),
    "at the cut": ("hunter2-hunter2", "x" * 190 + "hunter2-hunter2"),
    "in pieces": ("hunter2", "hun\0ter2"),
    "as SASLprep has it": ("hunter\u2082", "hunter2"),
}


@pytest.mark.parametrize(("password", "said"), PASSWORDS.values(), ids=PASSWORDS)
def test_a_server_that_repeats_the_password_is_not_repeated(
    tmp_path: Path, password: str, said: str
) -> None:
    def refusing(id: bytes) -> list[bytes]:
        return [message(id, BIND_DONE, number(49, 0x0A), octets(""), octets(said))]

    def ending(id: bytes) -> list[bytes]:
        return [message(id, SEARCH_DONE, number(11, 0x0A), octets(""), octets(said))]

    def referring(id: bytes) -> list[bytes]:
        return [message(id, 0x73, octets(f"ldap://{said}")), done(id)]

    (tmp_path / "password").write_text(password)
    file = {"password_file": str(tmp_path / "password"), "bind": "cn=x", "mechanism": "simple"}
    for answers in ((refusing,), (bound, ending), (bound, root, ending), (bound, root, referring)):
        fault = refused(*answers, **file)
        assert "hunter" not in fault
        assert "…" in fault


class Turns:
    """Pages of one entry each, again and again, under cookies of their own."""

    def __init__(self, *dns: bytes) -> None:
        self._dns = cycle(dns)
        self._cookies = count()

    def __call__(self, id: bytes) -> list[bytes]:
        dn, cookie = next(self._dns).decode(), str(next(self._cookies)).encode()
        return [entry(id, attribute("cn", octets("x")), dn=dn), done(id, controls=page(cookie))]


SEARCHES: dict[str, tuple[Answer, str]] = {
    "breaks off": (lambda id: [entry(id)[:-1], CLOSE], "breaks off within a message"),
    "never ends": (lambda id: [entry(id, attribute("cn", octets("x")))], "in time"),
    "ends as a bind does": (lambda id: [done(id, BIND_DONE)], "with something else"),
    "has no attributes": (
        lambda id: [message(id, SEARCH_ENTRY, octets("cn=x")), done(id)],
        "no LDAP",
    ),
    "has an attribute twice": (
        lambda id: [
            entry(id, attribute("member", octets("uid=a")), attribute("Member", octets("uid=b"))),
            done(id),
        ],
        "gives an attribute twice in one entry",
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
    "gives pages in turns": (Turns(b"cn=a", b"cn=b"), "the same page"),
    "has had enough": (
        lambda id: [message(id, SEARCH_DONE, number(11, 0x0A), octets(""), octets(""))],
        "ended with adminLimitExceeded",
    ),
}


@pytest.mark.parametrize(("answer", "told"), SEARCHES.values(), ids=SEARCHES)
def test_no_answer_to_a_search_is_more_than_a_fault(answer: Answer, told: str) -> None:
    said = refused(bound, root, answer)
    assert re.search(told, said), said


def test_a_server_that_does_not_say_what_it_is_is_not_guessed_at() -> None:
    """Who is off in one make of directory would be on in another."""

    def hidden(id: bytes) -> list[bytes]:
        return [done(id, result=number(32, 0x0A) + octets("") + octets(""))]

    for answer in (root, hidden):
        assert "say so by dialect" in refused(bound, answer, dialect="auto")


def test_a_root_dse_that_is_refused_is_a_fault() -> None:
    def busy(id: bytes) -> list[bytes]:
        return [done(id, result=number(51, 0x0A) + octets("") + octets(""))]

    assert "the root DSE ended with busy" in refused(bound, busy)


def test_a_mistake_of_our_own_is_not_the_servers(tree: Tree) -> None:
    with session(settings(table(tree))) as opened, pytest.raises(AttributeError):
        opened.search(tree.base, "BASE", cast(str, None), [])


@pytest.mark.parametrize("code", [0, 2, 52])
def test_without_starttls_nothing_more_is_said(code: int, tmp_path: Any) -> None:
    """Not even to a server that says yes, sends on unencrypted, and hopes that that counts."""
    ca = str(Authority(tmp_path).ca)

    def no(id: bytes) -> list[bytes]:
        result = number(code, 0x0A) + octets("") + octets("")
        follows = done((id[0] + 1).to_bytes(1, "big"), BIND_DONE) * 3
        return [message(id, EXTENDED, result) + follows]

    said = refused(no, tls="required", ca_file=ca)
    assert "ssl" in said.lower() or "startTLS failed" in said
