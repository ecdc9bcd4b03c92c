"""The report's page in a real browser: everything in it can be seen, read, opened and copied.

A picture of every page is kept in pytest's temporary folder, for people to look at.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from conformance.__main__ import main
from conformance.catalogue import catalogue
from conformance.findings import Examination, Exchange, Failure, Finding, Interruption, Played
from conformance.report import html
from conformance.report.cleaning import cleaned
from conformance.wire import Answer, Request
from tests.browsers import MILLISECONDS, chromium
from tests.conformance.serving import Server, serving

PROBES = Path(__file__).with_name("probes.js")
SIZES = {1280: 800, 390: 844}
"""A desk and a telephone."""
EVERYTHING = "document.querySelectorAll('details').forEach((each) => { each.open = true })"
LONG = "x" * 400
HOSTILE = (
    f"<script>document.title = 'mine'</script><img src=https://other.example/></pre> {LONG}"
    " \u202eright to left\u202c \u0645\u0631\u062d\u0628\u0627 \U0001f469\u200d\U0001f680"
    " e\u0301\u0301\u0301\u0301\u0301 \u00a0\u00a0\u00a0 {{ 7*7 }} &lt;"
)
FAULTS = {
    "body { width: 2000px }": "the page is",
    ".text { overflow: hidden; white-space: nowrap }": "is cut by p.text",
    ".meta { transform: translateY(-1.2rem) }": "lies on",
    ".note { color: #999 }": "p.note: 2.",
    ".name { position: relative; left: -4rem }": "leaves the screen",
}
"""Styles that spoil a page, each with what the probes must say of it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to examine."""
    with serving(f"sqlite:///{tmp_path_factory.mktemp('page')}/scim.db") as running:
        yield running


def hostile() -> Examination:
    """A server that answers with everything that spoils pages, wherever there is room for it."""
    sent = Request(
        "POST", f"/Users/{HOSTILE}", {"X-Echo": HOSTILE}, f'{{"a":[{{"{HOSTILE}":1.0}}]}}'
    )
    exchange = Exchange(sent, Answer(400, {"x-echo": HOSTILE}, HOSTILE, {"detail": HOSTILE}))
    silent = Exchange(Request("GET", "/"), HOSTILE)
    return Examination(
        f"https://scim.example/{HOSTILE}",
        LONG,
        frozenset({"patch", HOSTILE}),
        [Finding(id, False, HOSTILE, HOSTILE, (exchange, silent)) for id in ("CRE-001", "CRE-002")],
        [Interruption(HOSTILE, HOSTILE, (exchange,))],
        [Played(f"{LONG}/one", HOSTILE, HOSTILE, ("unknown",), (Failure((HOSTILE,), exchange),))],
        omitted={HOSTILE: HOSTILE},
        excuses={"CRE-002": HOSTILE},
    )


def of_the_command(server: Server, file: Path, *options: str) -> None:
    """The page that ``python -m conformance`` writes."""
    token = ("--token", server.token("strict"))
    ended = CliRunner().invoke(main, ["--url", server.url, *token, "--html", str(file), *options])
    assert file.exists(), ended.output


@pytest.fixture(scope="module")
def reports(own: Server, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A page of each kind, all but one of what the server here really answered."""
    folder = tmp_path_factory.mktemp("reports")
    excuses = folder / "excuses.toml"
    excuses.write_text('USR-014 = "Addresses come back as they were sent, letter by letter."\n')
    chosen: Mapping[str, tuple[str, ...]] = {
        "failures": ("--only", "rfc7643_4_1_user", "--excuses", str(excuses)),
        "none": ("--only", "rfc7644_3_6"),
        "dialogues": ("--client", "entra/s"),
        "nothing": ("--only", "rfc7644_3_6", "--read-only"),
    }
    files = {name: folder / f"{name}.html" for name in (*chosen, "whole", "hostile")}
    for name, options in chosen.items():
        of_the_command(own, files[name], *options)
    whole = Examination(own.url, "0a1b2c3d", findings=[_finding(id) for id in catalogue()])
    for name, found in {"whole": whole, "hostile": cleaned(hostile(), {})}.items():
        files[name].write_text(html.render(found, catalogue()), encoding="utf-8")
    return files


def _finding(id: str) -> Finding:
    """Every requirement decided, those of the users against the server."""
    answered = Exchange(Request("GET", "/Users"), Answer(200, {}, "{}", {}))
    return Finding(id, not id.startswith("USR"), "400", "a.check", (answered,))


@contextmanager
def reading(browser: Browser, address: str | Path, **context: Any) -> Iterator[Page]:
    """The page before a reader; what it tells its console or loads besides itself is a fault."""
    url = address.as_uri() if isinstance(address, Path) else address
    faults: list[str] = []
    opened = browser.new_context(**context)
    opened.set_default_timeout(MILLISECONDS)
    page = opened.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url != url else None)
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.add_init_script(path=PROBES)
    page.goto(url)
    try:
        yield page
        assert faults == []
    finally:
        opened.close()


def sized(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": SIZES[width]}}


KINDS = ("failures", "none", "dialogues", "nothing", "whole", "hostile")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_everything_can_be_read(
    browser: Browser, reports: Mapping[str, Path], tmp_path: Path, kind: str, width: int
) -> None:
    with reading(browser, reports[kind], **sized(width)) as page:
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert page.evaluate("faults()") == []
        page.evaluate(EVERYTHING)
        assert page.evaluate("faults()") == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("faults()") == []
        assert page.title().startswith("SCIM conformance of ")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "hostile"])
def test_the_score_is_seen_without_scrolling(
    browser: Browser, reports: Mapping[str, Path], kind: str, width: int
) -> None:
    with reading(browser, reports[kind], **sized(width)) as page:
        assert page.evaluate("belowTheFold()") == []


@pytest.mark.parametrize(("style", "told"), FAULTS.items())
def test_a_page_that_is_spoilt_is_noticed(
    browser: Browser, reports: Mapping[str, Path], style: str, told: str
) -> None:
    with reading(browser, reports["failures"], bypass_csp=True, **sized(390)) as page:
        page.add_style_tag(content=style)
        assert told in "\n".join(page.evaluate("faults()"))


def test_a_score_that_has_slipped_is_noticed(browser: Browser, reports: Mapping[str, Path]) -> None:
    with reading(browser, reports["none"], bypass_csp=True, **sized(1280)) as page:
        page.add_style_tag(content=".totals { margin-top: 100vh }")
        assert page.evaluate("belowTheFold()") != []


def test_the_dark_page_is_dark(browser: Browser, reports: Mapping[str, Path]) -> None:
    with reading(browser, reports["none"]) as page:
        assert page.evaluate("luminance(ground(document.body))") > 0.8
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("luminance(ground(document.body))") < 0.05


def _by_mouse(page: Page) -> None:
    page.locator("#failed .exchange > summary").last.click()


def _by_keyboard(page: Page) -> None:
    page.locator("#failed .exchange > summary").last.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("opened", [_by_mouse, _by_keyboard])
def test_a_failure_is_reached_from_its_number_and_can_be_opened(
    browser: Browser, reports: Mapping[str, Path], opened: Callable[[Page], None]
) -> None:
    with reading(browser, reports["failures"], **sized(390)) as page:
        page.locator(".totals .failed a").click()
        heading = page.get_by_role("heading", name="What failed", exact=True)
        assert (
            page.evaluate("(each) => each.getBoundingClientRect().top", heading.element_handle())
            < 200
        )
        answer = page.locator("#failed .exchange pre").nth(-2)
        assert not answer.is_visible()
        opened(page)
        assert answer.is_visible()
        assert answer.inner_text().startswith("201")


def test_an_excuse_is_told_with_its_reason(browser: Browser, reports: Mapping[str, Path]) -> None:
    with reading(browser, reports["failures"]) as page:
        page.locator(".totals .excused a").click()
        told = page.locator("#excused").inner_text()
    assert "USR-014" in told and "as they were sent, letter by letter" in told
    assert "USR-022" not in told


def test_where_nothing_was_examined_the_page_says_so_and_why(
    browser: Browser, reports: Mapping[str, Path]
) -> None:
    with reading(browser, reports["nothing"]) as page:
        told = page.locator("main").inner_text()
    assert "Nothing was examined." in told
    assert "only reading is allowed" in told


def test_the_clients_that_work_are_counted(browser: Browser, reports: Mapping[str, Path]) -> None:
    with reading(browser, reports["dialogues"]) as page:
        assert page.locator(".totals").inner_text().split() == ["0", "/", "1", "clients", "work"]
        assert page.locator("#clients summary .answer").inner_text() == "in part"
        assert page.locator("#clients .dialogue.broken").first.is_visible()


def test_the_copy_button_copies_the_command(browser: Browser, reports: Mapping[str, Path]) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with reading(browser, reports["failures"], permissions=allowed) as page:
        _by_mouse(page)
        page.locator("#failed button.copy").last.click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#failed pre.curl").last.inner_text()
    assert copied.startswith("curl ") and "$SCIM_TOKEN" in copied


def test_where_nothing_may_be_copied_the_command_is_selected(
    browser: Browser, reports: Mapping[str, Path]
) -> None:
    with browser.new_context() as insecure:  # Over http to a host there is no clipboard.
        page = insecure.new_page()
        page.route("http://report.example/", lambda route: route.fulfill(path=reports["failures"]))
        page.goto("http://report.example/")
        _by_mouse(page)
        page.locator("#failed button.copy").last.click()
        page.get_by_role("button", name="Selected").wait_for()
        selected = page.evaluate("getSelection().toString()")
        assert selected == page.locator("#failed pre.curl").last.inner_text()


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_without_buttons(
    browser: Browser, reports: Mapping[str, Path], tmp_path: Path, kind: str
) -> None:
    with reading(browser, reports[kind]) as page:
        page.evaluate(EVERYTHING)
        page.emulate_media(media="print")
        assert page.locator("button.copy:visible").count() == 0
        printed = page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert printed.startswith(b"%PDF")
