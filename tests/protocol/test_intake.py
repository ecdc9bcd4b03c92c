"""The tolerances that rewrite no request: what is advertised, and members that are not there."""

import pytest

from scim_server.protocol.intake import Intake, Lenient, Strict, Tolerant
from scim_server.protocol.schema import Document

SCHEMA: Document = {
    "id": "urn:x",
    "attributes": [
        {"name": "password"},
        {"name": "emails", "subAttributes": [{"name": "value"}, {"name": "primary"}]},
    ],
}
SHORTER: Document = {
    "id": "urn:x",
    "attributes": [{"name": "emails", "subAttributes": [{"name": "value"}]}],
}
HIDDEN = {"password", "emails.primary"}


@pytest.mark.parametrize("intake", [Tolerant(), Lenient()])
def test_a_profile_shortens_a_schema_and_is_noted(intake: Intake) -> None:
    assert intake.advertised(SCHEMA, HIDDEN) == SHORTER
    assert intake.used == {"discovery_profile"}


def test_a_profile_that_hides_nothing_of_a_schema_is_not_noted() -> None:
    intake = Tolerant()
    assert intake.advertised(SCHEMA, {"members.type"}) == SCHEMA
    assert intake.used == set()


def test_to_the_letter_a_schema_is_whole() -> None:
    intake = Strict()
    assert intake.advertised(SCHEMA, HIDDEN) == SCHEMA
    assert intake.used == set()


@pytest.mark.parametrize("intake", [Strict(), Tolerant()])
def test_unknown_members_are_refused(intake: Intake) -> None:
    assert not intake.may_leave_out()
    assert intake.used == set()


def test_unknown_members_are_let_pass_by_the_lenient_and_noted() -> None:
    intake = Lenient()
    assert intake.may_leave_out()
    assert intake.used == {"unknown_members"}
