"""How a check is written: a small story that sends requests and says what it expects.

    @check("CRE-001", "CRE-002")
    def a_created_user_has_a_place(story: Story) -> None:
        created = story.post("/Users", story.new("User"))
        story.expect("CRE-001", created.status == 201, "201")

The docstring's first line is its title. A story deletes what it made, whatever happens.
"""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.story import Story

Tale = Callable[[Story], None]


@dataclass(frozen=True, slots=True)
class Check:
    """What is examined.

    proves: ids of the catalogue
    needs:  features without which it is not run
    unless: features with which it is not run
    """

    name: str
    title: str
    proves: tuple[str, ...]
    needs: frozenset[str]
    unless: frozenset[str]
    tale: Tale

    def suits(self, features: frozenset[str]) -> bool:
        """Whether it is about a server with these features."""
        return self.needs <= features and not self.unless & features


_checks: dict[str, Check] = {}


def check(
    *proves: str, needs: tuple[str, ...] = (), unless: tuple[str, ...] = ()
) -> Callable[[Tale], Tale]:
    """Register a check of these requirements."""

    def register(tale: Tale) -> Tale:
        module = tale.__module__.rpartition(".")[2]
        name = f"{module}.{tale.__name__}"
        title = (tale.__doc__ or tale.__name__.replace("_", " ")).partition("\n")[0]
        if name in _checks:
            raise ValueError(f"{name} is registered twice")
        _checks[name] = Check(
            name, title.rstrip("."), proves, frozenset(needs), frozenset(unless), tale
        )
        return tale

    return register


def registered() -> tuple[Check, ...]:
    """Every check whose module has been imported, in the order of the files."""
    return tuple(_checks.values())
