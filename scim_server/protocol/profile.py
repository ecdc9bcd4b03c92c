"""Discovery profiles: what is advertised to clients that refuse parts of a true schema.

A profile is a list of attribute paths (shared rows D5): what is stored and served stays the same,
only ``/Schemas`` is shorter.
"""

from collections.abc import Collection

from scim_server.protocol.schema import Document


def without(document: Document, paths: Collection[str]) -> Document:
    """A schema document that does not show the attributes at these paths."""
    attributes = [_cut(a, paths) for a in document["attributes"] if a["name"] not in paths]
    return document | {"attributes": attributes}


def _cut(attribute: Document, paths: Collection[str]) -> Document:
    if "subAttributes" not in attribute:
        return attribute
    name, subs = attribute["name"], attribute["subAttributes"]
    shown = [sub for sub in subs if f"{name}.{sub['name']}" not in paths]
    return attribute | {"subAttributes": shown}
