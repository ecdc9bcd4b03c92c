"""The ids of resources and events."""

import uuid

from scim_server.parts import new_id


def test_ids_are_new_and_in_the_order_of_their_making() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {(uuid.UUID(id).version, uuid.UUID(id).variant) for id in made} == {(7, uuid.RFC_4122)}
