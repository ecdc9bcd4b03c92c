"""Filters and query parameters, as clients send them, to the standard form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scim_server.protocol.filter import MAX_BYTES, And, Compare, Filter, Not, Or, Present, Within
from scim_server.protocol.schema import Attribute, Path, ResourceType, Type, fold_name
from scim_server.protocol.searching import PARAMETERS
from scim_server.protocol.tolerance.names import is_reference, resolved
from scim_server.protocol.tolerance.value import string_booleans

STRING = r'"(?:[^"\\]|\\.)*+"?'
"""A JSON string; matched first, so that what looks like syntax within it is left alone.

One without an end goes to the end of the text: to look for its end from each quote costs too much.
"""

_COMPARISON = re.compile(
    rf"(?P<left>(?<![\w$.:\]-])[\w$.:\]-]++\s++(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)"
    rf"(?P<word>[^\s\"()\[\]]+)|{STRING}",
    re.IGNORECASE,
)
_JSON_LITERAL = re.compile(r"(?i:true|false|null)|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BRACKETS = re.compile(rf'\[(?:[^\[\]"]|{STRING})*+\]')
_QUOTABLE = (Type.STRING, Type.REFERENCE, Type.BINARY)


def relax_filter_text(text: str, used: set[str]) -> str:
    """L8: ``externalId eq jyoung`` (conformance/clients/azure-postman/bare_words.json)."""

    def quoted(match: re.Match[str]) -> str:
        word = match["word"]
        if word is None or _JSON_LITERAL.fullmatch(word):
            return match[0]
        used.add("bare_word_literals")
        escaped = word.replace("\\", "\\\\")
        return f'{match["left"]}"{escaped}"'

    # What the parser refuses for its length may cost no time here: the patterns are not linear.
    return text if len(text) > MAX_BYTES else _COMPARISON.sub(quoted, text)


def relax_filter(kind: ResourceType, tree: Filter, used: set[str]) -> Filter:
    """Return a filter with names and operands that the schema knows."""
    match tree:
        case And(terms) | Or(terms):
            return replace(tree, terms=tuple(relax_filter(kind, term, used) for term in terms))
        case Not(inner):
            return Not(relax_filter(kind, inner, used))
        case Present(name):
            return Present(resolved(kind, name, used))
        case Within(name, inner):
            name = resolved(kind, name, used)
            path = kind.resolve(name)
            return Within(name, _within(path.attribute, inner, used) if path else inner)
        case Compare(name):
            name = resolved(kind, name, used)
            return _compared(kind.resolve(name), replace(tree, attribute=name), used)


def _within(attribute: Attribute, node: Filter, used: set[str]) -> Filter:
    match node:
        case And(terms) | Or(terms):
            return replace(node, terms=tuple(_within(attribute, t, used) for t in terms))
        case Not(inner):
            return Not(_within(attribute, inner, used))
        case Compare(name):
            sub = attribute.sub(name)
            return _compared(Path(None, attribute, sub) if sub else None, node, used)
        case _:
            return node


def _compared(path: Path | None, node: Compare, used: set[str]) -> Compare:
    if path is None:
        return node
    node = complex_as_value(path, node, used)
    if type(node.value) is int and path.leaf.type in _QUOTABLE:
        used.add("bare_word_literals")
        return replace(node, value=str(node.value))
    return replace(node, value=string_booleans(path.leaf, node.value, used))


def complex_as_value(path: Path, node: Compare, used: set[str]) -> Compare:
    """1.2: ``manager eq "…"`` (conformance/clients/entra/reference_check.json)."""
    if path.sub is not None or not is_reference(path.attribute) or node.value is None:
        return node
    used.add("complex_as_value")
    return replace(node, attribute=f"{node.attribute}.value")


def relax_query(args: Mapping[str, Sequence[str]], used: set[str]) -> dict[str, list[str]]:
    """Return query parameters by their standard names, with standard values."""
    relaxed: dict[str, list[str]] = {}
    for given, values in args.items():
        name = parameter_case(given, used)
        held = relaxed.setdefault(name, [])
        if name in ("attributes", "excludedAttributes"):
            held += [bracketed_projection(value, used) for value in values]
        else:
            held += values
    return relaxed


def parameter_case(name: str, used: set[str]) -> str:
    """``startindex=0`` (conformance/clients/azure-postman/parameter_case.json)."""
    standard = _STANDARD.get(fold_name(name), name)
    if standard != name:
        used.add("parameter_case")
    return standard


_STANDARD = {fold_name(name): name for name in PARAMETERS}


def bracketed_projection(names: str, used: set[str]) -> str:
    """L11: ``attributes=emails[type eq "work"]`` (…/azure-postman/bracketed_projection.json)."""
    plain = _BRACKETS.sub("", names)
    if plain != names:
        used.add("bracketed_projection")
    return plain
