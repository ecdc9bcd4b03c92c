"""patch.py and a naive interpreter of the RFC's text agree on whatever the schemas allow."""

from copy import deepcopy

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from scim_server.protocol.errors import ScimError
from scim_server.protocol.messages import PATCH_SCHEMA, parse_patch
from scim_server.protocol.patch import apply
from scim_server.protocol.schema import Document
from tests.protocol.filter_cases import REGISTRY
from tests.protocol.naive_patch import Refused, interpret
from tests.protocol.patch_strategy import operations

USER_KIND = REGISTRY.kinds["User"]
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BARE: Document = {"userName": "bo"}
FULL: Document = {
    "userName": "bo",
    "name": {"givenName": "a", "familyName": "b"},
    "title": "b",
    "active": True,
    "emails": [{"value": "a", "type": "work", "primary": True}, {"value": "b", "type": "home"}],
    "roles": [{"value": "a"}, {"value": "b", "primary": True}],
    "addresses": [{"type": "work", "locality": "a"}, {"type": "work", "locality": "b"}],
    ENT: {"department": "a", "manager": {"value": "a"}},
}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=operations(USER_KIND), before=st.sampled_from([BARE, FULL]))
def test_both_answer_alike(wanted: list[Document], before: Document) -> None:
    urns = [USER_KIND.schema.id, *(urn for urn in (ENT,) if urn in before)]
    document = {"schemas": urns, **before}
    unchanged = deepcopy(document)
    assert outcome(document, wanted) == naive_outcome(document, wanted)
    assert document == unchanged


def outcome(document: Document, wanted: list[Document]) -> Document | None:
    """The document, None for a refusal."""
    try:
        message = {"schemas": [PATCH_SCHEMA], "Operations": wanted}
        return apply(USER_KIND, document, parse_patch(message)).document
    except ScimError as refusal:
        assert refusal.status == 400
        return None


def naive_outcome(document: Document, wanted: list[Document]) -> Document | None:
    """What the naive interpreter makes of it, None for a refusal."""
    try:
        result = interpret(USER_KIND, document, wanted)
    except Refused as refusal:
        event(f"refused: {refusal}")
        return None
    event("done")
    return result
