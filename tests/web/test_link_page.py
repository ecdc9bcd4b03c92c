"""The page that mailed links lead to, as people meet it: in a browser, on a telephone, by keys.

Pictures are kept in pytest's temporary folder, for people to look at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from scim_server.config import LINK_PATH
from tests.application import Scim
from tests.browsers import MILLISECONDS, chromium
from tests.conformance.test_page import PROBES, sized
from tests.live import Live, live
from tests.mail.people import NEW, reader
from tests.mail.test_links import made, shown
from tests.signing import people, sign_in

TELEPHONE = 390
REFUSED = "Failed to load resource: the server responded with a status of 40"
"""What the console tells of the pages that say why not."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """What is asked of its database is tested without a browser, on both."""
    with live(f"sqlite:///{tmp_path_factory.mktemp('live')}/scim.db", workers=1) as running:
        yield running


@pytest.fixture
def world(server: Live) -> Scim:
    return people(server.application)


@contextmanager
def reading(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """The page before a reader; whatever it runs, loads or is refused besides is a fault."""
    faults: list[str] = []
    opened = browser.new_context(**sized(context.pop("width", TELEPHONE)), **context)
    opened.set_default_timeout(MILLISECONDS)
    page = opened.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url != url else None)
    page.add_init_script(path=PROBES)
    page.goto(url)
    try:
        yield page
        assert [fault for fault in faults if not fault.startswith(REFUSED)] == []
    finally:
        opened.close()


def link(server: Live, purpose: str, token: str) -> str:
    return f"{server.url}{LINK_PATH}/{purpose}/{token}"


def choose(page: Page, password: str, again: str | None = None) -> None:
    """With the keyboard alone: the first field has the focus."""
    for text in (password, password if again is None else again):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_an_account_is_activated_on_a_telephone(
    browser: Browser, server: Live, world: Scim, tmp_path: Path
) -> None:
    user, _ = made(server.application, world, "Inactive")
    token = shown(server.application, world, user["id"], "invitation")
    with reading(browser, link(server, "invitation", token)) as page:
        assert page.get_by_role("heading").inner_text() == "Activate your account"
        assert page.evaluate("faults()") == []
        choose(page, "otters")
        alert = page.get_by_role("alert")
        assert alert.inner_text() == "The password needs at least 15 characters."
        assert page.evaluate("faults()") == []
        page.screenshot(path=tmp_path / "refused.png")
        choose(page, NEW)
        page.get_by_role("status").wait_for()
        assert "You can sign in" in page.get_by_role("status").inner_text()
        assert page.get_by_role("button").count() == 0
        page.screenshot(path=tmp_path / "done.png")
    assert sign_in(server.application, world, user["userName"], NEW).status_code == 200


def test_a_password_is_recovered_on_a_telephone(
    browser: Browser, server: Live, world: Scim, tmp_path: Path
) -> None:
    user, _ = reader(world)
    url = link(server, "recovery", shown(server.application, world, user["id"]))
    with reading(browser, url, color_scheme="dark") as page:
        assert page.get_by_role("heading").inner_text() == "Set a new password"
        choose(page, NEW, NEW + "x")
        assert page.get_by_role("alert").inner_text() == "The two passwords differ."
        assert page.evaluate("faults()") == []
        choose(page, NEW)
        page.get_by_role("status").wait_for()
        page.goto(url)
        assert "it has been used" in page.get_by_role("alert").inner_text()
        assert page.get_by_role("button").count() == 0
        assert page.evaluate("faults()") == []
        page.screenshot(path=tmp_path / "over.png")
    assert sign_in(server.application, world, user["userName"], NEW).status_code == 200


@pytest.mark.parametrize("width", [1280, TELEPHONE])
def test_it_is_light_or_dark_as_the_reader_has_it(
    browser: Browser, server: Live, world: Scim, width: int
) -> None:
    user, _ = reader(world)
    url = link(server, "recovery", shown(server.application, world, user["id"]))
    for scheme, least, most in (("light", 0.8, 1), ("dark", 0, 0.05)):
        with reading(browser, url, width=width, color_scheme=scheme) as page:
            assert least <= page.evaluate("luminance(ground(document.body))") <= most
            assert page.evaluate("faults()") == []


def test_fields_are_named_and_known_to_password_managers(
    browser: Browser, server: Live, world: Scim
) -> None:
    user, _ = reader(world)
    token = shown(server.application, world, user["id"])
    with reading(browser, link(server, "recovery", token)) as page:
        for name in ("New password", "The same once more"):
            field = page.get_by_label(name)
            assert field.get_attribute("autocomplete") == "new-password"
            assert field.get_attribute("type") == "password"
        described = page.get_by_label("New password").get_attribute("aria-describedby")
        assert "Length is what counts" in page.locator(f"#{described}").inner_text()
        assert page.locator("[autocomplete=username]").input_value() == user["userName"]
