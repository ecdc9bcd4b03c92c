"""Sessions, begun sign-ins and links die with use, and with another password or address (rule 28).

With the account: rule 12. What a link dies of besides: tests/mail/test_links.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.application import Application, Scim
from tests.mail.people import choose
from tests.security.belongings import DOORS, Belongings, equipped
from tests.security.ways import done, imported, operations, whole
from tests.signing import OTHER, Signing
from tests.web.person import PASSWORD

KEYS = ["key", "key over SCIM", "key at an application", "SCIM token"]
"""They die with the account, or one by one."""
NEW_ADDRESS = [{"value": "new@mail.example", "primary": True}]
Deed = Callable[[Application, Belongings], bool]


def by_admin(path: str, body: dict[str, Any], method: str = "POST") -> Deed:
    def send(application: Application, user: Belongings) -> bool:
        admin = application.admin(user.world.tenant)
        return admin.send(method, path.format(id=user.id), body).status_code == 200

    return send


def by_patch(path: str, value: object) -> Deed:
    return lambda _, user: done(
        user.world.patch(f"/Users/{user.id}", {"op": "replace", "path": path, "value": value})
    )


def by_bulk(path: str, value: object) -> Deed:
    def send(_: Application, user: Belongings) -> bool:
        data = operations({"op": "replace", "path": path, "value": value})(user)
        return done(user.world.bulk({"method": "PATCH", "path": f"/Users/{user.id}", "data": data}))

    return send


def by_put(**attributes: Any) -> Deed:
    return lambda _, user: done(user.world.put(f"/Users/{user.id}", whole(user) | attributes))


def by_recovery(application: Application, user: Belongings) -> bool:
    """With another link than the one that is tried afterwards."""
    path = f"/users/{user.id}/recovery-link"
    link = application.admin(user.world.tenant).post(path, {}).get_json()["link"]
    return choose(application, link.rpartition("/")[2], OTHER).status_code == 204


PASSWORDS: dict[str, Deed] = {
    "recovery": by_recovery,
    "temporary": by_admin("/users/{id}/password", {"mode": "temporary"}),
    "removed": by_admin("/users/{id}/password", {"mode": "remove"}),
    "PATCH": by_patch("password", OTHER),
    "Bulk": by_bulk("password", OTHER),
    "PUT": by_put(password=OTHER),
}
ADDRESSES: dict[str, Deed] = {
    "PATCH": by_patch("emails", NEW_ADDRESS),
    "PATCH of the value": by_patch("emails[primary eq true].value", "new@mail.example"),
    "Bulk": by_bulk("emails", NEW_ADDRESS),
    "PUT": by_put(emails=NEW_ADDRESS),
    "PUT without one": by_put(emails=[]),
    "administration": by_admin("/users/{id}", {"email": "new@mail.example"}, "PATCH"),
    "import": imported("email", "new@mail.example"),
}


@pytest.mark.parametrize("way", PASSWORDS)
def test_another_password_ends_them(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    assert PASSWORDS[way](application, user)
    assert user.opening(other) == KEYS


@pytest.mark.parametrize("way", ADDRESSES)
def test_another_address_ends_them(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    assert ADDRESSES[way](application, user)
    assert user.opening(other) == KEYS


def test_ones_own_change_ends_all_but_the_session_that_makes_it(
    application: Application, other: Application, world: Scim
) -> None:
    user = equipped(application, world)
    own = Signing(application, user.session)
    changed = own.post("/password", {"current": PASSWORD, "new": OTHER})
    assert changed.status_code == 204, changed.text
    assert user.opening(other) == ["session", "session at an application", *KEYS]


@pytest.mark.parametrize("door", ["begun sign-in", "begun ceremony", "recovery link"])
def test_what_is_for_one_use_opens_once(
    application: Application, other: Application, world: Scim, door: str
) -> None:
    user = equipped(application, world)
    assert DOORS[door](user, application)
    assert not DOORS[door](user, other)


EVERYWHERE: dict[str, Deed] = {
    "sessions": by_admin("/users/{id}/sessions", {}, "DELETE"),
    "password": by_admin("/users/{id}/password", {"mode": "remove", "signOutEverywhere": True}),
}


@pytest.mark.parametrize("way", EVERYWHERE)
def test_to_sign_out_everywhere_ends_keys_as_well(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    assert EVERYWHERE[way](application, user)
    assert user.opening(other) == []
