"""Documents made from the served schemas, the same in every run: odd text, gaps, many elements."""

from collections.abc import Iterable
from random import Random
from typing import Any

from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    ResourceType,
    Type,
    Uniqueness,
)

LONG = "long " * 50
TEXTS = (
    *("a", "A", "ab", "b", "work", "home", "100%", "a_b", "axb", "true", "5", ""),
    *("Ä", "ä", "A\u0308", "Straße", "STRASSE", "Ｃｌｅｏ", "ﬀ", "\U0001f642", "\ufffd", "\u2028"),
    *('say "hi" \\ /', " padded ", LONG, LONG + "x", LONG + "Y", LONG[:200], LONG[:201]),
)
_VALUES: dict[Type, tuple[Any, ...]] = {
    Type.STRING: TEXTS,
    Type.BOOLEAN: (True, False),
    Type.INTEGER: (0, 5, -3, 12, 2**53, 2**53 + 1, -(2**63)),
    Type.DECIMAL: (0, 0.1, -2.5e-7, 1200, 1e10, 9.75, -12),
    Type.DATE_TIME: (
        "2026-01-01T01:00:00+02:00",
        "2025-12-31T23:00:00Z",
        "2025-12-31T23:00:00.0000001Z",
        "2026-02-28T24:00:00Z",
        "0001-01-03T00:00:00Z",
    ),
    Type.BINARY: ("TWE=", "TWF", "twe=", "QUJD" * 900, "QUJD" * 900 + "TWE=", ""),
    Type.REFERENCE: ("https://example.com/A", "https://example.com/a", "urn:x:y", "a/b?c=d#e"),
}


class Documents:
    """A generator of bodies for POST; ``ids``: what a reference may name."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.ids: list[str] = ["nobody", "NOBODY"]
        self.count = 0

    def make(self, kind: ResourceType) -> Document:
        """A document that has about half of what the kind may have."""
        self.count += 1
        document = self._content(kind.attributes.values()) | {"schemas": [kind.schema.id]}
        document.pop("members", None)
        for extension in kind.extensions:
            if self.random.random() < 0.7:
                document[extension.schema.id] = self._content(extension.schema.attributes)
        return document

    def _content(self, attributes: Iterable[Attribute]) -> Document:
        return {
            attribute.name: self._whole(attribute)
            for attribute in attributes
            if attribute.mutability is not Mutability.READ_ONLY
            and not attribute.is_secret
            and (attribute.required or self.random.random() < 0.5)
        }

    def _whole(self, attribute: Attribute) -> Any:
        if not attribute.multi_valued:
            return self._single(attribute)
        elements = [self._single(attribute) for _ in range(self.random.choice((0, 1, 2, 3)))]
        if attribute.sub("primary") and elements and self.random.random() < 0.5:
            self.random.choice(elements)["primary"] = True
        return elements

    def _single(self, attribute: Attribute) -> Any:
        if attribute.is_complex:
            content = self._content(attribute.sub_attributes)
            content.pop("primary", None)
            if "$ref" in content or attribute.sub("$ref"):
                content["value"] = self.random.choice(self.ids)
            return content
        if attribute.uniqueness is not Uniqueness.NONE or attribute.name == "userName":
            return f"{self.random.choice(('Ünique', 'unique', '独'))}-{self.count}"
        if attribute.canonical_values and self.random.random() < 0.8:
            return self.random.choice(attribute.canonical_values)
        values = _VALUES[attribute.type]
        return self.random.choice(
            [v for v in values if v.strip()] if attribute.required else values
        )
