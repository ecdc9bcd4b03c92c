"""Each row of docs/administration/capabilities.md is shown by a test that names it."""

import re
from collections import Counter
from pathlib import Path

import click

from scim_server.cli import main
from scim_server.config import ADMIN_PATH, AUTH_PATH
from tests.application import Application
from tests.marks import marked

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "administration" / "capabilities.md"
PATH = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) (/[^`?]+)")
COMMAND = re.compile(r"`([a-z][^`]*)`")


def table() -> list[list[str]]:
    """The rows of all tables, but for their heads: capability, API, command line, SCIM."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in cells if "Capability" not in row[0]]


def rows() -> list[str]:
    """The capabilities."""
    return [row[0] for row in table()]


def shown() -> set[str]:
    """What the tests say that they show."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {row for file in files for row in marked(file.read_text(encoding="utf-8"), "shows")}


def test_every_capability_is_shown_by_a_test() -> None:
    assert sorted(set(rows()) - shown()) == []


def test_every_test_shows_a_capability_that_there_is() -> None:
    assert sorted(shown() - set(rows())) == []


def test_every_path_is_served(application: Application) -> None:
    client = application.flask.test_client()
    served = {
        prefix + path
        for api, prefix in ((ADMIN_PATH, ""), (AUTH_PATH, AUTH_PATH))
        for path in client.get(f"{api}/openapi.json").get_json()["paths"]
    }
    told = {path for row in table() for path in PATH.findall(row[1])}
    assert sorted(told - served) == []


def test_every_command_is_one() -> None:
    told = [words for row in table() for words in COMMAND.findall(row[2])]
    assert [words for words in told if not isinstance(resolved(words), click.Command)] == []
    assert [words for words in told if isinstance(resolved(words), click.Group)] == []


def resolved(words: str) -> click.Command | None:
    """The command that these words begin with."""
    command: click.Command | None = main
    for word in words.split():
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command


def test_each_capability_is_told_once() -> None:
    assert [row for row, times in Counter(rows()).items() if times > 1] == []
