"""How a client's input comes in: to the letter, or with the tolerances of tolerance.py first."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from scim_server.protocol import tolerance
from scim_server.protocol.errors import BadRequest, InvalidFilter
from scim_server.protocol.filter import Filter, parse_filter
from scim_server.protocol.messages import Operation, parse_patch
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType

Arguments = Mapping[str, Sequence[str]]


class Intake(Protocol):
    """From what a client sent to what the strict code takes."""

    used: set[str]

    def document(self, kind: ResourceType, body: object) -> Document:
        """A POST or PUT body, checked. Raises InvalidSyntax, InvalidValue."""

    def operations(self, kind: ResourceType, body: object) -> tuple[Operation, ...]:
        """A PatchOp body. Raises InvalidSyntax, InvalidValue, TooLarge."""

    def filter(self, kind: ResourceType, text: str) -> Filter:
        """A filter. Raises InvalidFilter."""

    def arguments(self, given: Arguments) -> Arguments:
        """The parameters of a query."""


class Strict:
    """RFC 7644 to the letter."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def document(self, kind: ResourceType, body: object) -> Document:
        """As resource.load takes it. Raises InvalidSyntax, InvalidValue."""
        return load(kind, body)

    def operations(self, kind: ResourceType, body: object) -> tuple[Operation, ...]:
        """As they are. Raises InvalidSyntax, InvalidValue, TooLarge."""
        return parse_patch(body)

    def filter(self, kind: ResourceType, text: str) -> Filter:
        """As it is. Raises InvalidFilter."""
        return parse_filter(text)

    def arguments(self, given: Arguments) -> Arguments:
        """As they are."""
        return given


class Tolerant:
    """With every tolerance on; ``used`` names those that were needed."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def document(self, kind: ResourceType, body: object) -> Document:
        """Rewritten only where the letter refuses it. Raises InvalidSyntax, InvalidValue."""
        try:
            return load(kind, body)
        except BadRequest:
            return load(kind, tolerance.relax_document(kind, body, self.used))

    def operations(self, kind: ResourceType, body: object) -> tuple[Operation, ...]:
        """Rewritten likewise. Raises InvalidSyntax, InvalidValue, TooLarge."""
        return tolerance.relax_patch(kind, body, self.used)

    def filter(self, kind: ResourceType, text: str) -> Filter:
        """Rewritten likewise. Raises InvalidFilter."""
        try:
            tree = parse_filter(text)
        except InvalidFilter:
            tree = parse_filter(tolerance.relax_filter_text(text, self.used))
        return tolerance.relax_filter(kind, tree, self.used)

    def arguments(self, given: Arguments) -> Arguments:
        """Rewritten likewise."""
        return tolerance.relax_query(given, self.used)
