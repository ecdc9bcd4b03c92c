"""``scim-server check`` on sources: each invariant is broken by hand, and named."""

import pytest

from tests.store.ruin import World, has_source


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE anchor SET kind = 'Group'", ("V-05", "its source has it as a Group")),
        (
            "UPDATE anchor SET off = 1, version = 1",
            ("V-08", "its source has switched it off, it is Active"),
        ),
        ("UPDATE source SET run = 'nobody'", ("V-09", "its run is not there")),
        ("UPDATE anchor SET resource = 99", ("V-09", "its resource is not there")),
        ("UPDATE anchor SET source = 'x'", ("V-09", "its source is not there")),
        ("UPDATE sync_step SET run = 'x'", ("V-09", "its sync_run is not there")),
    ],
)
def test_what_is_wrong_with_a_source_is_named(
    world: World, statement: str, found: tuple[str, str]
) -> None:
    has_source(world)
    assert world.found() == []
    world.corrupt(f"{statement} WHERE tenant = :tenant")
    assert found in world.found()
