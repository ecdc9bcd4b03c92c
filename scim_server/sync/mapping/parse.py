"""What the file of a source has in the place of a value, to expressions.

A text is a template, ``"{givenName} {sn}"``, with pipes, ``{mail|lower}``; "{{" and "}}" are the
braces themselves. An array is the values of all in it. A table says what else there is to do:

    {first = ["{mail}", "{uid}@example.com"]}           the first that has a value
    {join = ["{street}", "{l}"], with = ", "}           all values as one
    {take = "{c}", table = {DE = "Germany"}, else = …}  looked up; without else: nothing
    {take = "{info}", match = 'EMP-(\\d+)', else = …}   the first group, or all, where it is found
    {if = "{type}", is = "x", then = …, else = …}       also: matches = 'regex', or that it is there

Case does not matter in a table and in ``is``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scim_server.sync.faults import Faults
from scim_server.sync.mapping.expressions import (
    NOTHING,
    PIPES,
    All,
    Choice,
    Constant,
    Expression,
    First,
    Join,
    Slot,
    Take,
    Template,
)
from scim_server.sync.mapping.patterns import pattern

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

FORMS: Mapping[str, tuple[str, ...]] = {
    "first": (),
    "join": ("with",),
    "take": ("table", "match", "else"),
    "if": ("is", "matches", "then", "else"),
}
"""The word by which a table is known, and those that go with it."""


def parse(given: object, place: str, faults: Faults) -> Expression:
    """The expression that a TOML value stands for; what is wrong with it is told in ``faults``."""
    match given:
        case str():
            return _template(given, place, faults)
        case bool():
            return Constant("true" if given else "false")
        case int() | float():
            return Constant(str(given))
        case list():
            return All(_several(given, place, faults))
        case dict():
            return _Table(given, place, faults).expression()
    faults.at(place, "must be text, a number, true, false, an array, or a table: see the mapping")
    return NOTHING


def _several(given: Sequence[object], place: str, faults: Faults) -> tuple[Expression, ...]:
    return tuple(parse(each, f"{place}[{at}]", faults) for at, each in enumerate(given))


def _template(text: str, place: str, faults: Faults) -> Expression:
    parts = tuple(_parts(text, place, faults))
    match parts:
        case ():
            return NOTHING
        case (only,):
            return only
    return Template(parts)


def _parts(text: str, place: str, faults: Faults) -> Iterator[Constant | Slot]:
    constant, at = "", 0
    for found in _BRACES.finditer(text):
        constant, at = constant + text[at : found.start()], found.end()
        if found[0] in ("{{", "}}"):
            constant += found[0][0]
        elif found[1] is None:
            faults.at(place, f'has a "{found[0]}" without its other half; write two to mean one')
        else:
            if constant:
                yield Constant(constant)
            constant = ""
            yield _slot(found[1], place, faults)
    if constant := constant + text[at:]:
        yield Constant(constant)


def _slot(text: str, place: str, faults: Faults) -> Slot:
    name, *pipes = (word.strip() for word in text.split("|"))
    if not name:
        faults.at(place, "has braces without the name of an attribute")
    for pipe in pipes:
        if pipe not in PIPES:
            faults.at(place, f'knows no "|{pipe}"; there are: {", ".join(PIPES)}')
    return Slot(name, tuple(pipe for pipe in pipes if pipe in PIPES))


@dataclass(frozen=True, slots=True)
class _Table:
    given: Mapping[str, object]
    place: str
    faults: Faults

    def expression(self) -> Expression:
        """By the one word that every form has."""
        forms = [form for form in FORMS if form in self.given]
        if len(forms) != 1:
            self.faults.at(self.place, f"must have one of {', '.join(FORMS)}")
            return NOTHING
        [form] = forms
        for name in self.given:
            if name != form and name not in FORMS[form]:
                self.faults.at(f"{self.place}.{name}", f'does not go with "{form}"')
        match form:
            case "first":
                return self._first()
            case "join":
                return Join(self._part("join"), self._text("with", " "))
            case "take":
                return Take(self._part("take"), self._by(), self._part("else"))
        return Choice(self._part("if"), self._test(), self._part("then"), self._part("else"))

    def _part(self, name: str) -> Expression:
        return parse(self.given.get(name, []), f"{self.place}.{name}", self.faults)

    def _text(self, name: str, otherwise: str = "") -> str:
        value = self.given.get(name, otherwise)
        if isinstance(value, str):
            return value
        self.faults.at(f"{self.place}.{name}", "must be text")
        return otherwise

    def _one_of(self, *ways: str) -> str | None:
        found = [way for way in ways if way in self.given]
        if len(found) > 1:
            self.faults.at(self.place, f"must have one of {', '.join(ways)}")
        return found[0] if found else None

    def _first(self) -> Expression:
        given = self.given["first"]
        if isinstance(given, list):
            return First(_several(given, f"{self.place}.first", self.faults))
        self.faults.at(f"{self.place}.first", "must be an array")
        return NOTHING

    def _by(self) -> Callable[[Sequence[str]], list[str]]:
        match self._one_of("table", "match"):
            case "table":
                return self._table()
            case "match":
                return pattern(self._text("match"), f"{self.place}.match", self.faults).taken
        self.faults.at(self.place, 'must say by which "table" or by which "match"')
        return list

    def _table(self) -> Callable[[Sequence[str]], list[str]]:
        table, place = self.given["table"], f"{self.place}.table"
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            self.faults.at(place, "must be a table of texts")
            return list
        folded = {name.casefold(): text for name, text in table.items()}
        if len(folded) < len(table):
            self.faults.at(place, "has a key twice: case does not matter")
        return lambda values: [text for each in values if (text := folded.get(each.casefold()))]

    def _test(self) -> Callable[[Sequence[str]], bool]:
        match self._one_of("is", "matches"):
            case "is":
                wanted = self._text("is").casefold()
                return lambda values: any(each.casefold() == wanted for each in values)
            case "matches":
                return pattern(self._text("matches"), f"{self.place}.matches", self.faults).is_in
        return bool
