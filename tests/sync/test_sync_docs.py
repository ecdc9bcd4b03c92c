"""The documentation of sources says what there is, and its examples do what it says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from marshmallow import Schema

from scim_server.sync.entries import Asked, Entry
from scim_server.sync.feed import settings as feed
from scim_server.sync.files.sources import SourceFile, SourceFiles
from scim_server.sync.scim import settings as scim
from tests.protocol.shipped import REGISTRY

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("sync.md", "sync/feed.md", "sync/scim.md")
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
]
FEED = 'type = "feed"\nfeed = {file = "workers.csv", id = "id"}\n[users]\nuserName = "{id}"\n'
SECRETS = {"CORP_LDAP_PASSWORD": "secret", "HR_TOKEN": "secret", "HR_KEY": "secret"}


def sound(folder: Path, text: str) -> SourceFile:
    (folder / "hr.toml").write_text(text if text.startswith("type") else FEED + text)
    return SourceFiles(folder, SECRETS, REGISTRY).read("hr")


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_sound(tmp_path: Path, block: str) -> None:
    assert sound(tmp_path, block).mapped["User"].owned


@pytest.mark.parametrize(
    ("page", "schema"), [("feed", feed._Fields), ("scim", scim._Fields)], ids=["feed", "scim"]
)
def test_every_key_is_described(page: str, schema: type[Schema]) -> None:
    text = (DOCS / f"sync/{page}.md").read_text()
    cells = re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE)
    told = {name for cell in cells for name in re.findall("`([^`]+)`", cell)}
    assert told | {"users", "groups"} == set(schema().fields) | {"users", "groups"}


@pytest.mark.parametrize(
    ("today", "there"),
    [
        (datetime(2020, 11, 30, 22, tzinfo=UTC), []),
        (datetime(2020, 11, 30, 23, tzinfo=UTC), ["ada@example.com"]),
        (datetime(2026, 12, 31, 22, tzinfo=UTC), ["ada@example.com", "bob@example.com"]),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), ["ada@example.com"]),
    ],
)
def test_the_example_of_a_feed_has_whom_the_page_says(
    tmp_path: Path, today: datetime, there: list[str]
) -> None:
    page = (DOCS / "sync.md").read_text()
    [rows] = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    [text] = [block for block in BLOCKS if 'file = "workers.csv"' in block]
    (tmp_path / "workers.csv").write_text(rows)
    file = sound(tmp_path, text)
    with file.source(lambda: today).reading(Asked()) as reading:
        found = [each for each in reading.entries("User") if isinstance(each, Entry)]
        documents = [file.mapped["User"].document(each) for each in found]
    assert [each["userName"] for each in documents] == there
