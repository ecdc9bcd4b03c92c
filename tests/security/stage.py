"""A tenant in which every endpoint finds what it is about."""

from dataclasses import dataclass
from typing import Any

import pyotp
from werkzeug.test import TestResponse

from scim_server.config import ADMIN_PATH, AUTH_PATH, BASE_PATH
from scim_server.directory.sources.runs import State
from tests.application import ACCOUNT, Admin, Application, Scim
from tests.security.endpoints import ADMINISTRATION, Write, filled
from tests.signing import tenant_name
from tests.sync.known import put_run, register
from tests.web.people import SUPER, give, key_of
from tests.web.person import PASSWORD, Person, person

FOLDER = "/emea"


@dataclass(frozen=True)
class Stage:
    """A user who has everything, whom requests are about.

    names: what a path or a body may name, as ``{user}``, and ``<group>``
    """

    application: Application
    world: Scim
    admin: Admin
    own: Person
    client: str
    key: str
    codes: pyotp.TOTP
    names: dict[str, str]

    @property
    def id(self) -> str:
        """Of the user."""
        return self.own.id

    def send(self, api: str, call: str, write: Write, bearer: str | None) -> TestResponse:
        """One request of the tables, about the user or about what the user has."""
        method, _, path = call.partition(" ")
        body = filled(write.body, self.names)
        given: dict[str, Any] = {"json": body}
        if isinstance(body, str):
            given = {"data": body.encode(), "content_type": write.media}
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.application.flask.test_client().open(
            api + self.path(path),
            method=method,
            query_string=write.query,
            headers=headers,
            buffered=True,
            **given,
        )

    def path(self, path: str) -> str:
        """With ids: ``<id>`` is that of what the path begins with."""
        first = path.strip("/").split("/")[0]
        names = self.names | {"id": self.names.get(first.removesuffix("s").lower(), self.id)}
        for name, text in names.items():
            path = path.replace(f"<{name}>", text)
        return path

    def told(self) -> str:
        """All that is shown of the user."""
        shown = ("", "/overview", "/rights", "/keys", "/sessions", "/authenticators")
        answers = [self.admin.get(f"/users/{self.id}{each}") for each in shown]
        assert {answer.status_code for answer in answers} == {200}
        return "\n".join(answer.text for answer in answers)


def staged(application: Application, world: Scim) -> Stage:
    """A new user, who is a Super Admin, as one other is, too."""
    admin = application.admin(world.tenant)
    give(admin, world.user()["id"], SUPER)
    name = f"{world.name()}-{world.tenant}"
    own = person(application, world, userName=name, emails=[{"value": f"{name}@mail.example"}])
    codes = own.enrol()
    writer = application.scim(tenant=world.tenant, scopes=("*:write", "accounts:write"))
    folder = {"op": "add", "path": f"{ACCOUNT}:folder", "value": FOLDER}
    assert writer.patch(f"/Users/{own.id}", folder).status_code == 200
    made = admin.post("/applications", {"name": world.name()}).get_json()["application"]["id"]
    admin.post(f"/applications/{made}/assignments", {"holders": [own.id]})
    grant = give(admin, own.id, SUPER)
    key = key_of(application, world.tenant, own.id)
    admin.post(f"/users/{own.id}/authenticators/webauthn/begin")
    admin.post(f"/users/{own.id}/recovery-link", {"mail": "send"})
    ids = {
        "user": own.id,
        "session": own.get("/session").get_json()["id"],
        "key": admin.get(f"/users/{own.id}/keys").get_json()["keys"][0]["id"],
        "authenticator": own.get("/authenticators").get_json()["authenticators"][0]["id"],
        "application": made,
        "group": world.group(own.id)["id"],
        "spare": world.group()["id"],
        "grant": grant,
        "holder": own.id,
        "mail": admin.get("/mails").get_json()["mails"][0]["id"],
        "source": register(application, world.tenant, "hr"),
        "run": put_run(
            application,
            world.tenant,
            source=register(application, world.tenant),
            state=State.AWAITING_CONFIRMATION,
        ),
    }
    texts = {
        "new": world.name(),
        "name": own.name,
        "password": PASSWORD,
        "tenant": tenant_name(application, world.tenant),
        "text": "nothing",
    }
    client = application.token(world.tenant, user=own.id)
    names = ids | texts | {"id": own.id}
    return Stage(application, world, admin, own, client, key, codes, names)


def bearer_for(stage: Stage, api: str, call: str) -> str | None:
    """Who may do it: an administrator, the identity provider, or the user."""
    if "/Me" in call:
        return stage.client
    bearers = {
        ADMIN_PATH: stage.admin.bearer,
        BASE_PATH: stage.world.bearer,
        AUTH_PATH: stage.own.token,
    }
    return bearers[api]


ABOUT_SOMEBODY = [
    call
    for call, write in ADMINISTRATION.items()
    if any(part in call for part in ("/users/<id>", "/sessions/", "/keys/", "/grants/", "/mails/"))
    or any(part in str(write.body) for part in ("{id}", "{session}"))
]
"""Of the administration, what is done to a user or to something of theirs."""
