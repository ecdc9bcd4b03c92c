"""No secret is told twice, and none is kept as it is (security rule 26, V-10).

A user gets every secret that there is; then everything that shows anything is looked at: each GET,
each export, what a refused request answers, the log, the counts, and every column of every table.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from scim_server.config import ADMIN_PATH, AUTH_PATH, BASE_PATH
from scim_server.store.models.base import Base
from tests.application import USER, Application, Scim
from tests.post import Postbox, worker_for
from tests.security.endpoints import APIS, LINKS, Write, filled, routes
from tests.security.stage import Stage, bearer_for, staged
from tests.signing import Signing, allow, people, sign_in
from tests.web.person import PASSWORD

METRICS = "m" * 40
MARK = "planted-secret-7f3a"
SECRET_MEMBERS = {
    *("password", "current", "new", "token", "challenge", "proof", "credential", "enrolment"),
    "code",
}
FOR_DIGESTS = {
    *(("login", "password"), ("token", "digest"), ("session", "digest"), ("api_key", "digest")),
    *(("link", "digest"), ("challenge", "digest"), ("recovery_code", "digest")),
}


@dataclass(frozen=True)
class Planted:
    """A stage, its secrets as whoever holds them has them, and the link among them."""

    stage: Stage
    secrets: dict[str, str]


def made(answer: TestResponse, member: str) -> str:
    assert answer.status_code in (200, 201), answer.text
    text: str = answer.get_json()[member]
    return text


def planted(application: Application, world: Scim) -> Planted:
    stage = staged(application, world)
    own, admin = stage.own, stage.admin
    somebody = world.user(password=f"{PASSWORD} two")["id"]
    temporary = made(admin.post(f"/users/{somebody}/password", {"mode": "temporary"}), "password")
    codes: list[str] = own.post("/authenticators/recovery-codes").get_json()["codes"]
    credential = f"/applications/{stage.names['application']}/credential"
    secrets = {
        "password": PASSWORD,
        "password from SCIM": f"{PASSWORD} three",
        "password from PUT": f"{PASSWORD} four",
        "temporary password": temporary,
        "session": str(own.token),
        "key": stage.key,
        "own key": made(own.post("/keys", name="mine", scopes=["users:read"]), "token"),
        "system key": made(admin.post("/keys", {"name": "k", "scopes": ["users:read"]}), "token"),
        "client": world.bearer,
        "administrator": str(admin.bearer),
        "client of the user": stage.client,
        "application": made(admin.post(credential, {}), "token"),
        "challenge": made(sign_in(application, world, own.name, PASSWORD), "challenge"),
        "authenticator": stage.codes.secret,
        "recovery code": codes[0],
        "link": made(admin.post(f"/users/{stage.id}/recovery-link", {}), "link").rpartition("/")[2],
    }
    other = world.user()
    replaced = {"op": "replace", "path": "password", "value": secrets["password from SCIM"]}
    world.patch(f"/Users/{other['id']}", replaced)
    body = {"schemas": [USER], "userName": other["userName"]}
    world.put(f"/Users/{other['id']}", body | {"password": secrets["password from PUT"]})
    return Planted(stage, secrets)


def found(text: str, planted: Planted) -> list[str]:
    """The names of the secrets, and of their digests, that a text holds."""
    told = [name for name, secret in planted.secrets.items() if secret in text]
    digests = {n: hashlib.sha256(s.encode()).hexdigest() for n, s in planted.secrets.items()}
    told += [f"digest of {name}" for name, digest in digests.items() if digest in text]
    return told + (["a hash"] if "$argon2" in text else [])


def walked(planted: Planted, **query: str) -> dict[str, str]:
    """What every GET shows, by its path."""
    stage = planted.stage
    client, shown = stage.application.flask.test_client(), {}
    for method, path, _ in routes(stage.application):
        if method != "GET":
            continue
        if path.startswith(LINKS):
            path, bearer = f"{LINKS}recovery/{planted.secrets['link']}", None
        else:
            api = next((api for api in APIS if path.startswith(api)), BASE_PATH)
            bearer = bearer_for(stage, api, path)
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        answer = client.get(stage.path(path), headers=headers, query_string=query)
        assert answer.status_code in (200, 404) or query, (path, answer.text)
        shown[path] = f"{answer.text}\n{answer.headers}"
    return shown


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"format": "json"},
        {"format": "jsonl"},
        {"attributes": "password,userName"},
        {"count": "1000"},
    ],
    ids=str,
)
def test_no_get_shows_one(application: Application, world: Scim, query: dict[str, str]) -> None:
    everything = planted(application, world)
    shown = walked(everything, **query)
    assert len(shown) > 40
    holding = {path: found(text, everything) for path, text in shown.items()}
    assert {path: names for path, names in holding.items() if names} == {}


def test_what_is_left_of_a_deleted_user_holds_none(application: Application, world: Scim) -> None:
    everything = planted(application, world)
    stage = everything.stage
    answer = stage.admin.send("DELETE", f"/users/{stage.id}", query_string={"export": "true"})
    assert answer.status_code == 200, answer.text
    assert stage.own.name in answer.text
    assert found(answer.text, everything) == []


def test_the_log_holds_none(application: Application, world: Scim) -> None:
    with capture_logs() as lines:
        everything = planted(application, world)
        for token in everything.secrets.values():
            Signing(application, token).get("/session")
            Scim(application, world.tenant, token).get("/Users")
            Signing(application).post("/recovery/password", {"token": token, "password": "short"})
            sign_in(application, world, token, token)
        walked(everything)
    assert len(lines) > 100
    assert found(str(lines), everything) == []


def test_the_counts_hold_none(application: Application, world: Scim) -> None:
    everything = planted(application, world)
    counting = Application(application.config.database_url, metrics_token=METRICS)
    bearer = {"Authorization": f"Bearer {METRICS}"}
    answer = counting.flask.test_client().get("/metrics", headers=bearer)
    assert answer.status_code == 200
    assert found(answer.text, everything) == [] and METRICS not in answer.text
    counting.parts.database.close()


def stored(application: Application) -> dict[tuple[str, str], str]:
    """What is in each column, by table and column."""
    columns = {}
    with application.parts.database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            for position, column in enumerate(table.columns):
                place = (table.name, column.name)
                columns[place] = "\n".join(str(row[position]) for row in rows)
    return columns


def test_the_database_holds_digests_and_sealed_values(
    application: Application, world: Scim
) -> None:
    everything = planted(application, world)
    told = {place: found(text, everything) for place, text in stored(application).items()}
    kept = {place: names for place, names in told.items() if names}
    assert kept.keys() <= FOR_DIGESTS
    assert all(n.startswith("digest of") or n == "a hash" for ns in kept.values() for n in ns)
    assert ("session", "digest") in kept and ("login", "password") in kept


def test_a_mail_that_waits_has_no_token_and_one_that_is_sent_leaves_none(
    application: Application, world: Scim
) -> None:
    stage = staged(application, world)
    box = Postbox()
    with box.open():
        worker_for(application, box).drain()
    token = box.token(f"{stage.own.name}@mail.example")
    assert token.startswith("scimlnk_")
    holding = [place for place, text in stored(application).items() if token in text]
    assert holding == []
    assert stage.admin.get("/mails").status_code == 200
    assert token not in stage.admin.get("/mails").text


def marked(value: Any, as_secret: bool = False) -> Any:
    """A body in which every secret member is the mark, and of the wrong type beside it."""
    match value:
        case dict():
            return {k: marked(v, as_secret or k in SECRET_MEMBERS) for k, v in value.items()}
        case _ if as_secret:
            return [MARK, {MARK: MARK}]
    return value


@pytest.fixture(scope="module")
def refusing(application: Application) -> Stage:
    """One for all that is refused."""
    world = people(application)
    allow(application, world, lockAfter=100)
    return staged(application, world)


@pytest.mark.parametrize(
    ("api", "call"),
    [
        (api, call)
        for api, table in APIS.items()
        for call, write in table.items()
        if isinstance(write.body, dict) and SECRET_MEMBERS & write.body.keys()
    ],
)
@pytest.mark.parametrize("form", ["text", "wrong type", "broken"])
def test_what_is_refused_is_not_repeated(refusing: Stage, api: str, call: str, form: str) -> None:
    body = filled(APIS[api][call].body, refusing.names)
    match form:
        case "text":
            secret = {name: MARK for name in body if name in SECRET_MEMBERS}
            write = Write(body | {name: s for name, s in secret.items() if name != "proof"})
        case "wrong type":
            write = Write(marked(body))
        case _:
            write = Write('{"password": "' + MARK)
    with capture_logs() as lines:
        answer = refusing.send(api, call, write, bearer_for(refusing, api, call))
    assert 400 <= answer.status_code < 500, answer.text
    assert MARK not in answer.text + str(answer.headers) + str(lines)
    assert MARK not in str(stored(refusing.application))


def test_every_endpoint_that_takes_a_secret_is_tried() -> None:
    taking = {
        f"{api} {call}"
        for api, table in APIS.items()
        for call, write in table.items()
        if any(member in str(write.body) for member in ("{password}", "{text}"))
    }
    by_form = f"{AUTH_PATH} POST /introspect"
    tried = {
        f"{api} {call}"
        for api, table in APIS.items()
        for call, write in table.items()
        if isinstance(write.body, dict) and SECRET_MEMBERS & write.body.keys()
    }
    assert taking - {by_form} <= tried
    assert f"{ADMIN_PATH} POST /users/<id>/authenticators/webauthn" in tried
