"""Schema folders of tests, and what they are refused for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scim_server.protocol.loading.registry import BadSchemas, registry

THING = "urn:example:Thing"
EXTRA = "urn:example:Extra"
SUBS = [{"name": "value"}]

Json = dict[str, Any]


def schema(*attributes: object, **more: object) -> Json:
    """A schema document."""
    return {"id": THING, "name": "Thing", "attributes": list(attributes or [{"name": "a"}])} | more


def kind(**more: object) -> Json:
    """A resource type."""
    return {"name": "Thing", "endpoint": "/Things", "schema": THING} | more


def attaching(name: str = "Thing", *urns: str) -> Json:
    """An entry that attaches extensions to a resource type."""
    return {"name": name, "schemaExtensions": [{"schema": urn} for urn in urns or (EXTRA,)]}


def write(folder: Path, files: Mapping[str, object]) -> Path:
    """Put files into a folder; texts as they are, all else as JSON."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path, files: Mapping[str, object]) -> list[str]:
    """What the files are refused for, without the folder, which every fault names."""
    with pytest.raises(BadSchemas) as refusal:
        registry(write(folder, files))
    assert str(refusal.value) == "\n".join(refusal.value.faults)
    assert all(fault.startswith(f"{folder}/") for fault in refusal.value.faults)
    return [fault.replace(f"{folder}/", "") for fault in refusal.value.faults]
