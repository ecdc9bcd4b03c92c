"""A TOML file to a dict with nothing in it that is too large, or too deep, for what reads it."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scim_server.sync.faults import Faults

LARGEST = 2**20
"""Bytes of a file."""
DEEPEST = 32
"""Tables and arrays within each other."""
INTEGERS = range(-(2**63), 2**63)
"""Those of TOML; tomllib has all."""


def parsed(path: Path, faults: Faults) -> Mapping[str, Any] | None:
    """What is in a file; None: nothing that could be read, and told."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise ValueError(f"is larger than {LARGEST:,} bytes")
        given = tomllib.loads(content.decode())
        if _depth(given) > DEEPEST:
            raise RecursionError
        beyond = [place for place, number in _integers(given, "") if number not in INTEGERS]
        for place in beyond:
            faults.at(place, "is an integer of more than 64 bits")
        return None if beyond else given
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


def _integers(given: object, place: str) -> Iterator[tuple[str, int]]:
    """With their places, as faults name them."""
    match given:
        case dict():
            for name, part in given.items():
                yield from _integers(part, f"{place}.{name}" if place else name)
        case list():
            for at, part in enumerate(given):
                yield from _integers(part, f"{place}[{at}]")
        case int():
            yield place, given
