"""What the path of a PATCH operation points at (RFC 7644 §3.5.2, Figure 7).

All faults of a path are raised here, so that patch.py and patch_value.py only meet attributes.
"""

from dataclasses import dataclass

from scim_server.protocol.bind import Bound, bind_within
from scim_server.protocol.errors import InvalidPath
from scim_server.protocol.filter import And, Compare, Filter, parse_path
from scim_server.protocol.schema import Document, Path, ResourceType


@dataclass(frozen=True, slots=True)
class Location:
    """An attribute, or those of its elements that ``where`` selects; ``filter`` is its source."""

    path: Path
    filter: Filter | None = None
    where: Bound | None = None

    @property
    def described(self) -> Document | None:
        """The element that a filter of nothing but ``eq`` describes; None for another filter."""
        terms = self.filter.terms if isinstance(self.filter, And) else (self.filter,)
        element: Document = {}
        for term in terms:
            if not isinstance(term, Compare) or term.operator != "eq" or term.value is None:
                return None
            element[term.attribute] = term.value
        return element


def locate(kind: ResourceType, text: str) -> Location:
    """Resolve a path. Raises InvalidPath, or InvalidFilter for a fault inside brackets."""
    target = parse_path(text)
    path = kind.resolve(target.attribute)
    if path is None:
        raise InvalidPath(f'{kind.name} has no attribute "{target.attribute}".')
    if target.filter is None:
        return Location(path)
    if path.sub is not None or not path.attribute.multi_valued:
        raise InvalidPath(f'"{path.text}" has one value only: there is nothing to select.')
    where = bind_within(kind, path, target.filter)
    if target.sub is None:
        return Location(path, target.filter, where)
    sub = path.attribute.sub(target.sub)
    if sub is None:
        raise InvalidPath(f'"{path.text}" has no sub-attribute "{target.sub}".')
    return Location(path.to(sub), target.filter, where)
