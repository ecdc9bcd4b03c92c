"""How large the directories are and how often each thing is asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The sizes and counts of one run."""

    small: int
    medium: int
    """The size at which scim2-server is measured: larger ones take it hours."""
    large: int
    huge: int
    small_group: int
    rounds: int
    operations: int
    """Cheap requests of one arm in one round on one connection."""
    many: int
    """The same on eight connections; enough that a wait at the end of a round weighs little."""
    few: int
    """Requests of one arm in one round where scim2-server needs a second for each."""
    crowd: int
    """Members that the parallel clients remove from one group; they add twice as many."""
    crowd_rounds: int
    staff: int
    """People of the company whose directory is synchronised."""
    kills: int


FULL = Scale(
    small=1_000,
    medium=10_000,
    large=100_000,
    huge=1_000_000,
    small_group=100,
    rounds=7,
    operations=400,
    many=1_600,
    few=3,
    crowd=1_600,
    crowd_rounds=20,
    staff=20_000,
    kills=20,
)

QUICK = Scale(
    small=200,
    medium=1_000,
    large=3_000,
    huge=6_000,
    small_group=100,
    rounds=3,
    operations=60,
    many=200,
    few=2,
    crowd=100,
    crowd_rounds=2,
    staff=2_000,
    kills=4,
)
