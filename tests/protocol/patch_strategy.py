"""PATCH operations that Hypothesis makes from published schemas: most right, some wrong."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.published import (
    Json,
    Published,
    is_membership,
    names_a_resource,
    subs,
)

Values = st.SearchStrategy[Any]
VERBS = st.sampled_from(["add", "replace", "remove"])
TEXTS = st.sampled_from(["a", "A", "b", "work", "home", "x@y"])
_VALUES: dict[str, Values] = {
    "string": TEXTS,
    "boolean": st.booleans(),
    "integer": st.integers(-3, 3),
    "decimal": st.sampled_from([-3, 0.5, 2, 1e3]),
    "dateTime": st.sampled_from(["2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"]),
    "binary": st.sampled_from(["TWE=", "QUJD"]),
    "reference": st.sampled_from(["https://example.com/a", "urn:x:y", "a/b"]),
}
_WRONG: Values = st.sampled_from([5.5, "?", "a b", None, {}, {"nope": 1}, True, ["a"]])
_FAULTY: Values = st.sampled_from(
    [
        *({"op": "remove", "path": path} for path in ("nope", "emails[", "emails[type eq]", "")),
        *({"op": "add", "path": path, "value": "a"} for path in ("name.nope", "emails.value.x")),
        *({"op": "add", "path": path, "value": "a"} for path in ('emails[no eq "a"]', "urn:x:a")),
        {"op": "move", "path": "externalId", "value": "a"},
        {"op": "add", "path": "externalId"},
        {"op": "remove", "path": "externalId", "value": "a"},
        {"op": "add", "path": 7, "value": "a"},
        {"op": "replace", "value": "a"},
        {"op": "remove"},
        "remove",
    ]
)


@dataclass(frozen=True)
class Operations:
    """Strategies for one kind; ``ids``: resources that may be named, in any relation."""

    kind: Published
    ids: Collection[str] = ()

    @property
    def strategy(self) -> st.SearchStrategy[list[Any]]:
        """One to five operations, each on the result of the one before."""
        usable = [(path, each) for path, each in self.kind.everything() if _is_usable(each)]
        # Members are one attribute among few, and the one with most to go wrong.
        paths = [path for path, each in usable for _ in range(6 if is_membership(each) else 1)]
        one = st.sampled_from(paths).flatmap(self._at)
        pathless = st.builds(
            _written, st.sampled_from(["add", "replace"]), st.none(), self._object()
        )
        urns = sorted(self.kind.extensions)
        whole = [st.sampled_from(urns).flatmap(self._extension)] if urns else []
        usual = st.one_of(one, one, one, pathless, *whole)
        either = _one_in(40).flatmap(lambda faulty: _FAULTY if faulty else usual)
        return st.lists(either, min_size=1, max_size=5)

    def _at(self, path: str) -> Values:
        definition = dict(self.kind.everything())[path]
        return _at_path(self, path, definition)

    def _extension(self, urn: str) -> Values:
        value = _few({d["name"]: self.whole(d) for d in self._of(urn)})
        return st.builds(_written, VERBS, st.just(urn), value)

    def _of(self, urn: str) -> list[Json]:
        return [each for each in self.kind.extensions[urn].values() if _is_usable(each)]

    def _object(self) -> Values:
        content = {d["name"]: self.whole(d) for d in self.kind.core.values() if _is_usable(d)}
        for urn in self.kind.extensions:
            content[urn] = _few({d["name"]: self.whole(d) for d in self._of(urn)})
        return _few(content)

    def whole(self, definition: Json) -> Values:
        """All of an attribute."""
        element = self.element(definition)
        return st.lists(element, max_size=3) if definition.get("multiValued") else element

    def element(self, definition: Json) -> Values:
        """One value."""
        if definition["type"] != "complex":
            return _VALUES[definition["type"]]
        values = {
            sub["name"]: self.leaf(definition, sub) | st.none() for sub in usable_subs(definition)
        }
        if is_membership(definition):
            least = st.fixed_dictionaries(
                {"value": self.leaf(definition, subs(definition)["value"])}
            )
            return st.one_of(*[least] * 9, _few(values))
        return st.fixed_dictionaries({}, optional=values)

    def leaf(self, definition: Json, sub: Json) -> Values:
        """A value of a sub-attribute; an id where it names a resource."""
        parts = definition.get("subAttributes", [])
        if sub["name"] != "value" or not any(map(names_a_resource, parts)):
            advised = sub.get("canonicalValues")
            return st.sampled_from(advised) | TEXTS if advised else _VALUES[sub["type"]]
        return st.sampled_from([*sorted(self.ids) * 5, "nobody"])


def _one_in(many: int) -> st.SearchStrategy[bool]:
    return st.sampled_from([False] * (many - 1) + [True])


def usable_subs(definition: Json) -> list[Json]:
    """Sub-attributes that operations are made for; what the server derives is not among them."""
    return [sub for sub in subs(definition).values() if not names_a_resource(sub)]


def _is_usable(definition: Json) -> bool:
    return definition["name"] not in ("id", "meta")


@st.composite
def _at_path(draw: st.DrawFn, made: Operations, path: str, definition: Json) -> Json:
    text, value = path, made.whole(definition)
    parts, verbs = usable_subs(definition), VERBS
    narrow = _one_in(40 if is_membership(definition) else 3)
    if parts and definition.get("multiValued") and draw(st.booleans()):
        text += f"[{draw(_selection(made, definition, parts))}]"
        value = made.element(definition)
        if is_membership(definition):
            verbs = st.sampled_from(["remove"] * 38 + ["add", "replace"])
    if definition["type"] == "complex" and draw(narrow):
        sub = draw(st.sampled_from(parts))
        text += f".{sub['name']}"
        value = made.leaf(definition, sub)
    return _written(draw(verbs), text, draw(_WRONG if draw(_one_in(40)) else value))


@st.composite
def _selection(draw: st.DrawFn, made: Operations, definition: Json, parts: list[Json]) -> str:
    """One comparison mostly, else two of them or what it is not."""
    term = st.sampled_from(parts).flatmap(lambda sub: _term(sub, made.leaf(definition, sub)))
    text = draw(term)
    match draw(st.integers(0, 5)):
        case 0:
            return f"{text} and {draw(term)}"
        case 1:
            return f"{text} or {draw(term)}"
        case 2:
            return f"not ({text})"
        case _:
            return text


def _term(sub: Json, value: Values) -> st.SearchStrategy[str]:
    if sub["type"] == "boolean":
        return value.map(lambda operand: f"{sub['name']} eq {json.dumps(operand)}")
    operators = ["eq", "eq", "ne", *(["co", "sw"] if sub["type"] == "string" else []), "pr"]

    def compared(operator: str, operand: Any) -> str:
        name = sub["name"]
        return f"{name} pr" if operator == "pr" else f"{name} {operator} {json.dumps(operand)}"

    return st.builds(compared, st.sampled_from(operators), value)


def _written(verb: str, path: str | None, value: object) -> Json:
    at = {} if path is None else {"path": path}
    return {"op": verb} | at | ({} if verb == "remove" else {"value": value})


def _few(values: Json) -> st.SearchStrategy[Json]:
    """An object of at most three of the keys."""
    chosen = st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: values[key] for key in keys}))
