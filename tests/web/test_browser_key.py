"""A security key in a real browser, against the server as an operator runs it.

Chromium's virtual authenticator stands in for the device; the page is an application's own, from
the same origin.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browsers import MILLISECONDS, chromium
from tests.live import Live, live
from tests.web.person import PASSWORD, Person, person

SCRIPT = Path(__file__).with_name("ceremony.js")
PLACE = "/an/application"
DEVICE = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
REGISTER = "([token, name]) => register(token, name)"
SIGN_IN = "([tenant, name, password]) => signIn(tenant, name, password)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """What is asked of its database is tested without a browser, on both."""
    with live(f"sqlite:///{tmp_path_factory.mktemp('live')}/scim.db") as running:
        yield running


def opened(browser: Browser, server: Live) -> Page:
    """A page of an application, on the origin of the server, in a machine of its own."""
    found = browser.new_context().new_page()
    found.set_default_timeout(MILLISECONDS)
    place = f"http://localhost:{server.port}{PLACE}"
    body = f"<script>{SCRIPT.read_text()}</script>"
    found.route(place, lambda route: route.fulfill(content_type="text/html", body=body))
    found.goto(place)
    return found


@pytest.fixture
def page(browser: Browser, server: Live) -> Page:
    return opened(browser, server)


@pytest.fixture
def anna(server: Live) -> Person:
    return person(server.application, server.application.scim())


def attach(page: Page) -> None:
    """Put a new security key into the machine."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_key_is_registered_and_signs_in(page: Page, anna: Person) -> None:
    attach(page)
    registered = page.evaluate(REGISTER, [anna.token, "blue key"])
    assert (registered["kind"], registered["name"]) == ("webauthn", "blue key")
    for _ in range(2):
        signed_in = page.evaluate(SIGN_IN, [anna.tenant_name(), anna.name, PASSWORD])
        assert signed_in["session"]["methods"] == ["pwd", "hwk"]
        assert "Chrome" in signed_in["session"]["device"]
    anna.token = signed_in["token"]
    assert anna.names() == ["blue key"]


def test_a_browser_registers_no_key_twice(page: Page, anna: Person) -> None:
    attach(page)
    page.evaluate(REGISTER, [anna.token, "blue key"])
    with pytest.raises(Error, match="InvalidStateError"):
        page.evaluate(REGISTER, [anna.token, "blue key again"])
    assert anna.names() == ["blue key"]


def test_another_key_does_not_sign_in(
    page: Page, anna: Person, browser: Browser, server: Live
) -> None:
    attach(page)
    page.evaluate(REGISTER, [anna.token, "blue key"])
    other = opened(browser, server)
    attach(other)
    with pytest.raises(Error, match="NotAllowedError"):
        other.evaluate(SIGN_IN, [anna.tenant_name(), anna.name, PASSWORD])
