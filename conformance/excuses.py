"""What the operator of a server lets fail, and why: a TOML file of ``id = "reason"``."""

import tomllib
from collections.abc import Container, Mapping
from pathlib import Path


def read(file: Path, known: Container[str]) -> Mapping[str, str]:
    """The reasons by requirement. Raises OSError, and ValueError: what is wrong with the file."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    for id, reason in rows.items():
        if id not in known:
            raise ValueError(f'"{id}" is no requirement')
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"{id} has no reason")
    return rows
