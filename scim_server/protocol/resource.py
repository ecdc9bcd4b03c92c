"""A client's document to the stored one (RFC 7643 §2, §3; RFC 7644 §3.3, §3.5.1).

``check_value`` is the one judge of what may stand under an attribute, for POST, PUT and PATCH.
marshmallow schemas, generated from the kind, take a body apart and hand each attribute to it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import marshmallow

from scim_server.protocol.errors import InvalidSyntax, InvalidValue
from scim_server.protocol.finish import (
    demanded,
    finish,
    is_absent,
    names_itself,
    require,
    require_subs,
)
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    Path,
    ResourceType,
    fold_name,
)
from scim_server.protocol.values import check

Known = TypeVar("Known")


def check_value(attribute: Attribute, value: object, name: str) -> object | None:
    """Return the value of an attribute in its canonical form, None when there is none.

    ``null``, ``[]`` and ``{}`` are no value (§2.5); readOnly sub-attributes are left out.

    Raises: InvalidValue, and InvalidSyntax for an unknown or repeated sub-attribute, naming
            ``name`` and what follows from it: ``emails[1].primary``.
    """
    if not value and is_absent(value):
        return None
    judge = _check_object if attribute.sub_attributes else check
    if not attribute.multi_valued:
        return judge(attribute, value, name)
    if not isinstance(value, list):
        raise InvalidValue(f'"{name}" must be an array.')
    elements = [judge(attribute, item, f"{name}[{at}]") for at, item in enumerate(value)]
    return [element for element in elements if element is not None] or None


def _check_object(attribute: Attribute, value: object, name: str) -> object | None:
    if not isinstance(value, dict):
        raise InvalidValue(f'"{name}" must be a JSON object.')
    element: Document = {}
    for sub, item in _match(value, attribute.by_name, f"{name}.").items():
        if sub.mutability is not Mutability.READ_ONLY:
            checked = check_value(sub, item, f"{name}.{sub.name}")
            if checked is not None:
                element[sub.name] = checked
    if not element:
        return None
    require_subs(attribute.sub_attributes, element, name, InvalidValue)
    return element


def _match(
    given: Mapping[str, object], known: Mapping[str, Known], prefix: str
) -> dict[Known, object]:
    """Give to each known name its value, whatever the letter case of the keys (§2.1)."""
    matched = {known[folded]: given[key] for key in given if (folded := fold_name(key)) in known}
    if len(matched) == len(given):
        return matched
    unknown = [key for key in given if fold_name(key) not in known]
    if unknown:
        raise InvalidSyntax(f'"{prefix}{unknown[0]}" is no attribute that this server knows.')
    twice, _ = Counter(map(fold_name, given)).most_common(1)[0]
    raise InvalidSyntax(f'"{prefix}{twice}" is given twice.')


class _Value(marshmallow.fields.Field[Any]):
    """One attribute of a body."""

    def __init__(self, path: Path) -> None:
        super().__init__(data_key=path.attribute.name)
        self.judged, self.text = path.attribute, path.text

    def deserialize(self, value: object, *_: object, **__: object) -> object:
        """Hand over to the judge; what marshmallow itself could check here is off."""
        return check_value(self.judged, value, self.text)


class _Level(marshmallow.Schema):
    """The core of a body, or one of its extensions.

    A dot in the name of a marshmallow field is a path, and a URN has dots: fields have names of
    their own, and SCIM's stand in ``data_key``.
    """

    def __init__(self, prefix: str, ignored: Iterable[str]) -> None:
        # What is missing is finish.py's affair, what is unknown is found by ``_canonical``.
        super().__init__(partial=True, unknown=marshmallow.EXCLUDE)
        self.prefix = prefix
        self.ignored = frozenset(ignored)
        self.names = {key: str(field.data_key) for key, field in self.fields.items()}
        self.known = {fold_name(name): name for name in (*self.ignored, *self.names.values())}

    # Overridden, and no hooks: marshmallow looks hooks up anew for every object.
    def load(self, data: Any, **_: Any) -> Document:
        """Give the values back under SCIM's names."""
        loaded: Document = super().load(self._canonical(data))
        return {
            self.names[key]: value for key, value in loaded.items() if value or not is_absent(value)
        }

    def _canonical(self, given: object) -> Document:
        """Spell the keys as the schema does; leave out what is readOnly or no value."""
        if not isinstance(given, dict):
            raise InvalidValue(f'"{self.prefix.removesuffix(":")}" must be a JSON object.')
        return {
            name: value
            for name, value in _match(given, self.known, self.prefix).items()
            if name not in self.ignored and (value or not is_absent(value))
        }


class _Extension(marshmallow.fields.Field[Any]):
    """The object under an extension's URN."""

    def __init__(self, urn: str, attributes: Iterable[Attribute]) -> None:
        super().__init__(data_key=urn)
        self.urn = urn
        self.level = _level(f"{urn}:", (Path(urn, attribute) for attribute in attributes), ())

    def deserialize(self, value: object, *_: object, **__: object) -> object:
        """Hand over to the extension's own level; ``schemas`` may name its URN once more."""
        if isinstance(value, dict):
            value = {key: v for key, v in value.items() if not names_itself(self.urn, key, v)}
        return self.level.load(value)


def _level(
    prefix: str, paths: Iterable[Path], nested: Iterable[marshmallow.fields.Field[Any]]
) -> _Level:
    by_mutability: dict[bool, list[Path]] = {True: [], False: []}
    for path in paths:
        by_mutability[path.attribute.mutability is Mutability.READ_ONLY].append(path)
    fields = [*map(_Value, by_mutability[False]), *nested]
    level = _Level.from_dict({f"field_{number}": field for number, field in enumerate(fields)})
    return level(prefix, [path.attribute.name for path in by_mutability[True]])  # type: ignore[call-arg,return-value]


@cache
def _body(kind: ResourceType) -> _Level:
    nested = [_Extension(e.schema.id, e.schema.attributes) for e in kind.extensions]
    return _level("", (Path(None, a) for a in kind.attributes.values()), nested)


def load(kind: ResourceType, body: object) -> Document:
    """Check the document of a POST or PUT; return the one to store.

    Secrets are checked and left out, ``members`` stays in. Raises InvalidSyntax, InvalidValue.
    """
    if not isinstance(body, dict):
        raise InvalidSyntax("The body must be a JSON object.")
    document: Document = _body(kind).load(body)
    _check_schemas(kind, document.get("schemas", []))
    require(document, demanded(kind), InvalidValue)
    return finish(kind, document, InvalidValue)


def _check_schemas(kind: ResourceType, urns: Iterable[str]) -> None:
    given = {fold_name(urn): urn for urn in urns}
    if given.pop(fold_name(kind.schema.id), None) is None:
        raise InvalidSyntax(f'"schemas" must contain "{kind.schema.id}".')
    for folded, urn in given.items():
        if folded not in kind.by_urn:
            raise InvalidValue(f'"schemas" names "{urn}", which {kind.name} does not have.')
