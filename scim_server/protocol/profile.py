"""Discovery profiles: what is advertised to clients that refuse parts of a true schema.

Microsoft's validator refuses schemas that show these (shared rows D5): what is stored and served
stays the same, only ``/Schemas`` is shorter.
"""

from scim_server.protocol.schema import Document

UNSHOWN = frozenset({"password", "emails.display", "emails.primary", "members.type"})


def for_entra(document: Document) -> Document:
    """A schema document without the attributes that the validator refuses."""
    attributes = [_without(a, "") for a in document["attributes"] if a["name"] not in UNSHOWN]
    return document | {"attributes": attributes}


def _without(attribute: Document, prefix: str) -> Document:
    if "subAttributes" not in attribute:
        return attribute
    name = prefix + attribute["name"]
    shown = [s for s in attribute["subAttributes"] if f"{name}.{s['name']}" not in UNSHOWN]
    return attribute | {"subAttributes": shown}
