"""Who may come in at all (RFC 7644 §2, RFC 6750; security rules 4, 21, 22, 23)."""

import base64
import binascii
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from scim_server.app import assemble
from scim_server.directory.credentials import Client
from scim_server.directory.tokens import LAYOUT, Use
from scim_server.protocol.errors import NotUnique
from scim_server.web.auth import Access, UndeclaredRoute, refuse_undeclared
from tests.application import BASE_URL, Application, Scim, error

BASE = BASE_URL.removeprefix("https://scim.example.com")


def got(scim: Scim, authorization: str | None, **kwargs: Any) -> TestResponse:
    """GET /Users with that header."""
    headers = {} if authorization is None else {"Authorization": authorization}
    return scim.application.flask.test_client().get(f"{BASE}/Users", headers=headers, **kwargs)


@pytest.mark.proves("AUT-001")
def test_without_a_credential_the_answer_names_the_scheme(scim: Scim) -> None:
    response = got(scim, None)
    assert error(response) == (401, None)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="scim"'


def forged(tenant: int) -> str:
    """A token of the right form that nobody was given."""
    payload = LAYOUT.pack(tenant, b"12345678", b"0" * 24)
    checked = payload + binascii.crc32(payload).to_bytes(4)
    return Use.CLIENT + base64.urlsafe_b64encode(checked).rstrip(b"=").decode()


@pytest.mark.proves("AUT-002", "AUT-005")
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer scim_",
        "Bearer scim_%%%%",
        "Bearer scim_\u00e9",
        f"Bearer {forged(1)}",
        f"Bearer {forged(2**31 - 1)}",
        f"Bearer {forged(-1)}",
        "Basic dXNlcjpwYXNz",
        "Bearer {token} {token}",
        "Bearer {token},Bearer {token}",
        "Bearer {token}, Bearer {token}",
        "Bearer {token}x",
        "Bearer {token}=",
        "Token {token}",
        "{token}",
        "Bearer {lower}",
        "Bearer {cut}",
    ],
)
def test_a_credential_that_is_none_never_passes(scim: Scim, authorization: str) -> None:
    token = scim.bearer
    sent = authorization.format(token=token, lower=token.lower(), cut=token[:-1])
    response = got(scim, sent)
    assert error(response) == (401, None)
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.proves("AUT-002")
def test_an_invalid_token_is_called_so(scim: Scim) -> None:
    challenge = got(scim, f"Bearer {forged(scim.tenant)}").headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in challenge


def test_the_scheme_is_taken_in_any_letter_case(scim: Scim) -> None:
    assert got(scim, f"bearer {scim.bearer}").status_code == 200


@pytest.mark.proves("AUT-008")
def test_a_token_in_the_query_string_is_no_credential(scim: Scim) -> None:
    response = got(scim, None, query_string={"access_token": scim.bearer, "token": scim.bearer})
    assert error(response) == (401, None)


@pytest.mark.proves("AUT-004")
def test_a_token_ends(application: Application) -> None:
    ended = application.scim(lifetime=timedelta(0))
    assert error(ended.get("/Users")) == (401, None)


@pytest.mark.proves("AUT-004", "AUT-005")
def test_a_token_is_long_random_and_recognisable(scim: Scim) -> None:
    others = {scim.application.token(scim.tenant) for _ in range(20)}
    assert len(others) == 20
    for token in others:
        assert token.startswith("scim_")
        payload = base64.urlsafe_b64decode(token.removeprefix("scim_") + "==")[:-4]
        assert len(LAYOUT.unpack(payload)[2]) * 8 >= 128


def test_a_rotation_has_no_gap_and_a_third_token_ends_the_first(scim: Scim) -> None:
    credentials = scim.application.parts.credentials
    [(client, _)] = scim.application.parts.clients.clients(scim.tenant)
    second = credentials.issue(client, timedelta(days=1))
    assert [scim.get("/Users", token=t).status_code for t in (scim.bearer, second)] == [200, 200]
    third = credentials.issue(client, timedelta(days=1))
    tokens = (scim.bearer, second, third)
    assert [scim.get("/Users", token=t).status_code for t in tokens] == [401, 200, 200]


def test_a_revoked_client_is_out_at_once(scim: Scim) -> None:
    credentials = scim.application.parts.credentials
    [(client, _)] = scim.application.parts.clients.clients(scim.tenant)
    assert scim.get("/Users").status_code == 200
    credentials.revoke(client)
    assert error(scim.get("/Users")) == (401, None)


def test_the_use_of_a_token_is_noted(scim: Scim) -> None:
    def last_used() -> str | None:
        [(_, [token])] = scim.application.parts.clients.clients(scim.tenant)
        return token.last_used

    assert last_used() is None
    scim.get("/Users")
    assert last_used() is not None


@pytest.mark.proves("IOP-009")
def test_a_client_over_its_rate_is_told_when_to_come_back(application: Application) -> None:
    client = application.scim(rate=3)
    answers = [client.get("/Users?count=0") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    for answer in refused:
        assert error(answer) == (429, None)
        assert int(answer.headers["Retry-After"]) >= 1


def test_without_a_rate_a_client_is_never_told_to_wait(scim: Scim) -> None:
    codes = {scim.get("/Users?count=0").status_code for _ in range(60)}
    assert codes == {200}


@pytest.fixture
def wary(application: Application) -> Flask:
    """The server as it is when an address may fail 3 times a minute."""
    parts = application.parts
    config = replace(parts.config, failures_per_minute=3)
    return assemble(replace(parts, config=config))


@pytest.mark.proves("SEC-004")
def test_an_address_that_fails_too_often_waits_and_good_tokens_behind_it_do_not(
    application: Application, wary: Flask
) -> None:
    client = wary.test_client()

    def asked(token: str, address: str) -> TestResponse:
        return client.get(
            f"{BASE}/Users",
            headers={"Authorization": f"Bearer {token}"},
            environ_overrides={"REMOTE_ADDR": address},
        )

    attempts = [asked(forged(1), "192.0.2.1") for _ in range(5)]
    assert [answer.status_code for answer in attempts] == [401, 401, 401, 429, 429]
    assert int(attempts[-1].headers["Retry-After"]) >= 1
    assert asked(forged(1), "192.0.2.2").status_code == 401
    good = application.token(application.tenant())
    assert asked(good, "192.0.2.1").status_code == 200


def test_every_route_says_who_may_come(application: Application) -> None:
    for rule in application.flask.url_map.iter_rules():
        view = application.flask.view_functions[rule.endpoint]
        assert isinstance(getattr(view, "access", None), Access), rule.rule


@pytest.mark.proves("AUT-001")
def test_every_route_but_discovery_and_health_is_closed_to_strangers(
    application: Application,
) -> None:
    client = application.flask.test_client()
    for rule in application.flask.url_map.iter_rules():
        view: Any = application.flask.view_functions[rule.endpoint]
        method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
        response = client.open(re.sub("<.*?>", "x", rule.rule), method=method)
        is_closed = view.access not in (Access.ANYONE, Access.DISCOVERY)
        assert (response.status_code == 401) == is_closed, rule.rule


@pytest.mark.parametrize("path", ["/new", "/scim/v2/New"])
def test_a_route_that_does_not_say_who_may_come_stops_the_start(
    application: Application, path: str
) -> None:
    flask = assemble(application.parts)
    flask.add_url_rule(path, view_func=lambda: "open to all", endpoint="new")
    with pytest.raises(UndeclaredRoute, match=path):
        refuse_undeclared(flask)


def test_a_client_of_one_name_is_added_once(application: Application) -> None:
    tenant = application.tenant()
    credentials = application.parts.credentials
    client = Client(tenant, "1", "entra", frozenset({"*:write"}))
    credentials.add(client, timedelta(days=1))
    with pytest.raises(NotUnique):
        credentials.add(replace(client, id="2"), timedelta(days=1))
