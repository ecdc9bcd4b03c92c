"""Attribute names as clients write them to names that the schema knows (clients.md P9, W3)."""

from scim_server.protocol.schema import Attribute, ResourceType, fold_name


def resolved(kind: ResourceType, name: str, used: set[str]) -> str:
    """Return ``name``, or the one extension attribute that it must mean.

    Entra sends ``manager`` and ``urn:…:User.manager`` (conformance/clients/entra/manager_forms.json
    and reference_check_bare_manager.json).
    """
    if kind.resolve(name) is not None:
        return name
    meant = {}
    for extension in kind.extensions:
        urn = extension.schema.id
        start = fold_name(urn) + "."
        rest = name[len(start) :] if fold_name(name).startswith(start) else name
        path = kind.resolve(f"{urn}:{rest}")
        if path is not None:
            meant[path.text] = path.attribute
    if len(meant) != 1:
        return name
    [(text, attribute)] = meant.items()
    used.add("manager_forms" if is_reference(attribute) else "core_level_extension")
    return text


def is_reference(attribute: Attribute) -> bool:
    """Whether it is one object that ``value`` stands for, as ``manager``."""
    single = attribute.is_complex and not attribute.multi_valued
    return single and attribute.sub("value") is not None
