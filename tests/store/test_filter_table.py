"""The table of filters that match.py answers, answered by SQL on both databases."""

import pytest

from tests.application import Application, Scim
from tests.protocol.filter_cases import FILTERS
from tests.protocol.filter_documents import DOCUMENTS, filled
from tests.protocol.shipped import REGISTRY


@pytest.fixture(scope="session")
def filed(application: Application) -> tuple[Scim, dict[str, dict[str, str]]]:
    """A client in strict mode, and the ids of the table's documents."""
    scim = application.scim("strict")
    ids: dict[str, dict[str, str]] = {}
    for kind, documents in DOCUMENTS.items():
        for name, document in documents.items():
            response = scim.post(REGISTRY.kinds[kind].endpoint, document)
            assert response.status_code == 201, response.text
            ids.setdefault(kind, {})[name] = response.get_json(force=True)["id"]
    return scim, ids


@pytest.mark.parametrize(("kind", "text", "names"), FILTERS)
def test_a_filter_finds(
    filed: tuple[Scim, dict[str, dict[str, str]]], kind: str, text: str, names: tuple[str, ...]
) -> None:
    scim, ids = filed
    found = scim.search(REGISTRY.kinds[kind].endpoint, filter=filled(text, ids[kind]), count=100)
    assert found.status_code == 200, found.text
    resources = found.get_json(force=True)["Resources"]
    assert [resource["id"] for resource in resources] == [ids[kind][name] for name in names]
