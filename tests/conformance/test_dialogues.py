"""Every recorded client dialogue, as that client sees it and as a strict client sees it."""

import pytest
from structlog.testing import capture_logs

from conformance.dialogue import Dialogue, load
from scim_server.protocol.tolerance.table import TOLERANCES
from tests.conformance.serving import Server

DIALOGUES = load()
SUSPECTED = {"replace_creates", "read_only_in_pathless"}
"""Counted where a request may need them: what is stored is not known yet when it is read."""
GOLDEN = {str(number) for number in range(1, 36)}
BEYOND_THE_RFCS = {
    "H7†",
    "L8†",
    "L11†",
    "W3†",
    "W4†",
    "W5†",
    "W6†",
    "W9†",
    "W10†",
    "P1†",
    "P2†",
    "P5†",
    "P6†",
    "P7†",
    "P8†",
    "P9†",
    "P10†",
    "P11†",
    "P15†",
    "P16†",
    "D5†",
    "1.2†",
    "3†",
    "9†",
}
ONE_DATABASE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""How strict a client is matters before any database is asked."""
VENDORS = {dialogue.name.partition("/")[0] for dialogue in DIALOGUES}


def report(dialogue: Dialogue, url: str, token: str) -> str:
    return "\n".join(str(failure) for failure in dialogue.play(url, token).failures)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.name)
def test_the_client_gets_what_it_needs_and_the_log_names_the_tolerances(
    server: Server, dialogue: Dialogue
) -> None:
    with capture_logs() as lines:
        assert report(dialogue, server.url, server.token(dialogue.credential)) == ""
    used = {name for line in lines for name in line.get("tolerances", ())}
    assert used >= set(dialogue.tolerances)
    assert used <= set(dialogue.tolerances) | SUSPECTED


@pytest.mark.parametrize(
    "dialogue",
    [dialogue for dialogue in DIALOGUES if dialogue.tolerances],
    ids=lambda dialogue: dialogue.name,
)
def test_a_strict_client_is_told_what_is_wrong(server: Server, dialogue: Dialogue) -> None:
    assert report(dialogue.strict(), server.url, server.token("strict")) == ""


@ONE_DATABASE
@pytest.mark.parametrize(
    "dialogue",
    [d for d in DIALOGUES if not d.tolerances and d.credential == "tolerant"],
    ids=lambda dialogue: dialogue.name,
)
def test_a_dialogue_of_the_rfcs_is_the_same_for_a_strict_client(
    server: Server, dialogue: Dialogue
) -> None:
    assert report(dialogue, server.url, server.token("strict")) == ""


def test_every_golden_transcript_and_every_row_beyond_the_rfcs_is_recorded() -> None:
    covered = {row for dialogue in DIALOGUES for row in dialogue.covers}
    assert covered >= GOLDEN | BEYOND_THE_RFCS


def test_every_tolerance_has_a_dialogue_that_needs_no_other() -> None:
    needs = {dialogue.name: dialogue.tolerances for dialogue in DIALOGUES}
    told = {name: needs[tolerance.dialogue] for name, tolerance in TOLERANCES.items()}
    assert told == {name: (name,) for name in TOLERANCES}


def test_no_dialogue_names_a_tolerance_that_is_unknown() -> None:
    named = {name for dialogue in DIALOGUES for name in dialogue.tolerances}
    assert named <= TOLERANCES.keys()


def test_no_two_dialogues_have_one_title() -> None:
    assert len({dialogue.title for dialogue in DIALOGUES}) == len(DIALOGUES)


def test_there_are_enough_clients() -> None:
    assert len(VENDORS) >= 8
