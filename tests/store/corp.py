"""A source as the tests of its store have it, with what became of its entries."""

from dataclasses import replace
from typing import Any

from scim_server.directory.ports import Reader, Resource
from scim_server.directory.sources.anchors import Anchor, Known
from scim_server.directory.sources.runs import Mode, OnChange, Registered, Run, State
from scim_server.parts import new_id
from tests.store.shelf import MOMENT, Shelf

CORP = Registered(
    "corp",
    "ldap",
    "Directory Sync",
    "*/5 * * * *",
    "0 3 * * *",
    "Europe/Berlin",
    {"User": ("userName", "name"), "Group": ("displayName", "members")},
    OnChange.OVERWRITE,
)
HR = replace(CORP, name="hr", type="feed", shown_as="HR")


def register(shelf: Shelf, *sources: Registered) -> Shelf:
    """The shelf with these sources."""
    with shelf.writing() as writer:
        for source in sources:
            writer.runs.put_source(source)
    return shelf


def anchor(resource: Resource, id: str, **more: Any) -> Anchor:
    """The entry ``id`` is that resource."""
    plain = Anchor(resource.kind.name, id, f"uid={id}", resource.key, "digest", resource.version)
    return replace(plain, **more)


def put(shelf: Shelf, *anchors: Anchor, source: str = "corp") -> None:
    shelf.write(lambda writer: writer.anchors.put(source, anchors))


def known(shelf: Shelf, id: str, source: str = "corp", kind: str = "User") -> Known | None:
    def look(reader: Reader) -> Known | None:
        return reader.anchors.known(source, kind, [id]).get(id)

    return shelf.read(look)


def run(**more: Any) -> Run:
    """A run of the source that was asked for just now."""
    plain = Run(new_id(), "corp", Mode.INCREMENTAL, State.WAITING, "worker", MOMENT)
    return replace(plain, **more)
