"""Bulk references: who comes before whom, and what ``bulkId:x`` stands for (RFC 7644 §3.7.2)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scim_server.protocol.errors import Conflict
from scim_server.protocol.messages import BulkOperation

PREFIX = "bulkId:"


def references(operation: BulkOperation) -> set[str]:
    """The bulkIds that an operation names, in its path and anywhere in its data."""
    found = set(_named(operation.data))
    tail = operation.path.rpartition("/")[2]
    if tail.startswith(PREFIX):
        found.add(tail.removeprefix(PREFIX))
    return found


def _named(value: object) -> Iterator[str]:
    match value:
        case str():
            for part in value.split('"') if '"' in value else (value,):
                if part.startswith(PREFIX):
                    yield part.removeprefix(PREFIX)
        case dict():
            for child in value.values():
                yield from _named(child)
        case list():
            for child in value:
                yield from _named(child)


def substitute(value: Any, ids: Mapping[str, str]) -> Any:
    """A copy of ``value`` with the ids that its references stand for.

    Also inside quotes, as in the path ``members[value eq "bulkId:x"]``.
    Raises Conflict for a reference to what this job has not made.
    """
    match value:
        case str() if PREFIX in value:
            parts = value.split('"') if '"' in value else [value]
            return '"'.join(_resolved(part, ids) for part in parts)
        case dict():
            return {key: substitute(child, ids) for key, child in value.items()}
        case list():
            return [substitute(child, ids) for child in value]
        case _:
            return value


def _resolved(text: str, ids: Mapping[str, str]) -> str:
    if not text.startswith(PREFIX):
        return text
    name = text.removeprefix(PREFIX)
    if name not in ids:
        raise not_made(name)
    return ids[name]


def not_made(name: str) -> Conflict:
    """What an operation that refers to the bulkId fails with (BLK-014)."""
    return Conflict(f'"{PREFIX}{name[:100]}" was not created in this job.')


def processing_order(operations: Sequence[BulkOperation]) -> list[tuple[int, ...]]:
    """Indexes in an order in which every reference is to something earlier.

    Request order, but a creation waits for those that it refers to, and what changes a resource
    has them come before it. Those that refer to each other in a circle (§3.7.1) are one tuple.
    """
    makers = {op.makes: i for i, op in enumerate(operations) if op.makes}
    edges = [
        sorted(makers[name] for name in references(op) if name in makers and makers[name] != i)
        for i, op in enumerate(operations)
    ]
    components = _components(edges)
    due = _due(operations, edges, components)
    return [components[at] for at in sorted(range(len(components)), key=due.__getitem__)]


def _due(
    operations: Sequence[BulkOperation],
    edges: Sequence[Sequence[int]],
    components: Sequence[tuple[int, ...]],
) -> list[int]:
    """The index in the request at which each component's turn comes.

    A DELETE that frees a name stays before the POST that takes it, and two changes of one resource
    keep their order, whatever forward references there are (BLK-016).
    """
    place = {index: at for at, component in enumerate(components) for index in component}
    needs = [{place[d] for index in component for d in edges[index]} for component in components]
    due: list[int] = []
    for at, component in enumerate(components):
        is_creation = operations[component[0]].makes is not None
        waits = [due[other] for other in needs[at] if other != at] if is_creation else []
        due.append(max(*component, *waits, 0))
    for at in reversed(range(len(components))):
        for other in needs[at]:
            due[other] = min(due[other], due[at])
    return due


def _components(edges: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Tarjan's strongly connected components, dependencies first, without recursion."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    done: list[tuple[int, ...]] = []

    def close(node: int) -> None:
        if low[node] == number[node]:
            at = stack.index(node)
            done.append(tuple(sorted(stack[at:])))
            waiting.difference_update(stack[at:])
            del stack[at:]

    for root in range(len(edges)):
        if root not in number:
            _walk(root, edges, number, low, stack, waiting, close)
    return done


def _walk(
    root: int,
    edges: Sequence[Sequence[int]],
    number: dict[int, int],
    low: dict[int, int],
    stack: list[int],
    waiting: set[int],
    close: Callable[[int], None],
) -> None:
    path: list[tuple[int, Iterator[int]]] = []

    def enter(node: int) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        waiting.add(node)
        path.append((node, iter(edges[node])))

    enter(root)
    while path:
        node, rest = path[-1]
        following = next(rest, None)
        if following is None:
            path.pop()
            close(node)
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
        elif following not in number:
            enter(following)
        elif following in waiting:
            low[node] = min(low[node], number[following])
