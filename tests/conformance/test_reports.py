"""The reports say what was found, whatever a server answers, and tell no secret."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from conformance.catalogue import Requirement, catalogue
from conformance.findings import Examination, Exchange, Failure, Finding, Interruption, Played
from conformance.report import html, junit, terminal
from conformance.report import json as report_json
from conformance.report.cleaning import cleaned
from conformance.report.exchange import LONGEST, curl, pretty
from conformance.wire import Answer, Endpoint, Request

Render = Callable[[Examination, Mapping[str, Requirement]], str]
URL = "https://scim.example/scim/v2"
TOKEN = 'se/cret"+token'
HOSTILE = f"<script>alert(1)</script> </pre> & \"' {{{{ 7*7 }}}} \x1b[31m \x00 \ud800 {TOKEN}"


def show(examination: Examination, requirements: Mapping[str, Requirement]) -> str:
    written = StringIO()
    terminal.show(Console(file=written, width=400), examination, requirements)
    return written.getvalue()


RENDERS = {
    "json": report_json.render,
    "junit": junit.render,
    "html": html.render,
    "terminal": show,
}


def exchange(text: str) -> Exchange:
    sent = Request("POST", f"/Users/{text}", {"X-Echo": text}, text)
    answer = Answer(400, {"x-echo": text}, text, {"detail": text})
    return Exchange(Endpoint(URL, TOKEN).complete(sent), answer)


def examination(text: str = HOSTILE) -> Examination:
    """A failure, an interruption and a broken dialogue, all of which say the text."""
    broken = Failure((text,), exchange(text))
    found = Examination(
        f"{URL}?{text}",
        "0a1b2c3d",
        frozenset({"patch", text}),
        [
            Finding("CRE-001", True, "201", "rfc7644_3_3_create.first"),
            Finding("CRE-002", True, "201", "rfc7644_3_3_create.first"),
            Finding(
                "CRE-002", False, text, text, (exchange(text), Exchange(Request("GET", "/"), text))
            ),
        ],
        [Interruption("rfc7644_3_3_create.other", text, (exchange(text),))],
        [
            Played("entra/one", text, text, ("unknown",), (broken, Failure((text,)))),
            Played("entra/two", "Two", "[P]"),
        ],
        seconds=1.25,
    )
    return cleaned(found, {TOKEN: "$SCIM_TOKEN", "": "$SCIM_OTHER_TOKEN"})


class Page(HTMLParser):
    """The names of a page's elements and the addresses that it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts = 0
        self.loaded: list[str | None] = []
        self.written = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.loaded += [value for name, value in attrs if name == "src"]
        self.loaded += [value for name, value in attrs if name == "href" and tag == "link"]

    def handle_data(self, data: str) -> None:
        self.written += data


def test_json_says_what_was_found() -> None:
    found = json.loads(report_json.render(examination("plain"), catalogue()))
    verdicts = {each["id"]: each["verdict"] for each in found["requirements"]}
    assert verdicts == {
        id: str(verdict) for id, verdict in examination("plain").verdicts(catalogue()).items()
    }
    assert (verdicts["CRE-001"], verdicts["CRE-002"]) == ("passed", "failed")
    [failure] = next(each for each in found["requirements"] if each["id"] == "CRE-002")["failures"]
    first, second = failure["exchanges"]
    assert failure["expected"] == "plain"
    assert first["request"]["headers"]["Authorization"] == "Bearer $SCIM_TOKEN"
    assert first["answer"] == {"status": 400, "headers": {"x-echo": "plain"}, "body": "plain"}
    assert second["answer"] == {"fault": "plain"}
    assert [each["reason"] for each in found["interruptions"]] == ["plain"]
    [client] = found["clients"]
    assert (client["client"], client["works"]) == ("entra", "in part")
    assert [len(each["failures"]) for each in client["dialogues"]] == [2, 0]


def test_json_counts_each_part() -> None:
    found = json.loads(report_json.render(examination("plain"), catalogue()))
    [create] = [part for part in found["parts"] if part["part"] == "G"]
    assert (create["passed"], create["failed"]) == (1, 1)
    counted = sum(
        part[v] for part in found["parts"] for v in ("passed", "failed", "absent", "unexamined")
    )
    assert counted == len(found["requirements"])


@pytest.mark.parametrize("text", ["plain", HOSTILE], ids=["plain", "hostile"])
def test_junit_is_xml_whose_counts_are_those_of_its_cases(text: str) -> None:
    root = fromstring(junit.render(examination(text), catalogue()))
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases)
        for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(element.attrib[count]) == len(list(element.iter(kind)))
    assert (root.attrib["failures"], root.attrib["errors"]) == ("2", "1")
    assert int(root.attrib["skipped"]) == int(root.attrib["tests"]) - 5


def test_the_page_says_what_was_found() -> None:
    page = Page(html.render(examination("plain"), catalogue()))
    for told in (URL, "0a1b2c3d", "CRE-002", "in part", "Expected:", "--data-raw plain"):
        assert told in page.written


def test_what_stands_in_backticks_is_code_and_nothing_else_is_markup() -> None:
    sentence = "`userName` < 3 & `<b>`"
    changed = replace(catalogue()["CRE-002"], text=sentence)
    written = html.render(examination("plain"), {**catalogue(), "CRE-002": changed})
    assert "<code>userName</code> &lt; 3 &amp; <code>&lt;b&gt;</code>" in written


def test_the_page_is_whole_by_itself() -> None:
    written = html.render(examination("plain"), catalogue())
    assert Page(written).loaded == []
    assert "@import" not in written and "url(" not in written
    assert "default-src 'none'" in written


def test_what_a_server_answers_is_text_in_the_page() -> None:
    written = html.render(examination(), catalogue())
    page = Page(written)
    assert page.scripts == 1
    assert "<script>alert" not in written and "<script>alert(1)</script>" in page.written
    assert "{{ 7*7 }}" in page.written


@pytest.mark.parametrize("render", RENDERS.values(), ids=RENDERS)
def test_no_report_has_the_token_or_a_control_character(render: Render) -> None:
    written = render(examination(), catalogue())
    for form in (TOKEN, json.dumps(TOKEN)[1:-1], "se%2Fcret%22%2Btoken", "se\\/cret"):
        assert form not in written
    assert "$SCIM_TOKEN" in written
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", written)


def test_a_short_token_is_hidden_and_words_are_not() -> None:
    found = Examination(URL, "t", findings=[Finding("CRE-001", False, "Bearer t, not t", "t")])
    assert cleaned(found, {"t": "$SCIM_TOKEN"}).findings[0].expected == "Bearer $SCIM_TOKEN, not t"
    assert cleaned(found, {"t": "$SCIM_TOKEN"}).run == "t"


@pytest.mark.parametrize("token", ["a\\1b-secret", "$SCIM.*-secret", "(secret]+"])
def test_a_token_is_no_pattern(token: str) -> None:
    found = Examination(URL, token)
    assert cleaned(found, {token: "$SCIM_TOKEN"}).run == "$SCIM_TOKEN"


def words(command: str) -> list[str]:
    """What a shell gives to curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    done = subprocess.run(
        ["sh", "-c", script], env={"SCIM_TOKEN": "s3cret"}, check=True, capture_output=True
    )
    return done.stdout.decode().split("\0")[:-1]


def test_curl_sends_what_was_sent_and_expands_the_token_alone() -> None:
    body = '@{"userName":"$(id) `id` \'x\' $SCIM_TOKEN"}'
    headers = {"Authorization": "Bearer $SCIM_TOKEN", "X": '$(id)"`id`', "Content-Type": None}
    sent = Request("POST", "/Users/'$(id)?filter=a[b eq {1}]", headers, body)
    assert words(curl(URL, sent)) == [
        *("-sS", "--globoff", "--path-as-is", "-i", "-X", "POST"),
        f"{URL}/Users/'$(id)?filter=a[b eq {{1}}]",
        *("-H", "Authorization: Bearer s3cret"),
        *("-H", 'X: $(id)"`id`'),
        *("-H", "Accept:", "-H", "Content-Type:"),
        *("--data-raw", body),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '{"a":1.0,"b":[1e0,{}],"a":[ ]}',
            '{\n  "a": 1.0,\n  "b": [\n    1e0,\n    {}\n  ],\n  "a": [ ]\n}',
        ),
        ('"\\u00e9 {\\"a\\":1}"', '"\\u00e9 {\\"a\\":1}"'),
        ("<html>{", "<html>{"),
        ("", ""),
        (None, ""),
        ("[" * 100_000, "[" * LONGEST + "\n… 80000 more characters"),
    ],
)
def test_json_is_shown_with_its_numbers_as_they_were_sent(text: str | None, shown: str) -> None:
    assert pretty(text) == shown
