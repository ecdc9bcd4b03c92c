"""Paths are stored as numbers; two paths with one number would be one attribute."""

import json
from pathlib import Path

import pytest

from scim_server.config import BUNDLED_SCHEMAS, Config
from scim_server.parts import build
from scim_server.protocol.loading.registry import BadSchemas
from scim_server.store.rows import path_code

URN = "urn:example:params:scim:schemas:core:2.0:Note"
COLLIDING = ("a104745", "a144369")
"""Found by trying: as attributes of a Note they have the same code."""


def test_a_code_is_for_a_kind_and_a_path() -> None:
    assert path_code("User", "displayName") != path_code("Group", "displayName")


def test_two_paths_with_one_code_stop_the_start(tmp_path: Path) -> None:
    attributes = [{"name": name} for name in COLLIDING]
    schema = {"id": URN, "name": "Note", "attributes": attributes}
    kinds = [{"name": "Note", "endpoint": "/Notes", "schema": URN}]
    (tmp_path / "note.schema.json").write_text(json.dumps(schema))
    (tmp_path / "note.resource_types.json").write_text(json.dumps(kinds))
    with pytest.raises(BadSchemas, match=r"/note\.schema\.json: a144369: needs another name"):
        build(Config(database_url="sqlite://", schemas=(BUNDLED_SCHEMAS, tmp_path)))
