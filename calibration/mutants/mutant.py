"""How a mutant is written: what our server does, but for one thing.

    @mutant("CRE-001")
    def a_create_is_answered_200(call: Call, server: Server) -> Reply:
        \"\"\"POST of a resource answers 200 for 201.\"\"\"
        reply = server(call)
        return replace(reply, status=200) if reply.status == 201 else reply

The docstring says what is broken. The ids are those of the catalogue that it breaks: one of them
should be reported.
"""

from collections.abc import Callable
from dataclasses import dataclass

from calibration.mutants.exchange import Call, Reply, Server

Behaviour = Callable[[Call, Server], Reply]


@dataclass(frozen=True, slots=True)
class Mutant:
    """part: the file that it is in; expected: ids of which one should be reported."""

    name: str
    part: str
    broken: str
    expected: tuple[str, ...]
    behaviour: Behaviour


_mutants: dict[str, Mutant] = {}


def mutant(*expected: str) -> Callable[[Behaviour], Behaviour]:
    """Register a behaviour that breaks these requirements."""

    def register(behaviour: Behaviour) -> Behaviour:
        broken = (behaviour.__doc__ or "").partition("\n")[0]
        part = behaviour.__module__.rpartition(".")[2]
        add(behaviour.__name__, part, broken, expected, behaviour)
        return behaviour

    return register


def add(name: str, part: str, broken: str, expected: tuple[str, ...], behaviour: Behaviour) -> None:
    """Register a row of a table of mutants. Raises ValueError: the name is taken."""
    if name in _mutants:
        raise ValueError(f"{name} is registered twice")
    _mutants[name] = Mutant(name, part, broken, expected, behaviour)


def registered() -> dict[str, Mutant]:
    """Every mutant by its name, in the order of the files."""
    return dict(_mutants)
