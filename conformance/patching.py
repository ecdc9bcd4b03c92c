"""Expectations that many checks share: of a change that must succeed, of one that is refused."""

from collections.abc import Callable
from typing import Any

from conformance.story import Story
from conformance.wire import Answer, Json

DONE = (200, 204)


def becomes(
    story: Story,
    requirement: str,
    at: str,
    operations: list[Json],
    held: Callable[[Json], bool],
    expected: str,
) -> None:
    """Expect a PATCH to succeed, and what a GET then shows to be as ``held`` says."""
    answer = story.patch(at, *operations)
    shown = story.get(at).document if answer.status in DONE else {}
    story.expect(requirement, bool(shown) and held(shown), f"success, and then {expected}")


def refused(story: Story, requirement: str, answer: Answer, *types: str) -> bool:
    """Expect 400; its ``scimType``, which is optional (RFC 7644 §3.12), fits if there is one."""
    return story.error(requirement, answer, 400, *types, None)


def values(shown: Json, name: str) -> list[Any]:
    """The ``value`` of each element of a multi-valued attribute, sorted."""
    return sorted(str(each.get("value")) for each in elements(shown, name))


def elements(shown: Json, name: str) -> list[Json]:
    """The elements of a multi-valued attribute; none where it is unassigned."""
    found = shown.get(name) or []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def element(shown: Json, name: str, type: str) -> Json:
    """The element of a type, empty where there is none."""
    return next((each for each in elements(shown, name) if each.get("type") == type), {})


def unassigned(shown: Json, *names: str) -> bool:
    """Whether none of them has a value: absence, null and [] are one (RFC 7643 §2.5)."""
    return all(shown.get(name) in (None, [], {}, "") for name in names)


def without_meta(shown: Json) -> Json:
    """What a client wrote and may write again."""
    return {name: value for name, value in shown.items() if name != "meta"}
