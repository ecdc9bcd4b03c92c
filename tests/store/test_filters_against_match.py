"""The SQL of a filter and match.py on the served views agree on whatever the schemas allow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.protocol.bind import bind
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.match import matches
from scim_server.protocol.schema import Document, ResourceType
from tests.application import Application, Scim
from tests.examples import thorough
from tests.store.random_documents import Documents
from tests.store.random_filters import Filters

SIZES = {"User": 30, "Group": 14, "Device": 18}


class Stored:
    """What is in the store of one kind, as a client sees it, and filters on it."""

    def __init__(self, scim: Scim, kind: ResourceType, views: list[Document]) -> None:
        self.scim = scim
        self.kind = kind
        self.views = views
        self.filters = Filters(kind, views)

    def found(self, text: str) -> list[str]:
        """What the server answers."""
        response = self.scim.search(self.kind.endpoint, filter=text, count=1000, attributes=["id"])
        assert response.status_code == 200, response.text
        return [resource["id"] for resource in response.get_json(force=True)["Resources"]]

    def expected(self, text: str) -> list[str]:
        """What match.py finds in the views."""
        bound = bind(self.kind, parse_filter(text))
        return [view["id"] for view in self.views if matches(bound, view)]


@pytest.fixture(scope="session")
def stored(application: Application) -> dict[str, Stored]:
    scim = application.scim("strict")
    kinds = application.parts.registry.kinds
    documents = Documents(7643)
    groups: list[str] = []
    for name, size in SIZES.items():
        for _ in range(size):
            body = documents.make(kinds[name])
            if name == "Group":
                ids = documents.random.sample(documents.ids[2:], documents.random.choice((0, 1, 4)))
                body["members"] = [{"value": id} for id in dict.fromkeys((*ids, *groups[-1:]))]
            response = scim.post(kinds[name].endpoint, body)
            assert response.status_code == 201, response.text
            created = response.get_json(force=True)["id"]
            documents.ids.append(created)
            if name == "Group" and documents.count % 3:
                groups.append(created)
    return {name: _stored(scim, kinds[name]) for name in SIZES}


def _stored(scim: Scim, kind: ResourceType) -> Stored:
    everything = [path.text for path in kind.paths()]
    response = scim.search(kind.endpoint, attributes=everything, count=1000)
    views: list[dict[str, Any]] = response.get_json(force=True)["Resources"]
    for view in views:
        # What others say of a resource is no part of the version that filters know.
        view["meta"]["version"] = view["meta"]["version"].split(".")[0].rstrip('"') + '"'
    return Stored(scim, kind, views)


@pytest.mark.proves("FIL-001", "FIL-002", "FIL-004", "FIL-005", "FIL-006")
@pytest.mark.parametrize("name", SIZES)
@thorough(50)
@given(data=st.data())
def test_both_find_the_same(stored: dict[str, Stored], name: str, data: st.DataObject) -> None:
    text = data.draw(stored[name].filters.strategy)
    assert stored[name].found(text) == stored[name].expected(text), text
