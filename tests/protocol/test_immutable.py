"""What PUT keeps of what is immutable (RFC 7643 §2.2, RFC 7644 §3.5.1)."""

from pathlib import Path

import pytest

from scim_server.protocol.errors import NotMutable
from scim_server.protocol.immutable import keep_immutable
from scim_server.protocol.loading.registry import registry as read
from scim_server.protocol.schema import ResourceType
from tests.protocol.bodies import device_with


@pytest.mark.proves("ATT-028", "PUT-005", "PUT-006")
def test_put_keeps_or_fills_what_is_immutable(device: ResourceType) -> None:
    before = device_with(registrationState="on", weight=1)
    assert keep_immutable(device, before, device_with(purchaseOrder="P-1")) == device_with(
        purchaseOrder="P-1", registrationState="on"
    )
    before = device_with(purchaseOrder="P-1")
    assert keep_immutable(device, before, device_with()) == before
    assert keep_immutable(device, before, before) == before


@pytest.mark.proves("ATT-028", "PUT-005")
def test_put_cannot_change_what_is_immutable(device: ResourceType) -> None:
    with pytest.raises(NotMutable, match=r'^"purchaseOrder" cannot change'):
        keep_immutable(device, device_with(purchaseOrder="P-1"), device_with(purchaseOrder="p-1"))


@pytest.mark.proves("ATT-028", "PUT-005", "PUT-002")
def test_members_come_and_go_as_a_whole(group: ResourceType) -> None:
    before = {"schemas": [group.schema.id], "displayName": "G", "members": [{"value": "1"}]}
    after = before | {"members": [{"value": "2", "type": "User"}]}
    assert keep_immutable(group, before, after) == after


@pytest.mark.proves("ATT-028", "PUT-005")
def test_immutability_reaches_into_extensions_lists_and_single_objects(tmp_path: Path) -> None:
    (tmp_path / "a.schema.json").write_text(
        '{"id": "urn:a", "name": "A", "attributes": [{"name": "a"}]}'
    )
    (tmp_path / "b.schema.json").write_text(
        '{"id": "urn:b", "name": "B", "attributes": ['
        '{"name": "list", "multiValued": true, "mutability": "immutable"},'
        '{"name": "pairs", "type": "complex", "multiValued": true, "mutability": "immutable",'
        ' "subAttributes": [{"name": "value"}, {"name": "n", "type": "integer"}]},'
        '{"name": "one", "type": "complex", "subAttributes":'
        ' [{"name": "free"}, {"name": "fixed", "mutability": "immutable"}]}]}'
    )
    (tmp_path / "resource_types.json").write_text(
        '[{"name": "A", "endpoint": "/As", "schema": "urn:a",'
        ' "schemaExtensions": [{"schema": "urn:b"}]}]'
    )
    kind = read(tmp_path).kinds["A"]
    content = {
        "list": ["x", "y"],
        "pairs": [{"value": "v", "n": 1}],
        "one": {"free": "f", "fixed": "F"},
    }
    before = {"schemas": ["urn:a", "urn:b"], "urn:b": content}
    reordered = {"pairs": [{"n": 1, "value": "V"}], "list": ["Y", "x"], "one": {"free": "g"}}
    kept = content | {"one": {"free": "g", "fixed": "F"}}
    assert keep_immutable(kind, before, {"schemas": ["urn:a"], "urn:b": reordered}) == {
        "schemas": ["urn:a", "urn:b"],
        "urn:b": kept,
    }
    assert keep_immutable(kind, before, {"schemas": ["urn:a"]})["urn:b"]["one"] == {"fixed": "F"}
    for changed in ({"list": ["x"]}, {"pairs": [{"value": "v"}]}, {"one": {"fixed": "G"}}):
        with pytest.raises(NotMutable, match=r'^"urn:b:'):
            keep_immutable(kind, before, {"schemas": ["urn:a"], "urn:b": content | changed})
