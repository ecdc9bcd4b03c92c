"""PATCH of what has immutable sub-attributes (RFC 7643 §2.2)."""

import pytest

from scim_server.protocol.errors import NotMutable
from scim_server.protocol.schema import Attribute, Document, Mutability, ResourceType, Schema, Type
from tests.protocol.patched import add, patched, remove, replace

SEAL = (Attribute("code", mutability=Mutability.IMMUTABLE), Attribute("note"))
SEALS = ResourceType(
    "Crate",
    "/Crates",
    Schema(
        "urn:example:crate",
        (
            Attribute("seal", Type.COMPLEX, sub_attributes=SEAL),
            Attribute("seals", Type.COMPLEX, multi_valued=True, sub_attributes=SEAL),
        ),
        {},
    ),
)
SEALED: Document = {
    "schemas": ["urn:example:crate"],
    "seal": {"code": "1"},
    "seals": [{"code": "1", "note": "n"}, {"code": "2"}],
}


@pytest.mark.proves("PAT-017")
@pytest.mark.parametrize(
    "operation",
    [
        replace("seal", {"code": "2"}),
        replace("seal.code", "2"),
        remove("seal.code"),
        remove("seal"),
        replace('seals[code eq "1"].code', "3"),
        replace('seals[code eq "1"]', {"code": "3"}),
        remove("seals.code"),
    ],
)
def test_an_immutable_sub_attribute_stays(operation: Document) -> None:
    with pytest.raises(NotMutable):
        patched(SEALS, SEALED, operation)


@pytest.mark.proves("PAT-017", "PAT-035")
def test_elements_with_immutable_sub_attributes_come_and_go() -> None:
    operations = [
        replace('seals[code eq "1"]', {"note": "m"}),
        replace("seal", {"code": "1", "note": "n"}),
        remove('seals[code eq "2"]'),
        add("seals", [{"code": "3"}]),
    ]
    after = patched(SEALS, SEALED, *operations)
    assert after["seals"] == [{"code": "1", "note": "m"}, {"code": "3"}]
    assert after["seal"] == {"code": "1", "note": "n"}
