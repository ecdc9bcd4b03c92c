"""How mail is handed over: encrypted to a server that is who it says, and never misdirected."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scim_server.directory.mail.courier import Letter, Refused, Undelivered, Unreachable
from scim_server.mail.smtp import SmtpServer, Tls
from tests.post import SENDER, Postbox, server_context, text_of

LETTER = Letter("a-letter", "reader@mail.example", "Subject", "Text with https://link.example/x\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The files of a certificate that nobody else has signed, for 127.0.0.1, and of its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(private)
    return str(files[0]), str(files[1])


def server(box: Postbox, tls: Tls = Tls.NONE, user: str = "", password: str = "") -> SmtpServer:
    return SmtpServer("127.0.0.1", box.port, tls, user, password, SENDER)


def sent(box: Postbox, letter: Letter, tls: Tls = Tls.NONE) -> None:
    with server(box, tls).open() as delivery:
        delivery.send(letter)


@pytest.fixture
def plain() -> Iterator[Postbox]:
    made = Postbox()
    with made.open():
        yield made


def test_a_letter_has_its_headers(plain: Postbox) -> None:
    sent(plain, LETTER)
    [mail] = plain.arrived
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Subject"
    assert mail["Message-ID"] == "<a-letter@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    assert text_of(mail) == LETTER.text


@pytest.mark.parametrize(
    ("text", "in_one_piece"),
    [("x" * 900, True), ("x" * 1100, False), ("\u00fc" * 900, False)],
)
def test_a_link_stays_in_one_piece_where_it_can(
    plain: Postbox, text: str, in_one_piece: bool
) -> None:
    link = f"https://link.example/{text}\n"
    sent(plain, Letter("a-letter", "reader@mail.example", "Subject", link))
    [message] = plain.arrived
    assert (link.strip() in message.as_string()) is in_one_piece
    assert text_of(message) == link


def test_a_letter_may_have_an_html_twin(plain: Postbox) -> None:
    sent(plain, Letter("a", "reader@mail.example", "Über", "Text\n", "<p>Text</p>\n"))
    [mail] = plain.arrived
    twin = mail.get_body(("html",))
    assert twin is not None
    assert (mail["Subject"], text_of(mail)) == ("Über", "Text\n")
    assert twin.get_content().split() == ["<p>Text</p>"]


def test_starttls(
    plain: Postbox, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    box = Postbox()
    with box.open(tls_context=server_context(*certificate), require_starttls=True):
        sent(box, LETTER, Tls.STARTTLS)
    assert len(box.arrived) == 1
    with pytest.raises(Unreachable):
        # A server, or somebody in between, that offers none.
        sent(plain, LETTER, Tls.STARTTLS)
    assert plain.arrived == []


def test_tls_from_the_first_byte(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    box = Postbox()
    with box.open(ssl_context=server_context(*certificate)):
        sent(box, LETTER, Tls.TLS)
    assert len(box.arrived) == 1


@pytest.mark.parametrize("tls", [Tls.TLS, Tls.STARTTLS])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: tuple[str, str], tls: Tls
) -> None:
    box, context = Postbox(), server_context(*certificate)
    options = {"ssl_context" if tls is Tls.TLS else "tls_context": context}
    with box.open(**options), pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        sent(box, LETTER, tls)
    assert box.arrived == []


def test_it_signs_in(certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    box = Postbox()

    def judge(_server: object, _session: object, _envelope: object, _way: str, said: Any) -> Any:
        right = (said.login, said.password) == (b"scim", b"secret")
        return AuthResult(success=right, handled=False)

    options = {"authenticator": judge, "auth_required": True}
    with box.open(tls_context=server_context(*certificate), **options):
        with server(box, Tls.STARTTLS, "scim", "secret").open() as delivery:
            delivery.send(LETTER)
        with (
            pytest.raises(Unreachable, match="535"),
            server(box, Tls.STARTTLS, "scim", "wrong").open(),
        ):
            pass
    assert len(box.arrived) == 1


def test_an_address_in_other_letters_needs_a_server_that_knows_them() -> None:
    letter = Letter("a", "j\u00fcrgen@mail.example", "Subject", "Text\n")
    box = Postbox()
    with box.open(enable_SMTPUTF8=True):
        sent(box, letter)
    assert [mail["To"] for mail in box.arrived] == [letter.address]
    plain = Postbox()
    with plain.open(enable_SMTPUTF8=False), pytest.raises(Refused):
        sent(plain, letter)


def test_a_server_that_is_down_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        sent(Postbox(), LETTER)


@pytest.mark.parametrize(
    ("said", "fault"), [("550 No such user", Refused), ("451 Later", Undelivered)]
)
def test_what_is_refused(plain: Postbox, said: str, fault: type[Exception]) -> None:
    plain.refusals["*"] = said
    with pytest.raises(fault, match=said):
        sent(plain, LETTER)


@pytest.mark.parametrize(
    "address",
    [
        "reader@mail.example\r\nBcc: other@mail.example",
        "reader@mail.example, other@mail.example",
        "reader",
        "",
        "<reader@mail.example>",
        "re\u00e4der@mail.example\n",
        "reader@[",
        "reader@mail.example]{/x",
        "reader@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_never_sent_to(plain: Postbox, address: str) -> None:
    with pytest.raises((Refused, Undelivered)):
        sent(plain, Letter("a", address, "Subject", "Text"))
    assert plain.arrived == []


def test_no_password_is_shown() -> None:
    assert "hunter2" not in repr(SmtpServer("h", 1, Tls.NONE, "u", "hunter2", SENDER))
