"""Bodies that are long, or no text, are readable in the reports, and the curl is honest."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from io import StringIO
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from conformance.catalogue import Requirement, catalogue
from conformance.findings import Examination, Exchange, Finding
from conformance.report import html, junit, terminal
from conformance.report import json as report_json
from conformance.report.cleaning import cleaned
from conformance.report.exchange import LONGEST, LONGEST_ARGUMENT, curl
from conformance.wire import SHOWN, Answer, Endpoint, Request

Render = Callable[[Examination, Mapping[str, Requirement]], str]
URL = "https://scim.example/scim/v2"
TOKEN = "a-secret-token"
OCTETS = b"{\"%s\\n\": \"it's \xff\xc3( 'x' \x01\x7f" + TOKEN.encode() + b'"}'
LONG = json.dumps({"displayName": "x" * 2_000_000})


def show(examination: Examination, requirements: Mapping[str, Requirement]) -> str:
    written = StringIO()
    terminal.show(Console(file=written, width=400), examination, requirements)
    return written.getvalue()


def examination(body: str | bytes) -> Examination:
    """One failure, over a request with this body."""
    sent = Endpoint(URL, TOKEN).complete(Request("POST", "/Users", {}, body))
    shown = (Exchange(sent, Answer(500, {}, "", None)),)
    found = Examination(URL, "0a1b2c3d", findings=[Finding("ERR-004", False, "400", "x", shown)])
    return cleaned(found, {TOKEN: "$SCIM_TOKEN"})


def received(command: str, given: bytes = b"") -> tuple[list[str], bytes]:
    """The arguments and the input that a shell gives to curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; printf '\\0'; cat; }}\n{command}"
    done = subprocess.run(["sh", "-c", script], input=given, check=True, capture_output=True)
    words, _, piped = done.stdout.partition(b"\0\0")
    return words.decode().split("\0"), piped


def test_curl_is_piped_the_bytes_that_were_sent() -> None:
    words, piped = received(curl(URL, Request("POST", "/Users", {}, OCTETS)))
    assert piped == OCTETS
    assert words[-2:] == ["--data-binary", "@-"]


@pytest.mark.parametrize("body", [LONG, LONG.encode()], ids=["text", "bytes"])
def test_a_long_body_is_no_argument_of_curl(body: str | bytes) -> None:
    command = curl(URL, Request("POST", "/Users", {"X": "1"}, body))
    assert len(command) < 500
    assert command.startswith(f"# Pipe the body in, {len(LONG)} bytes: ")
    words, piped = received(command, LONG.encode())
    assert (words[-2:], piped) == (["--data-binary", "@-"], LONG.encode())


def test_a_body_of_the_greatest_length_is_an_argument() -> None:
    body = "ü" * (LONGEST_ARGUMENT // 2)
    assert received(curl(URL, Request("POST", "/Users", {}, body)))[0][-1] == body
    assert "@-" in curl(URL, Request("POST", "/Users", {}, body + "u"))


def test_the_json_report_has_the_whole_of_a_long_body() -> None:
    found = json.loads(report_json.render(examination(LONG), catalogue()))
    [failure] = [f for each in found["requirements"] for f in each["failures"]]
    assert failure["exchanges"][0]["request"]["body"] == LONG


@pytest.mark.parametrize("render", [junit.render, html.render, show])
def test_the_other_reports_cut_it(render: Render) -> None:
    assert len(render(examination(LONG), catalogue())) < 300_000 + LONGEST


def test_a_request_is_one_line_of_a_log() -> None:
    assert len(str(Request("POST", "/Users", {}, LONG))) < SHOWN + 50
    assert str(Request("POST", "/Users", {}, b"{\xff}")) == "POST /Users {\\xff}"
    assert str(Request("GET", "/Users")) == "GET /Users"


@pytest.mark.parametrize("render", [report_json.render, junit.render, html.render, show])
def test_bytes_are_told_and_hide_the_token(render: Render) -> None:
    written = render(examination(OCTETS), catalogue())
    assert r"\xff" in written.replace("\\\\", "\\") and "$SCIM_TOKEN" in written
    assert TOKEN not in written
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", written)


def test_bytes_are_no_fault_of_the_xml() -> None:
    assert len(fromstring(junit.render(examination(OCTETS), catalogue()))) > 0


def test_cleaning_keeps_what_is_no_utf_8() -> None:
    [finding] = examination(OCTETS).findings
    body = finding.exchanges[0].request.body
    expected = OCTETS.replace(TOKEN.encode(), b"$SCIM_TOKEN")
    replaced = "\ufffd".encode()
    assert body == expected.replace(b"\x01", replaced).replace(b"\x7f", replaced)
