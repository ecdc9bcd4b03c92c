"""``schemas``, and the extensions that it declares (RFC 7643 §3)."""

from pathlib import Path

import pytest

from scim_server.protocol.errors import InvalidSyntax, InvalidValue
from scim_server.protocol.loading.registry import registry as read
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.bodies import BADGE, ENTERPRISE, USER, user_with


@pytest.mark.proves("RES-004", "CRE-011")
@pytest.mark.parametrize("schemas", [None, [], [ENTERPRISE], ["urn:x:y"]])
def test_schemas_names_the_base_schema(user: ResourceType, schemas: object) -> None:
    with pytest.raises(InvalidSyntax, match=f'"schemas" must contain "{USER}"'):
        load(user, user_with(schemas=schemas))


@pytest.mark.proves("RES-002", "RES-008")
def test_schemas_names_nothing_unknown(user: ResourceType) -> None:
    with pytest.raises(InvalidValue, match='"schemas" names "urn:x:y"'):
        load(user, user_with(schemas=[USER, "urn:x:y"]))


@pytest.mark.proves("RES-003", "RES-005", "RES-007", "RES-009")
@pytest.mark.parametrize(
    ("urns", "more", "expected"),
    [
        ([USER, USER, USER.upper()], {}, [USER]),
        ([ENTERPRISE, USER], {ENTERPRISE: {"division": "x"}}, [USER, ENTERPRISE]),
        ([USER, ENTERPRISE], {}, [USER]),
        ([USER, ENTERPRISE], {ENTERPRISE: {"division": None}}, [USER]),
        ([USER], {ENTERPRISE.upper(): {"division": "x"}}, [USER, ENTERPRISE]),
        (
            [USER],
            {BADGE: {"number": "1"}, ENTERPRISE: {"division": "x"}},
            [USER, ENTERPRISE, BADGE],
        ),
    ],
)
def test_schemas_becomes_what_has_data(
    user: ResourceType, urns: list[str], more: Document, expected: list[str]
) -> None:
    assert load(user, user_with(schemas=urns, **more))["schemas"] == expected


@pytest.mark.proves("RES-010")
def test_a_required_extension_is_demanded(tmp_path: Path) -> None:
    (tmp_path / "a.schema.json").write_text(
        '{"id": "urn:a", "name": "A", "attributes": [{"name": "a"}]}'
    )
    (tmp_path / "b.schema.json").write_text(
        '{"id": "urn:b", "name": "B", "attributes": ['
        '{"name": "b", "required": true}, {"name": "id", "required": true}]}'
    )
    (tmp_path / "resource_types.json").write_text(
        '[{"name": "A", "endpoint": "/As", "schema": "urn:a",'
        ' "schemaExtensions": [{"schema": "urn:b", "required": true}]}]'
    )
    kind = read(tmp_path).kinds["A"]
    for absent in ({}, {"urn:b": None}, {"urn:b": {"b": None}}):
        with pytest.raises(InvalidValue, match=r'^"urn:b" is required'):
            load(kind, {"schemas": ["urn:a"], **absent})
    with pytest.raises(InvalidValue, match=r'^"urn:b:id" is required'):
        load(kind, {"schemas": ["urn:a"], "urn:b": {"b": "x"}})
    assert load(kind, {"schemas": ["urn:a"], "urn:b": {"b": "x", "id": "y"}})
