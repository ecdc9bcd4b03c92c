"""The expressions of a mapping: from what a source says of an entry to texts.

Values are only ever put into results, never read as expressions: a value "{sn}" is these four
characters. parse.py makes expressions of what a file has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Values = Mapping[str, Sequence[str]]
"""What a source says of an entry: its attributes by folded name, none of them empty."""

fold = str.lower
"""Sources spell the names of attributes as they like."""


class Expression(Protocol):
    """What is made of an entry."""

    @property
    def names(self) -> frozenset[str]:
        """The source's attributes that it reads, as they are spelt in the mapping."""

    def values(self, entry: Values) -> list[str]:
        """The texts that it makes, without empty ones. Raises InvalidValue."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for every entry."""

    text: str

    @property
    def names(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def values(self, _: Values) -> list[str]:
        """The text, unless it is empty."""
        return [self.text] if self.text else []


PIPES: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "digits": lambda text: "".join(filter(str.isdecimal, text)),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """``{name|lower}``: all values under a name."""

    name: str
    pipes: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Its own."""
        return frozenset({self.name})

    def values(self, entry: Values) -> list[str]:
        """Without the blanks around them."""
        found = list(entry.get(fold(self.name), ()))
        for pipe in self.pipes:
            found = [PIPES[pipe](text) for text in found]
        return [text for each in found if (text := each.strip())]


@dataclass(frozen=True, slots=True)
class Template:
    """``{givenName} {sn}``: text around the first value of each slot."""

    parts: tuple[Constant | Slot, ...]

    @property
    def names(self) -> frozenset[str]:
        """Of its slots."""
        return _names(self.parts)

    def values(self, entry: Values) -> list[str]:
        """One; none where all slots are empty: "Dr. {sn}" of nobody is no name.

        An empty slot takes the blanks after it along: no "Ada  Lovelace" for want of a middle name.
        """
        texts: list[str] = []
        is_filled = is_gap = False
        for part in self.parts:
            if isinstance(part, Slot):
                value = next(iter(part.values(entry)), "")
                is_filled, is_gap = is_filled or bool(value), not value
                texts.append(value)
            else:
                texts.append(part.text.lstrip() if is_gap else part.text)
                is_gap = False
        return ["".join(texts).strip()] if is_filled else []


@dataclass(frozen=True, slots=True)
class All:
    """The values of several expressions, one after the other."""

    of: tuple[Expression, ...]

    @property
    def names(self) -> frozenset[str]:
        """Of all."""
        return _names(self.of)

    def values(self, entry: Values) -> list[str]:
        """In their order."""
        return [text for each in self.of for text in each.values(entry)]


NOTHING = All(())
"""Has no value for any entry."""


@dataclass(frozen=True, slots=True)
class First:
    """The values of the first expression that has any."""

    of: tuple[Expression, ...]

    @property
    def names(self) -> frozenset[str]:
        """Of all."""
        return _names(self.of)

    def values(self, entry: Values) -> list[str]:
        """Of the one."""
        return next((found for each in self.of if (found := each.values(entry))), [])


@dataclass(frozen=True, slots=True)
class Join:
    """All values of an expression as one text."""

    of: Expression
    between: str

    @property
    def names(self) -> frozenset[str]:
        """Of the expression."""
        return self.of.names

    def values(self, entry: Values) -> list[str]:
        """One, or none."""
        return [self.between.join(found)] if (found := self.of.values(entry)) else []


@dataclass(frozen=True, slots=True)
class Take:
    """What ``by`` makes of the values of an expression; where that is nothing, another one's."""

    of: Expression
    by: Callable[[Sequence[str]], list[str]]
    otherwise: Expression

    @property
    def names(self) -> frozenset[str]:
        """Of both."""
        return _names((self.of, self.otherwise))

    def values(self, entry: Values) -> list[str]:
        """Of the one or of the other."""
        return self.by(self.of.values(entry)) or self.otherwise.values(entry)


@dataclass(frozen=True, slots=True)
class Choice:
    """One expression where the values of another pass, else a third."""

    of: Expression
    passes: Callable[[Sequence[str]], bool]
    then: Expression
    otherwise: Expression

    @property
    def names(self) -> frozenset[str]:
        """Of all three."""
        return _names((self.of, self.then, self.otherwise))

    def values(self, entry: Values) -> list[str]:
        """Of the one or of the other."""
        chosen = self.then if self.passes(self.of.values(entry)) else self.otherwise
        return chosen.values(entry)


def _names(parts: Sequence[Expression]) -> frozenset[str]:
    return frozenset().union(*(part.names for part in parts))
