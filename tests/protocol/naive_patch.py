"""PATCH once more, straight from the text of RFC 7644 §3.5.2, to compare the server with.

Slow, plain, and on plain JSON: it reads the published schemas and uses nothing of the server. It
knows the operations that patch_strategy.py makes, and no others.
"""

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.protocol.naive_document import (
    NOTHING,
    append,
    assigned,
    check_document,
    hand_over,
    listed,
    merged,
    tidy,
    writable,
)
from tests.protocol.naive_values import Refused, Taken, checked, comparable, known, selection
from tests.published import (
    Definitions,
    Json,
    Published,
    by_name,
    is_membership,
    is_read_only,
    subs,
)

_PATH = re.compile(r"(?P<name>[^\[\].]+)(\[(?P<filter>[^\]]+)\])?(\.(?P<sub>[\w$]+))?")


@dataclass(frozen=True)
class World:
    """The resources besides: as members by their ids, and the unique values that they have."""

    members: Mapping[str, Json] = field(default_factory=dict)
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)


ALONE = World()


def interpret(kind: Published, document: Json, operations: list[Any], world: World = ALONE) -> Json:
    """Return the document after all operations. Raises Refused."""
    for operation in operations:
        _check_form(operation)
    after = deepcopy(document)
    for operation in operations:
        before = deepcopy(after)
        step = _Step(kind, world, after, operation["op"], operation.get("value"))
        step.run(operation.get("path"))
        check_document(kind, before, after)
    finished = tidy(kind, after)
    _refuse_taken(kind, world, finished)
    return finished


def _check_form(operation: Any) -> None:
    """An operation on its own (Figure 7 and the text before it)."""
    if not isinstance(operation, dict) or operation.get("op") not in ("add", "remove", "replace"):
        raise Refused("no operation")
    if not isinstance(operation.get("path", ""), str):
        raise Refused("path is no string")
    removes = operation["op"] == "remove"
    if removes == ("value" in operation) or (removes and "path" not in operation):
        raise Refused("value and op do not go together")


@dataclass(frozen=True)
class _Step:
    kind: Published
    world: World
    document: Json
    verb: str
    value: Any

    @property
    def unassigns(self) -> bool:
        return self.verb == "remove" or self.value is None

    def run(self, path: str | None) -> None:
        if path is None:
            self.merge(self.document, self.kind.core, self.value)
        elif path in self.kind.extensions:
            self.extension(path)
        else:
            self.at(path)

    def merge(self, holder: Json, definitions: Definitions, value: Any) -> None:
        """An object of attributes: each as if it were named by a path."""
        if not isinstance(value, dict):
            raise Refused("no object")
        for key, item in value.items():
            part = replace(self, value=item)
            if holder is self.document and key in self.kind.extensions:
                part.extension(key)
                continue
            definition = known(definitions, key)
            if not is_read_only(definition) or item not in NOTHING:
                part.attribute(holder, definition)

    def extension(self, urn: str) -> None:
        if self.unassigns:
            self.document.pop(urn, None)
        else:
            holder = self.document.setdefault(urn, {})
            self.merge(holder, self.kind.extensions[urn], self.value)

    def at(self, path: str) -> None:
        holder, definitions = self.document, self.kind.core
        for urn, others in self.kind.extensions.items():
            if path.startswith(urn + ":"):
                path = path[len(urn) + 1 :]
                holder, definitions = self.document.setdefault(urn, {}), others
        parts = _PATH.fullmatch(path.removeprefix(self.kind.schema + ":"))
        if parts is None:
            raise Refused("malformed")
        definition = known(definitions, parts["name"])
        sub = (
            known(by_name(definition.get("subAttributes", [])), parts["sub"])
            if parts["sub"]
            else None
        )
        if parts["filter"]:
            self.selected(holder, definition, parts["filter"], sub)
        elif sub is not None:
            self.sub(holder, definition, sub)
        else:
            self.attribute(holder, definition)

    def attribute(self, holder: Json, definition: Json) -> None:
        """All of an attribute."""
        writable(definition)
        if is_membership(definition):
            self.members(holder, definition["name"], definition)
        elif definition.get("multiValued"):
            self.elements(holder, definition)
        elif self.unassigns or (self.value in NOTHING and definition["type"] != "complex"):
            holder.pop(definition["name"], None)
        elif definition["type"] == "complex":
            before = holder.get(definition["name"], {})
            holder[definition["name"]] = merged(definition, before, self.value)
        else:
            holder[definition["name"]] = checked(definition, self.value)

    def elements(self, holder: Json, definition: Json) -> None:
        """All of a multi-valued attribute: what is added, is added to what is there."""
        name = definition["name"]
        if self.unassigns:
            if self.verb == "add":
                raise Refused("null is no element")
            holder.pop(name, None)
            return
        if self.verb == "replace":
            holder[name] = []
            if not isinstance(self.value, list):
                raise Refused("no array")
        append(holder.setdefault(name, []), definition, listed(self.value))

    def sub(self, holder: Json, definition: Json, sub: Json) -> None:
        """A sub-attribute, of every element where there are several."""
        writable(definition, sub)
        if is_membership(definition):
            raise Refused("members do not change")
        given = {sub["name"]: None if self.verb == "remove" else self.value}
        if not definition.get("multiValued"):
            before = holder.get(definition["name"], {})
            holder[definition["name"]] = merged(definition, before, given)
            return
        elements = holder.setdefault(definition["name"], [])
        if not elements and self.verb != "remove":
            elements.append({})
        for element in elements:
            _overwrite(element, merged(definition, element, given))
        hand_over(elements, elements)

    def selected(self, holder: Json, definition: Json, text: str, sub: Json | None) -> None:
        """The elements that a filter selects, or a sub-attribute of theirs."""
        writable(definition, sub)
        if not definition.get("multiValued"):
            raise Refused("one value")
        chooses = selection(subs(definition), text)
        elements = holder.get(definition["name"], [])
        simple = definition["type"] != "complex"
        chosen = [
            at for at, each in enumerate(elements) if chooses({"value": each} if simple else each)
        ]
        if is_membership(definition) and (self.verb != "remove" or sub):
            raise Refused("members do not change")
        if not chosen and self.verb != "remove":
            raise Refused("noTarget")
        for at in chosen:
            elements[at] = self.edited(definition, elements[at], sub)
        hand_over(elements, [elements[at] for at in chosen])
        holder[definition["name"]] = [each for each in elements if each not in NOTHING]

    def edited(self, definition: Json, element: Any, sub: Json | None) -> Any:
        """One element; None when it goes."""
        if sub is not None:
            given = {sub["name"]: None if self.verb == "remove" else self.value}
            return merged(definition, element, given)
        if self.unassigns:
            return None
        if definition["type"] != "complex":
            return checked(definition, self.value)
        return merged(definition, element if self.verb == "add" else {}, self.value)

    def members(self, holder: Json, name: str, definition: Json) -> None:
        """All members: a client writes their ids, and may repeat what else is known of them."""
        if self.verb == "remove" or (self.verb == "replace" and self.value in (None, [])):
            holder.pop(name, None)
            return
        if self.verb == "replace" and not isinstance(self.value, list):
            raise Refused("no array")
        new = [self.member(definition, each) for each in listed(self.value)]
        before = [] if self.verb == "replace" else holder.get(name, [])
        by_id = {element["value"]: element for element in (*before, *new)}
        holder[name] = list(by_id.values())

    def member(self, definition: Json, given: Any) -> Json:
        if not isinstance(given, dict):
            raise Refused("no object")
        for key, item in given.items():
            sub = known(by_name(definition["subAttributes"]), key)
            if item not in NOTHING and not is_read_only(sub):
                checked(sub, item)
        element = self.world.members.get(given.get("value") or "")
        if element is None:
            raise Refused("no such resource")
        return element


def _overwrite(element: Json, after: Json) -> None:
    element.clear()
    element.update(after)


def _refuse_taken(kind: Published, world: World, document: Json) -> None:
    for definition, value in assigned(kind, document):
        others = world.taken.get(definition["name"], ())
        if any(comparable(definition, value) == comparable(definition, each) for each in others):
            raise Taken("taken")
