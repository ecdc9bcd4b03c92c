"""What is wrong with the file of a source: all of it at once, each fault with its place."""

from collections.abc import Iterable
from difflib import get_close_matches


class Faults(list[str]):
    """All that is wrong with a file; a place is the path of a key, ``users.emails[0].value``."""

    def at(self, place: str, told: str) -> None:
        """Note one; without a place it is about the whole file."""
        self.append(f"{place}: {told}" if place else told)

    def unknown(self, place: str, name: str, known: Iterable[str]) -> None:
        """Note a name that means nothing, and what may have been meant."""
        names = list(known)
        near = get_close_matches(name, names, n=1)
        meant = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(names)}"
        self.at(f"{place}.{name}" if place else name, f"means nothing here; {meant}")


class BadSources(Exception):
    """What is wrong with the files, a line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
