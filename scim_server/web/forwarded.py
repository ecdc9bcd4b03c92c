"""Whose request it is that comes through reverse proxies."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A WSGI application that is told the client's address instead of the proxy's.

    Each proxy writes the address that it was called from at the end of ``X-Forwarded-For``. What
    stands further to the left, anybody may have written.

    proxies: how many there are in front of the server
    """

    application: "WSGIApplication"
    proxies: int

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """As WSGI has it (PEP 3333)."""
        told = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= self.proxies:
            with suppress(ValueError):
                environ["REMOTE_ADDR"] = str(ip_address(told[-self.proxies].strip()))
        return self.application(environ, start_response)
