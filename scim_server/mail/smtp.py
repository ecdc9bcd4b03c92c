"""Letters over SMTP (RFC 5321), encrypted and with the server's certificate checked."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum

from scim_server.directory.accounts.addresses import is_address
from scim_server.directory.mail.courier import Delivery, Letter, Refused, Undelivered, Unreachable

PATIENCE = 30
"""Seconds to wait for each word of the mail server."""
FINAL = range(500, 600)
LONGEST_LINE = 998


class Tls(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


PORTS = {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over; directory.courier.Post.

    port:   0 for the usual one
    sender: ``name@host``, or ``Name <name@host>``
    """

    host: str
    port: int
    tls: Tls
    user: str
    password: str = field(repr=False)
    sender: str

    @contextmanager
    def open(self) -> Iterator["SmtpDelivery"]:
        """Raises Unreachable."""
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            raise Unreachable(_said(fault)) from fault
        try:
            yield SmtpDelivery(connection, self.sender)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()

    def _connected(self) -> smtplib.SMTP:
        port = self.port or PORTS[self.tls]
        if self.tls is Tls.TLS:
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, port, timeout=PATIENCE, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, port, timeout=PATIENCE)
        try:
            if self.tls is Tls.STARTTLS:
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class NoServer:
    """directory.courier.Post where none is set: mail waits."""

    def open(self) -> AbstractContextManager[Delivery]:
        """Raises Unreachable."""
        raise Unreachable("There is no mail server.")


@dataclass(frozen=True, slots=True)
class SmtpDelivery:
    """directory.courier.Delivery over one connection."""

    connection: smtplib.SMTP
    sender: str

    def send(self, letter: Letter) -> None:
        """Raises Refused, Undelivered, Unreachable."""
        if not is_address(letter.address):
            raise Refused("The address is none.")
        try:
            # To this address, and not to what can be read out of the header.
            self.connection.send_message(message(letter, self.sender), to_addrs=[letter.address])
        except smtplib.SMTPRecipientsRefused as fault:
            code, said = next(iter(fault.recipients.values()))
            kind = Refused if code in FINAL else Undelivered
            raise kind(f"{code} {said.decode(errors='replace')}") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Refused(str(fault)) from fault
        except smtplib.SMTPServerDisconnected as fault:
            raise Unreachable(_said(fault)) from fault
        except smtplib.SMTPException as fault:
            raise Undelivered(_said(fault)) from fault
        except OSError as fault:
            raise Unreachable(_said(fault)) from fault


def message(letter: Letter, sender: str) -> EmailMessage:
    """The letter with its headers."""
    made = EmailMessage(policy.SMTP)
    name, address = parseaddr(sender)
    made["From"] = Address(name, addr_spec=address)
    # Not as an addr_spec, which may hold no other letters than those of ASCII.
    local, _, domain = letter.address.rpartition("@")
    made["To"] = Address(username=local, domain=domain)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{letter.id}@{address.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text, cte="7bit" if _is_plain(letter.text) else None)
    if letter.html is not None:
        made.add_alternative(letter.html, subtype="html")
    return made


def _is_plain(text: str) -> bool:
    """Whether any mail server takes it as it is (RFC 5321 §4.5.3.1.6): links stay in one piece."""
    return text.isascii() and all(len(line) < LONGEST_LINE for line in text.splitlines())


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        said = fault.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"{fault.smtp_code} {text}"
    return f"{type(fault).__name__}: {fault}"
