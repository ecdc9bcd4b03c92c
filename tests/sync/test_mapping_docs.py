"""The documentation of mappings says what there is."""

import json
import re
from pathlib import Path

import pytest

from scim_server.sync.files.sources import MAPPINGS, SourceFiles
from tests.protocol.shipped import REGISTRY
from tests.sync.mapped import texts

PAGE = (Path(__file__).parents[2] / "docs/sync/mapping.md").read_text()
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
FEED = 'type = "feed"\nfeed = {file = "workers.csv", id = "id", groups = {column = "Teams"}}\n'
[ADA] = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
ROWS = re.findall(r"^\| `(.+)` \| (.+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_sound(tmp_path: Path, block: str) -> None:
    (tmp_path / "hr.toml").write_text(block if block.startswith("type") else FEED + block)
    assert SourceFiles(tmp_path, {}, REGISTRY).read("hr").mapped["User"].owned


@pytest.mark.parametrize(("written", "makes"), ROWS)
def test_every_expression_makes_what_the_table_says(written: str, makes: str) -> None:
    assert texts(written.replace("\\|", "|"), ADA) == re.findall("`([^`]+)`", makes)


def test_the_usual_mappings_are_shown_as_they_are() -> None:
    assert len(ROWS) > 15
    assert [path.stem for path in MAPPINGS.iterdir() if path.read_text() not in BLOCKS] == []
