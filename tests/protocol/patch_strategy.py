"""PATCH operations that Hypothesis makes from a type's schemas: most right, some wrong."""

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

from scim_server.protocol.schema import Attribute, Document, Path, ResourceType, Type

TEXTS = st.sampled_from(["a", "A", "b", "work", "home", "x@y"])
_VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.STRING: TEXTS,
    Type.BOOLEAN: st.booleans(),
    Type.INTEGER: st.integers(-3, 3),
}
_WRONG: st.SearchStrategy[Any] = st.sampled_from([5.5, "?", None, {}, {"nope": 1}, True, ["a"]])


@cache
def operations(kind: ResourceType) -> st.SearchStrategy[list[Document]]:
    """One to five operations, each on the result of the one before."""
    return st.lists(_operation(kind), min_size=1, max_size=5)


def _operation(kind: ResourceType) -> st.SearchStrategy[Document]:
    paths = [path for path in kind.paths() if path.text not in ("schemas", "meta", "id")]
    at_path = st.sampled_from([p for p in paths if _subs(p.attribute) or _is_simple(p)]).flatmap(
        _at_path
    )
    urns = [extension.schema.id for extension in kind.extensions]
    extension = st.builds(
        lambda verb, urn, value: _written(verb, urn, value.get(urn, {})),
        st.sampled_from(["add", "replace", "remove"]),
        st.sampled_from(urns),
        _object(kind),
    )
    pathless = st.builds(
        lambda verb, value: {"op": verb, "value": value},
        st.sampled_from(["add", "replace"]),
        _object(kind),
    )
    return st.one_of(at_path, at_path, at_path, pathless, extension)


def _is_simple(path: Path) -> bool:
    return path.attribute.type in _VALUES


def _subs(attribute: Attribute) -> list[Attribute]:
    return [sub for sub in attribute.sub_attributes if sub.type in _VALUES]


@st.composite
def _at_path(draw: st.DrawFn, path: Path) -> Document:
    attribute, text = path.attribute, path.text
    subs = _subs(attribute)
    value = _whole(attribute)
    filtered, narrowed = draw(st.booleans()), draw(st.booleans())
    if filtered and subs and attribute.multi_valued:
        key = draw(st.sampled_from(subs))
        text += f"[{key.name} eq {json.dumps(draw(_VALUES[key.type]))}]"
        value = _element(attribute)
    if narrowed and subs:
        sub = draw(st.sampled_from(subs))
        text += f".{sub.name}"
        value = _VALUES[sub.type]
    verb = draw(st.sampled_from(["add", "replace", "remove"]))
    return _written(verb, text, draw(st.one_of(*[value] * 9, _WRONG)))


def _written(verb: str, path: str, value: object) -> Document:
    return {"op": verb, "path": path} | ({} if verb == "remove" else {"value": value})


def _whole(attribute: Attribute) -> st.SearchStrategy[Any]:
    element = _element(attribute)
    return st.lists(element, max_size=3) if attribute.multi_valued else element


def _element(attribute: Attribute) -> st.SearchStrategy[Any]:
    if attribute.type is not Type.COMPLEX:
        return _VALUES[attribute.type]
    values = {sub.name: _VALUES[sub.type] | st.none() for sub in _subs(attribute)}
    return st.fixed_dictionaries({}, optional=values)


def _object(kind: ResourceType) -> st.SearchStrategy[Document]:
    core: Document = {}
    extensions: dict[str, Document] = {}
    for path in kind.paths():
        if path.text in ("schemas", "meta", "id") or not (
            _subs(path.attribute) or _is_simple(path)
        ):
            continue
        holder = core if path.urn is None else extensions.setdefault(path.urn, {})
        holder[path.attribute.name] = _whole(path.attribute)
    for urn, values in extensions.items():
        core[urn] = _few(values)
    return _few(core)


def _few(values: Document) -> st.SearchStrategy[Document]:
    """An object of at most three of the keys."""
    chosen = st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: values[key] for key in keys}))
