"""How much a mapping makes of one entry."""

import pytest

from scim_server.protocol.errors import InvalidValue
from scim_server.sync.mapping.mapped import LARGEST, MOST_VIEWS
from tests.sync.mapped import Said, document, entry, sound

NOTED = 'emails = [{each = "mail", value = "{mail}", display = "{cn} ({mail})"}]'


def test_no_more_elements_are_made_than_anybody_has() -> None:
    mails = [f"{number}@example.com" for number in range(MOST_VIEWS + 1)]
    made = document(NOTED, {"mail": mails[1:], "cn": "Ada"})["emails"]
    assert made[0] == {"value": "1@example.com", "display": "Ada (1@example.com)"}
    assert len(made) == MOST_VIEWS
    with pytest.raises(InvalidValue, match=r'^"mail" has too many values.$'):
        document(NOTED, {"mail": mails})


def test_what_elements_repeat_has_a_bound() -> None:
    said: Said = {"mail": ["a@example.com", "b@example.com"], "cn": "x" * (LARGEST // 2)}
    assert len(document(NOTED, said)["emails"]) == 2
    with pytest.raises(InvalidValue, match=r'^"mail" has too many values.$'):
        document(NOTED, {**said, "cn": "x" * (LARGEST // 2 + 1)})


def test_an_entry_that_is_too_large_is_told() -> None:
    mapped = sound("")
    assert mapped.document(entry({"uid": "a", "x": ["x" * (LARGEST - 1)]}))
    with pytest.raises(InvalidValue, match="more than"):
        mapped.document(entry({"uid": "a", "x": ["x" * LARGEST]}))
