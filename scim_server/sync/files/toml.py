"""A TOML file to a dict that is neither too large nor too deep for what reads it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scim_server.sync.faults import Faults

LARGEST = 2**20
"""Bytes of a file."""
DEEPEST = 32
"""Tables and arrays within each other."""


def parsed(path: Path, faults: Faults) -> Mapping[str, Any] | None:
    """What is in a file; None: nothing that could be read, and told."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise ValueError(f"is larger than {LARGEST:,} bytes")
        given = tomllib.loads(content.decode())
        if _depth(given) > DEEPEST:
            raise RecursionError
        return given
    except OSError as fault:
        faults.at("", f"cannot be read: {fault.strerror}")
    except UnicodeDecodeError:
        faults.at("", "is no text in UTF-8")
    except RecursionError:
        faults.at("", f"has more than {DEEPEST} tables or arrays within each other")
    except ValueError as fault:
        faults.at("", str(fault))
    return None


def _depth(given: Mapping[str, Any]) -> int:
    level: list[Any] = [given]
    depth = 0
    while level:
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [part for each in inner for part in each if isinstance(part, dict | list)]
        depth += 1
    return depth
