"""patch.py and a naive interpreter of the RFC's text agree on whatever the schemas allow.

test_patch_property.py in tests/web does the same over HTTP, with members and on both databases.
"""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from scim_server.protocol.errors import ScimError
from scim_server.protocol.messages import PATCH_SCHEMA, parse_patch
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.schema import Document
from tests.examples import thorough
from tests.protocol.naive_patch import interpret
from tests.protocol.naive_values import Refused
from tests.protocol.patch_cases import STARTS
from tests.protocol.patch_strategy import Operations
from tests.protocol.shipped import REGISTRY
from tests.published import published

KINDS = {
    name: published(REGISTRY.kinds[name].document, lambda urn: REGISTRY.schemas[urn].document)
    for name in ("User", "Device")
}
WANTED = {name: Operations(kind).strategy for name, kind in KINDS.items()}


@pytest.mark.parametrize("name", KINDS)
@thorough(300)
@given(data=st.data())
def test_both_answer_alike(name: str, data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(STARTS[name]))
    wanted = data.draw(WANTED[name])
    unchanged = deepcopy(document)
    assert outcome(name, document, wanted) == naive_outcome(name, document, wanted)
    assert document == unchanged


def outcome(name: str, document: Document, wanted: list[Any]) -> Document | None:
    """The document, None for a refusal."""
    try:
        message = {"schemas": [PATCH_SCHEMA], "Operations": wanted}
        return apply(REGISTRY.kinds[name], document, parse_patch(message)).document
    except ScimError as refusal:
        assert refusal.status == 400
        return None


def naive_outcome(name: str, document: Document, wanted: list[Any]) -> Document | None:
    """What the naive interpreter makes of it, None for a refusal."""
    try:
        result = interpret(KINDS[name], document, wanted)
    except Refused as refusal:
        event(f"refused: {refusal}")
        return None
    event("done")
    return result
