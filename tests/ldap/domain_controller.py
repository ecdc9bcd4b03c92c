"""What a domain controller of Active Directory does, and slapd cannot be brought to do.

It counts changes, gives at most some values of an attribute at a time, compares GUIDs, and refers
to the partitions of other servers ([MS-ADTS] §3.1.1.3). It speaks LDAP over TCP, and lets anybody
in.
"""

import socketserver
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any
from uuid import UUID

from tests.ldap.ber import Term, decoded, number, octets, terms

BASE = "DC=corp,DC=example"
PARTITIONS = ("CN=Configuration", "DC=DomainDnsZones", "DC=ForestDnsZones")
PAGES = b"1.2.840.113556.1.4.319"
MOST_VALUES = 1500
NO_SUCH_OBJECT = 32

# Tags of RFC 4511.
NUMBER, ENUMERATED, SEQUENCE, SET, CONTROLS = 0x02, 0x0A, 0x30, 0x31, 0xA0
BIND, BIND_RESPONSE, SEARCH, SEARCH_ENTRY, SEARCH_DONE, SEARCH_REFERENCE = (
    0x60,
    0x61,
    0x63,
    0x64,
    0x65,
    0x73,
)
AND, OR, EQUAL, AT_LEAST, AT_MOST, PRESENT = 0xA0, 0xA1, 0xA3, 0xA5, 0xA6, 0x87

Attributes = Mapping[str, Sequence[bytes]]


@dataclass
class DomainController:
    """Its entries by DN.

    invocation: changes where it is restored from a backup
    hides:      attributes that nobody is shown
    """

    entries: dict[str, dict[str, list[bytes]]] = field(default_factory=dict)
    usn: int = 1000
    invocation: bytes = b"\1" * 16
    references: Sequence[str] = PARTITIONS
    hides: Collection[str] = ()
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    def put(self, name: str, guid: int, **attributes: bytes | list[bytes]) -> str:
        """Create or change an entry below BASE; return its DN."""
        self.usn += 1
        dn = f"CN={name},{BASE}"
        known = {
            "objectGUID": UUID(int=guid).bytes_le,
            "uSNChanged": str(self.usn).encode(),
            "cn": name.encode(),
        }
        self.entries[dn] = {
            name: values if isinstance(values, list) else [values]
            for name, values in (known | attributes).items()
        }
        return dn

    def user(self, name: str, guid: int, **attributes: bytes | list[bytes]) -> str:
        """A person, switched on."""
        shape = {"objectCategory": b"person", "userAccountControl": b"512"}
        return self.put(name, guid, objectClass=b"user", **(shape | attributes))

    def group(self, name: str, guid: int, *members: str) -> str:
        """A group of these DNs."""
        shape: dict[str, bytes | list[bytes]] = {"objectClass": b"group"}
        return self.put(name, guid, **shape, member=[dn.encode() for dn in members])

    def about(self) -> dict[str, list[bytes]]:
        """The root DSE."""
        return {
            "supportedCapabilities": [b"1.2.840.113556.1.4.800"],
            "dsServiceName": [f"CN=NTDS Settings,{BASE}".encode()],
            "highestCommittedUSN": [str(self.usn).encode()],
        }

    def found(self, base: str, scope: int) -> Iterator[tuple[str, Attributes]]:
        """What lies there; the base of a subtree is none of these entries."""
        service = f"CN=NTDS Settings,{BASE}"
        alone = {"": self.about(), service: {"invocationId": [self.invocation]}, **self.entries}
        if scope == 0:
            yield from ((dn, alone[dn]) for dn in [base] if dn in alone)
        else:
            yield from list(self.entries.items())


@contextmanager
def running(controller: DomainController) -> Iterator[DomainController]:
    """Answer until the block ends."""
    handler = partial(_Conversation, controller)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        controller.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
            thread.join()


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def __init__(self, controller: DomainController, *args: Any) -> None:
        self._controller = controller
        super().__init__(*args)

    def handle(self) -> None:
        while message := self._message():
            id, (kind, operation), *controls = message
            if kind == BIND:
                self._send(id, BIND_RESPONSE, _result())
            elif kind == SEARCH:
                self._search(id, operation, controls)
            else:
                return

    def _message(self) -> list[Term]:
        head = self.rfile.read(2)
        if len(head) < 2:
            return []
        length = head[1]
        if length > 0x7F:
            length = int.from_bytes(self.rfile.read(length - 0x80), "big")
        return decoded(self.rfile.read(length))

    def _search(self, id: Term, operation: Any, controls: Any) -> None:
        base, scope, *_, filter, attributes = operation
        places = self._controller.found(base[1].decode(), scope[1][0])
        found = [(dn, has) for dn, has in places if matches(filter, has)]
        page, cookie = _page(found, controls)
        asked = [name.decode() for _, name in attributes[1]]
        self._controller.asked += [name for name in asked if ";range=" in name]
        asked = [name for name in asked if name not in self._controller.hides]
        for dn, has in page:
            parts = (
                terms(SEQUENCE, octets(name), terms(SET, *map(octets, values)))
                for name, values in _chosen(has, asked)
            )
            self._send(id, SEARCH_ENTRY, octets(dn), terms(SEQUENCE, *parts))
        if scope[1][0] and not cookie:
            for partition in self._controller.references:
                url = f"ldap://far.example/{partition},{BASE}"
                self._send(id, SEARCH_REFERENCE, octets(url))
        code = 0 if found or scope[1][0] else NO_SUCH_OBJECT
        self._send(id, SEARCH_DONE, _result(code), pages=cookie)

    def _send(self, id: Term, kind: int, *parts: bytes, pages: bytes | None = None) -> None:
        answer = [octets(id[1], NUMBER), terms(kind, *parts)]
        if pages is not None:
            value = terms(SEQUENCE, number(0), octets(pages))
            answer.append(terms(CONTROLS, terms(SEQUENCE, octets(PAGES), octets(value))))
        self.wfile.write(terms(SEQUENCE, *answer))


def _result(code: int = 0) -> bytes:
    return number(code, ENUMERATED) + octets("") + octets("")


def _page(
    found: list[tuple[str, Attributes]], controls: Any
) -> tuple[list[tuple[str, Attributes]], bytes | None]:
    """Those from a cookie on, and the next one; without the control all, and none."""
    for _, control in controls:
        [(_, [(_, name), *_, (_, value)])] = control
        if name == PAGES:
            [(_, [(_, size), (_, cookie)])] = decoded(value)
            at = int(cookie or b"0")
            end = at + int.from_bytes(size, "big")
            return found[at:end], str(end).encode() if end < len(found) else b""
    return found, None


def _chosen(attributes: Attributes, asked: Sequence[str]) -> Iterator[tuple[str, Sequence[bytes]]]:
    """What was asked for; of many values some, and which."""
    for name in asked:
        plain, _, start = name.partition(";range=")
        values = _values(attributes, plain)
        first = int(start.partition("-")[0] or 0)
        last = first + MOST_VALUES
        if first or len(values) > last:
            # The attribute itself comes as well, without values.
            yield plain, []
            end = str(last - 1) if last < len(values) else "*"
            yield f"{plain};range={first}-{end}", values[first:last]
        elif values:
            yield plain, values


def _values(attributes: Attributes, name: str) -> Sequence[bytes]:
    """However it is spelt."""
    found = (values for known, values in attributes.items() if known.lower() == name.lower())
    return next(found, ())


def matches(filter: Term, attributes: Attributes) -> bool:
    """Whether a filter holds, of the kinds that are asked here."""
    kind, of = filter
    if kind in (AND, OR):
        return (all if kind == AND else any)(matches(each, attributes) for each in of)
    if kind == PRESENT:
        return of.lower() == b"objectclass" or bool(_values(attributes, of.decode()))
    (_, name), (_, wanted) = of
    values = _values(attributes, name.decode())
    if kind == EQUAL:
        return wanted in values
    if kind == AT_LEAST:
        return any(int(value) >= int(wanted) for value in values)
    assert kind == AT_MOST, kind
    return any(int(value) <= int(wanted) for value in values)
