"""How a client is met: to the letter, or with the tolerances of tolerance/table.py."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from scim_server.protocol.errors import BadRequest, InvalidFilter
from scim_server.protocol.filter import Filter, parse_filter
from scim_server.protocol.messages import Operation, parse_patch
from scim_server.protocol.profile import without
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.tolerance.body import relax_document
from scim_server.protocol.tolerance.patch import relax_patch
from scim_server.protocol.tolerance.query import relax_filter, relax_filter_text, relax_query

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

    def may_leave_out(self) -> bool:
        """Whether members that there are not are passed over, and the others taken."""

    def advertised(self, schema: Document, hidden: Collection[str]) -> Document:
        """A schema document; ``hidden``: paths that the client's profile does not show."""


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

    def may_leave_out(self) -> bool:
        """Never."""
        return False

    def advertised(self, schema: Document, hidden: Collection[str]) -> Document:
        """As it is."""
        return schema


class Tolerant:
    """With every tolerance on but that of Lenient; ``used`` names those that were needed."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def document(self, kind: ResourceType, body: object) -> Document:
        """Rewritten only where the letter refuses it. Raises InvalidSyntax, InvalidValue."""
        try:
            return load(kind, body)
        except BadRequest:
            return load(kind, relax_document(kind, body, self.used))

    def operations(self, kind: ResourceType, body: object) -> tuple[Operation, ...]:
        """Rewritten likewise. Raises InvalidSyntax, InvalidValue, TooLarge."""
        return relax_patch(kind, body, self.used)

    def filter(self, kind: ResourceType, text: str) -> Filter:
        """Rewritten likewise. Raises InvalidFilter."""
        try:
            tree = parse_filter(text)
        except InvalidFilter:
            tree = parse_filter(relax_filter_text(text, self.used))
        return relax_filter(kind, tree, self.used)

    def arguments(self, given: Arguments) -> Arguments:
        """Rewritten likewise."""
        return relax_query(given, self.used)

    def may_leave_out(self) -> bool:
        """Never: the client would go on in the belief that they are in."""
        return False

    def advertised(self, schema: Document, hidden: Collection[str]) -> Document:
        """D5: without what is hidden (conformance/clients/entra/discovery_profile.json)."""
        shown = without(schema, hidden)
        if shown != schema:
            self.used.add("discovery_profile")
        return shown


class Lenient(Tolerant):
    """With every tolerance on."""

    def may_leave_out(self) -> bool:
        """W10: they are (conformance/clients/azure-postman/unknown_member_left_out.json)."""
        self.used.add("unknown_members")
        return True
