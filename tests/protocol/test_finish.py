"""What every write ends with: what is empty or secret goes, what is required is there."""

import pytest

from scim_server.protocol.errors import InvalidValue, NotMutable
from scim_server.protocol.finish import finish
from scim_server.protocol.schema import Document, ResourceType
from tests.protocol.bodies import BADGE, ENTERPRISE, MINIMAL, USER


@pytest.mark.proves("PAT-030", "RES-005", "ATT-024")
@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ({"userName": ""}, '"userName" is required.'),
        ({}, '"userName" is required.'),
    ],
)
def test_finish_raises_what_the_verb_says_for_what_is_missing(
    user: ResourceType, document: Document, detail: str
) -> None:
    for missing in (InvalidValue, NotMutable):
        with pytest.raises(missing) as refusal:
            finish(user, document, missing)
        assert refusal.value.detail == detail


@pytest.mark.proves("PAT-030")
def test_finish_demands_required_sub_attributes(device: ResourceType) -> None:
    with pytest.raises(NotMutable, match=r'^"location.site" is required'):
        finish(device, MINIMAL | {"location": {"floor": 1}}, NotMutable)


@pytest.mark.proves("RES-005")
def test_finish_drops_what_is_empty_or_secret_and_declares_the_rest(user: ResourceType) -> None:
    document = {
        "schemas": [USER, BADGE],
        "userName": "ada",
        "password": "secret",
        "name": {"givenName": None},
        "emails": [{}, {"value": "a"}],
        "phoneNumbers": [],
        BADGE: {},
        ENTERPRISE: {"division": "x", "manager": {}},
    }
    finished = finish(user, document, InvalidValue)
    assert finished == {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada",
        "emails": [{"value": "a"}],
        ENTERPRISE: {"division": "x"},
    }
    assert finish(user, finished, InvalidValue) == finished
