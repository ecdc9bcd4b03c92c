"""Mappings and expressions as tests write them: TOML in, what they make of an entry out."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from scim_server.protocol.schema import Document
from scim_server.sync.entries import Entry
from scim_server.sync.faults import Faults
from scim_server.sync.mapping.bind import bind
from scim_server.sync.mapping.expressions import Values, fold
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.mapping.parse import parse
from tests.protocol.shipped import REGISTRY

Said = Mapping[str, str | Sequence[str]]
"""What a source says: one value, or several."""


def values(said: Said) -> Values:
    return {fold(name): [v] if isinstance(v, str) else v for name, v in said.items()}


def entry(said: Said, document: Document | None = None, **fields: Any) -> Entry:
    """An entry of the kind User, unless told."""
    told = {"kind": "User", "id": "1", "name": "one", "place": "here", **fields}
    return Entry(**told, values=values(said), document=document or {})


def texts(written: str, said: Said) -> list[str]:
    """What an expression makes, as it is written in TOML."""
    faults = Faults()
    made = parse(tomllib.loads(f"x = {written}")["x"], "x", faults).values(values(said))
    assert faults == []
    return made


def faults_of(written: str) -> Faults:
    """What is wrong with an expression."""
    faults = Faults()
    parse(tomllib.loads(f"x = {written}")["x"], "x", faults)
    return faults


def mapping(written: str, kind: str = "User") -> tuple[Mapped, Faults]:
    """A mapping, and what is wrong with it."""
    faults = Faults()
    return bind(REGISTRY.kinds[kind], tomllib.loads(written), "users", faults), faults


def sound(written: str, kind: str = "User") -> Mapped:
    """A mapping that nothing is wrong with; users have a userName already."""
    named = f'userName = "{{uid}}"\n{written}' if kind == "User" else written
    mapped, faults = mapping(named, kind)
    assert faults == []
    return mapped


def document(written: str, said: Said, given: Document | None = None) -> Document:
    """What a mapping makes of a user, without what each of them has."""
    made = sound(written).document(entry(said, given))
    return {name: value for name, value in made.items() if name not in ("schemas", "userName")}
