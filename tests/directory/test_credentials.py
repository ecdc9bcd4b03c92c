"""Clients and tokens, without a database (security rules 21 and 22)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from scim_server.directory import tokens
from scim_server.directory.credentials import (
    LIVE_TOKENS,
    WARNED_DAYS,
    Client,
    Credentials,
    Token,
    days_left,
)
from scim_server.directory.ports import Contention
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import NotUnique, Unauthorized, Unavailable

DAY = timedelta(days=1)
ENTRA = Client(7, "c1", "entra", frozenset({"*:write"}))


class Shelf:
    """A ClientStore in memory; ``busy`` is what noting a use raises."""

    def __init__(self) -> None:
        self.known: dict[str, Client] = {}
        self.tokens: dict[str, Token] = {}
        self.busy: Exception | None = None
        self.touches = 0

    def credential(self, tenant: int, token_id: str) -> tuple[Token, Client] | None:
        token = self.tokens.get(token_id)
        if token is None or token.tenant != tenant:
            return None
        return token, self.known[token.client]

    def client(self, tenant: int, name: str) -> Client | None:
        found = (c for c in self.known.values() if (c.tenant, c.name) == (tenant, name))
        return next(found, None)

    def clients(self, tenant: int) -> list[tuple[Client, list[Token]]]:
        newest = sorted(self.tokens.values(), key=lambda token: token.created, reverse=True)
        return [(c, [t for t in newest if t.client == c.id]) for c in self.known.values()]

    def add_client(self, client: Client, created: str) -> None:
        if self.client(client.tenant, client.name):
            raise NotUnique(client.name)
        self.known[client.id] = client

    def add_token(self, token: Token) -> None:
        self.tokens[token.id] = token

    def revoke(self, tokens: Sequence[Token], now: str) -> None:
        self.tokens |= {t.id: replace(t, revoked=now) for t in tokens}

    def expire(self, tokens: Sequence[Token], at: str) -> None:
        self.tokens |= {t.id: replace(t, expires=at) for t in tokens}

    def touch(self, token: Token, now: str) -> None:
        self.touches += 1
        if self.busy:
            raise self.busy
        self.tokens[token.id] = replace(self.tokens[token.id], last_used=now)


class Desk:
    """Credentials over a shelf, at a time that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self.shelf = Shelf()
        self.credentials = Credentials(self.shelf, lambda: self.now)

    def passes(self, token: str) -> bool:
        try:
            client = self.credentials.authenticate(token)
        except Unauthorized:
            return False
        return client == ENTRA


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.proves("AUT-004")
def test_a_token_lives_until_it_ends_and_not_a_moment_longer(desk: Desk) -> None:
    token = desk.credentials.add(ENTRA, 30 * DAY)
    desk.now += 30 * DAY - timedelta(milliseconds=1)
    assert desk.passes(token)
    desk.now += timedelta(milliseconds=1)
    assert not desk.passes(token)


def test_rotating_keeps_the_newest_two_tokens_alive(desk: Desk) -> None:
    tokens = [desk.credentials.add(ENTRA, DAY)]
    for _ in range(3):
        desk.now += timedelta(hours=1)
        tokens.append(desk.credentials.issue(ENTRA, DAY))
        alive = [token for token in tokens if desk.passes(token)]
        assert alive == tokens[-LIVE_TOKENS:]


def test_a_token_that_has_ended_does_not_count_as_one_of_the_two(desk: Desk) -> None:
    first = desk.credentials.add(ENTRA, 10 * DAY)
    desk.now += timedelta(hours=1)
    desk.credentials.issue(ENTRA, DAY)
    desk.now += 2 * DAY
    third = desk.credentials.issue(ENTRA, DAY)
    assert [desk.passes(token) for token in (first, third)] == [True, True]


def test_revoking_ends_every_token_at_once(desk: Desk) -> None:
    tokens = [desk.credentials.add(ENTRA, DAY), desk.credentials.issue(ENTRA, DAY)]
    desk.credentials.revoke(ENTRA)
    assert not any(map(desk.passes, tokens))


def test_expiring_sets_the_end_of_live_tokens_and_revives_none(desk: Desk) -> None:
    dead = desk.credentials.add(ENTRA, DAY)
    desk.credentials.revoke(ENTRA)
    live = desk.credentials.issue(ENTRA, DAY)
    desk.credentials.expire(ENTRA, desk.now + timedelta(minutes=5))
    assert [desk.passes(token) for token in (dead, live)] == [False, True]
    desk.now += timedelta(minutes=5)
    assert not desk.passes(live)


def test_a_token_with_another_secret_is_not_the_same(desk: Desk) -> None:
    token = desk.credentials.add(ENTRA, DAY)
    [stored] = desk.shelf.tokens.values()
    desk.shelf.tokens[stored.id] = replace(stored, digest="0" * 64)
    assert not desk.passes(token)


def test_a_token_of_another_tenant_with_the_same_id_is_not_found(desk: Desk) -> None:
    token = desk.credentials.add(ENTRA, DAY)
    [stored] = desk.shelf.tokens.values()
    desk.shelf.tokens[stored.id] = replace(stored, tenant=8)
    assert not desk.passes(token)


@pytest.mark.parametrize("damage", ["", "x", "scim_", "Bearer ", "scim_scim_"])
def test_a_damaged_token_is_refused_without_asking_the_store(desk: Desk, damage: str) -> None:
    token = desk.credentials.add(ENTRA, DAY)
    desk.shelf.tokens.clear()
    for sent in (damage, damage + token[:-1], token[::-1], token + damage + "="):
        assert not desk.passes(sent)


def test_every_reason_for_a_refusal_is_told_alike(desk: Desk) -> None:
    ended = desk.credentials.add(ENTRA, timedelta(0))
    details = set()
    for token in (ended, "scim_x", "", ended[:-1]):
        with pytest.raises(Unauthorized) as refusal:
            desk.credentials.authenticate(token)
        details.add(refusal.value.detail)
    assert len(details) == 1


def test_a_use_is_noted_at_most_once_a_minute(desk: Desk) -> None:
    token = desk.credentials.add(ENTRA, DAY)
    for _ in range(5):
        assert desk.passes(token)
    assert desk.shelf.touches == 1
    desk.now += timedelta(seconds=61)
    assert desk.passes(token)
    assert desk.shelf.touches == 2


@pytest.mark.parametrize("busy", [Unavailable("locked"), Contention()])
def test_a_busy_store_fails_no_request_and_is_not_asked_again_at_once(
    desk: Desk, busy: Exception
) -> None:
    token = desk.credentials.add(ENTRA, DAY)
    desk.shelf.busy = busy
    assert [desk.passes(token) for _ in range(3)] == [True] * 3
    assert desk.shelf.touches == 1


@pytest.mark.parametrize(
    ("left", "days"),
    [(30 * DAY, 30), (DAY, 1), (timedelta(hours=5), 1), (DAY + timedelta(hours=5), 2)],
)
def test_the_days_that_a_token_has_left_count_the_one_that_has_begun(
    desk: Desk, left: timedelta, days: int
) -> None:
    desk.credentials.add(ENTRA, left)
    [token] = desk.shelf.tokens.values()
    assert days_left(token, desk.now) == days
    assert days_left(replace(token, expires=None), desk.now) is None


def warnings(desk: Desk, token: str, hours: int) -> list[int]:
    """The days that were told of in so many hours of use, by the hour."""
    with capture_logs() as lines:
        for _ in range(hours):
            assert desk.passes(token)
            desk.now += timedelta(hours=1)
    assert all((line["event"], line["client"]) == ("token ends soon", "entra") for line in lines)
    return [line["days"] for line in lines]


def test_the_end_of_a_token_is_warned_of_30_14_7_and_1_days_before_and_once_each(
    desk: Desk,
) -> None:
    token = desk.credentials.add(ENTRA, 60 * DAY)
    assert warnings(desk, token, 60 * 24) == [30, 14, 7, 1] == sorted(WARNED_DAYS, reverse=True)


def test_what_is_used_seldom_is_warned_of_at_its_next_use(desk: Desk) -> None:
    token = desk.credentials.add(ENTRA, 60 * DAY)
    assert warnings(desk, token, 1) == []
    desk.now += 40 * DAY
    assert warnings(desk, token, 2) == [20]


def test_a_token_that_is_made_to_end_soon_is_warned_of_at_its_first_use(desk: Desk) -> None:
    assert warnings(desk, desk.credentials.add(ENTRA, 3 * DAY), 2) == [3]


def test_the_new_token_of_a_rotation_is_nothing_to_warn_of(desk: Desk) -> None:
    old = desk.credentials.add(ENTRA, 14 * DAY)
    assert warnings(desk, old, 1) == [14]
    assert warnings(desk, desk.credentials.issue(ENTRA, 365 * DAY), 24) == []


def test_tokens_of_an_owner_stand_together_and_are_all_different() -> None:
    made = [tokens.make_near(Use.SESSION, 1, "ada") for _ in range(100)]
    ids = [id for _, id in made]
    assert len(set(ids)) == 100
    assert len({id[: tokens.NEAR] for id in ids}) == 1
    assert {tokens.parse(text) for text, _ in made} == {
        tokens.Reference(Use.SESSION, 1, id) for id in ids
    }
    other = {tokens.make_near(Use.SESSION, 1, name)[1][: tokens.NEAR] for name in ("bob", "cleo")}
    assert other.isdisjoint(id[: tokens.NEAR] for id in ids)
