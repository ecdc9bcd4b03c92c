"""A real mail server in this process, and the worker that sends to it."""

import email
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.processes import free_port
from scim_server.directory.worker import Worker
from scim_server.parts import Parts
from scim_server.working import worker
from tests.application import Application

LINK = re.compile(r"https?://\S+")
SENDER = "Accounts <accounts@example.com>"


class Postbox:
    """What has arrived; ``refusals``: what is answered instead, by address, or to all by ``*``."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        self.port = free_port()

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if refusal := self.refusals.get(address) or self.refusals.get("*"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert [message["To"]] == envelope.rcpt_tos
        self.arrived.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What has arrived for an address, in order."""
        return [message for message in self.arrived if message["To"] == address]

    def link(self, address: str) -> str:
        """The link of the last mail to an address."""
        [found] = LINK.findall(text_of(self.to(address)[-1]))
        return str(found)

    def token(self, address: str) -> str:
        """The token of that link."""
        return self.link(address).rpartition("/")[2]

    @contextmanager
    def open(self, **options: Any) -> Iterator[None]:
        """Listen until the block ends; ``options`` of aiosmtpd's Controller."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        controller.start()
        try:
            yield
        finally:
            controller.stop()


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def with_mail(application: Application, box: Postbox, **settings: Any) -> Parts:
    """The parts of that application, with this mail server."""
    config = replace(
        application.parts.config,
        smtp_host="127.0.0.1",
        smtp_port=box.port,
        smtp_from=SENDER,
        **{"smtp_tls": "none", **settings},
    )
    return replace(application.parts, config=config)


def worker_for(application: Application, box: Postbox, **settings: Any) -> Worker:
    """A worker of that application which sends to this mail server.

    It has just looked for what is over: of all the tenants that tests leave, that takes longer
    than all else. See tidy.
    """
    made = worker(with_mail(application, box, **settings))
    made._tidied = made.clock()
    return made


def tidy(worker: Worker) -> None:
    """All that is due, and what is over."""
    worker._tidied = None
    worker.drain()


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """What a mail server encrypts with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
