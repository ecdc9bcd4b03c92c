"""A client that sends every name there is writes what the schema lets it (security rules 5, 13)."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.store.models.base import Base
from tests.application import Application, Scim, error
from tests.published import COMMON, is_read_only, names_a_resource
from tests.rows import digest
from tests.web.bulk_job import run
from tests.web.samples import KINDS, VALUES, Json, definitions, full, kind, schema

FORGED: Json = VALUES | {
    "string": "forged",
    "dateTime": "2000-01-01T00:00:00Z",
    "reference": "https://forged.example/Users/1",
    # Only meta, of which no schema lists the parts.
    "complex": {
        "resourceType": "forged",
        "created": "2000-01-01T00:00:00Z",
        "lastModified": "2000-01-01T00:00:00Z",
        "location": "https://forged.example/Users/1",
        "version": 'W/"forged"',
    },
}


@pytest.fixture(params=["strict", "tolerant"])
def client(request: pytest.FixtureRequest, application: Application) -> Scim:
    """A client of either mode."""
    return application.scim(request.param)


def forged(definition: Json) -> Any:
    """A value of the right type that no server would choose."""
    parts = definition.get("subAttributes")
    single = {part["name"]: forged(part) for part in parts} if parts else FORGED[definition["type"]]
    return [single] if definition.get("multiValued") else single


def honest(scim: Scim, name: str) -> Json:
    """All that a client may write; every reference names a user of its own."""
    document = full(scim, name)
    for urn, definition in definitions(scim, name):
        parts = definition.get("subAttributes", [])
        if not is_read_only(definition) and any(map(names_a_resource, parts)):
            element = {"value": scim.user(displayName="Ada")["id"]}
            holder = document if urn is None else document.setdefault(urn, {})
            holder[definition["name"]] = [element] if definition["multiValued"] else element
    return document


def with_the_rest(scim: Scim, name: str, document: Json) -> Json:
    """The document with what only the server writes, in it and in its elements."""
    sent = document | {d["name"]: forged(d) for d in COMMON if is_read_only(d)}
    for urn, definition in definitions(scim, name):
        holder = sent if urn is None else sent.setdefault(urn, {})
        if is_read_only(definition):
            holder[definition["name"]] = forged(definition)
            continue
        parts = [*filter(_is_the_server_s, definition.get("subAttributes", []))]
        rest = {part["name"]: forged(part) for part in parts}
        value = holder[definition["name"]]
        if rest:
            holder[definition["name"]] = (
                [each | rest for each in value] if isinstance(value, list) else value | rest
            )
    return sent


def _is_the_server_s(part: Json) -> bool:
    return is_read_only(part) or names_a_resource(part)


@pytest.mark.parametrize("name", KINDS)
def test_what_only_the_server_writes_is_written_by_no_method(client: Scim, name: str) -> None:
    at = kind(client, name)["endpoint"]
    document = honest(client, name)
    sent = with_the_rest(client, name, document)
    created = client.post(at, sent)
    assert created.status_code == 201, created.text
    assert "forged" not in created.text and "2000-01-01" not in created.text
    one = f"{at}/{created.get_json()['id']}"
    rows = digest(client)
    for body in (document, sent):
        assert client.put(one, body).get_json()["meta"] == created.get_json()["meta"]
    [result] = run(client, {"method": "PUT", "path": one, "data": sent})
    assert result["version"] == created.headers["ETag"]
    patched = client.patch(one, {"op": "replace", "value": sent})
    assert patched.status_code == 200 or error(patched) == (400, "mutability")
    assert digest(client) == rows


def strangers(scim: Scim, name: str) -> Iterator[str]:
    """The URNs of every schema that is not the kind's."""
    published = kind(scim, name)
    own = {published["schema"], *(each["schema"] for each in published["schemaExtensions"])}
    every = scim.get("/Schemas").get_json()["Resources"]
    return (each["id"] for each in every if each["id"] not in own)


@pytest.mark.parametrize("name", KINDS)
def test_the_urns_of_others_hold_nothing(client: Scim, name: str) -> None:
    at = kind(client, name)["endpoint"]
    document = honest(client, name)
    shown = client.post(at, document).get_json()
    rows = digest(client)
    for urn in strangers(client, name):
        attributes = schema(client, urn)["attributes"]
        value = {each["name"]: forged(each) for each in attributes}
        operations = [
            {"op": "add", "value": {urn: value}},
            {"op": "add", "path": urn, "value": value},
            *({"op": "add", "path": f"{urn}:{each}", "value": value[each]} for each in value),
        ]
        one = f"{at}/{shown['id']}"
        answers = [client.put(one, document | {urn: value})]
        answers += [client.patch(one, operation) for operation in operations]
        answers += [client.put(one, document | {"schemas": [*document["schemas"], urn]})]
        assert {answer.status_code for answer in answers} <= {200, 400}
        assert not any("forged" in answer.text for answer in answers if answer.status_code == 200)
    assert digest(client) == rows


@pytest.mark.parametrize("name", KINDS)
def test_no_column_of_a_table_can_be_written_by_its_name(client: Scim, name: str) -> None:
    at = kind(client, name)["endpoint"]
    document = honest(client, name)
    shown = client.post(at, document).get_json()
    known = {d["name"].lower() for urn, d in definitions(client, name) if urn is None}
    # The badge's number, whose URN a tolerant client may leave out, is everybody's to write.
    known |= {"id", "schemas", "meta", "number"}
    every = {c.name: c for table in Base.metadata.tables.values() for c in table.columns}
    columns = every.keys() - known
    assert {"tenant", "version", "status", "public_id", "document"} <= columns
    one, rows = f"{at}/{shown['id']}", digest(client)
    for column in sorted(columns):
        value = 1 if issubclass(every[column].type.python_type, int) else "forged"
        answers = [
            client.put(one, document | {column: value}),
            client.patch(one, {"op": "replace", "path": column, "value": value}),
            client.patch(one, {"op": "replace", "value": {column: value}}),
        ]
        assert {answer.status_code for answer in answers} <= {200, 400}
    assert digest(client) == rows
