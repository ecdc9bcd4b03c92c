"""PATCH that adds or removes one member, on groups of different sizes (RFC 7644 §3.5.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, NotMeasured, Series, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

VERBS = ("add", "remove")


@dataclass(frozen=True)
class Group:
    """A group whose members are the first users of a directory."""

    directory: Directory
    path: str
    size: int

    def arm(self, name: str, verb: str, count: int) -> Arm:
        """Return an arm that adds, or removes, users who are not among the first ones."""
        users = self.directory.ids[self.size : self.size + count]
        messages = [self._request(verb, user) for user in users]
        endpoint = self.directory.endpoint
        return Arm(name, lambda: drive(endpoint.connections(1), messages), Drive.typical)

    def verify(self) -> None:
        """Raises NotMeasured unless all that was added has been removed again, and nothing else."""
        expected = set(self.directory.ids[: self.size])
        if wrong := self.directory.members(self.path) ^ expected:
            raise NotMeasured(f"{len(wrong)} members are wrong in the group of {self.size}")

    def _request(self, verb: str, user: str) -> bytes:
        if verb == "add":
            operation = {"op": "add", "path": "members", "value": [{"value": user}]}
        else:
            operation = {"op": "remove", "path": f'members[value eq "{user}"]'}
        return self.directory.endpoint.patch(self.path, operation)


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare group sizes on each database, and the largest with scim2-server's medium one."""
    scale = stage.scale
    sizes = (scale.small_group, scale.medium, scale.large)
    groups = {
        f"{database}, {size:,} members": group(stage.ours(database, scale.large), size)
        for database in stage.databases
        for size in sizes
    }
    peer = f"scim2-server, {scale.medium:,} members"
    series = _alternate(stage, groups, {peer: group(stage.peer(), scale.medium)})
    for database, verb in product(stage.databases, VERBS):
        small, medium, large = (series[f"{verb}, {database}, {size:,} members"] for size in sizes)
        theirs, subject = series[f"{verb}, {peer}"], f"{database}, {verb}"
        yield Outcome("member-flat", subject, ratio(large, small), (small, medium, large))
        yield Outcome("member-peer", subject, ratio(theirs, large), (large, theirs))


def growth(stage: Stage, target: str, few: int, many: int) -> Iterator[Outcome]:
    """Compare two sizes of directory, each with all of its users in one group."""
    for database in stage.databases:
        groups = {
            f"{database}, {size:,} members": group(stage.ours(database, size), size)
            for size in (few, many)
        }
        series = _alternate(stage, groups, {})
        for verb in VERBS:
            base, grown = (series[f"{verb}, {name}"] for name in groups)
            yield Outcome(target, f"{database}, {verb}", ratio(grown, base), (base, grown))


def group(directory: Directory, size: int) -> Group:
    """Create a group of the first ``size`` users."""
    return Group(directory, directory.create_group(directory.ids[:size]), size)


def _alternate(stage: Stage, fast: dict[str, Group], slow: dict[str, Group]) -> dict[str, Series]:
    """Run a round of adds and then a round of removes on every group in turn."""
    arms = [
        *_arms(fast, "add", stage.scale.operations // 8),
        *_arms(slow, "add", stage.scale.few),
        *_arms(fast, "remove", stage.scale.operations // 8),
        *_arms(slow, "remove", stage.scale.few),
    ]
    series = alternate(arms, stage.scale.rounds)
    for one in (*fast.values(), *slow.values()):
        one.verify()
    return series


def _arms(groups: dict[str, Group], verb: str, count: int) -> Sequence[Arm]:
    return [one.arm(f"{verb}, {name}", verb, count) for name, one in groups.items()]
