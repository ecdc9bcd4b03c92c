"""For which sites browsers make security keys."""

import pytest

from scim_server.directory.authenticators.security_keys import RelyingParty


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("example.com", ["https://scim.example.com"]),
        ("example.com", ["http://a.example.com", "https://b.example.com:444"]),
        ("localhost", ["http://localhost:8080"]),
        ("app.localhost", ["http://app.localhost"]),
    ],
)
def test_they_do(domain: str, origins: list[str]) -> None:
    assert RelyingParty(domain, tuple(origins)).lacks() == ""


@pytest.mark.parametrize(
    ("domain", "origin", "why"),
    [
        ("192.0.2.1", "https://192.0.2.1", "the name of a host, which 192.0.2.1 is not"),
        ("2001:db8::1", "https://[2001:db8::1]", "the name of a host, which 2001:db8::1 is not"),
        ("example.com", "http://example.com", "on https only, not on http://example.com"),
        ("mylocalhost", "http://mylocalhost", "on https only, not on http://mylocalhost"),
    ],
)
def test_they_do_not(domain: str, origin: str, why: str) -> None:
    assert why in RelyingParty(domain, (origin,)).lacks()
