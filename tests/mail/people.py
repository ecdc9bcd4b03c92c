"""Users with addresses, and what they ask for."""

from typing import Any

from werkzeug.test import TestResponse

from tests.application import Application, Scim
from tests.signing import PASSWORD, Signing, tenant_name

NEW = "nineteen quiet otters"


def reader(world: Scim, **attributes: Any) -> tuple[dict[str, Any], str]:
    """A user who signs in with PASSWORD, and the address."""
    name = f"{world.name()}-{world.tenant}"
    address = f"{name}@mail.example"
    emails = [{"value": address, "primary": True}]
    user = world.user(**{"userName": name, "emails": emails, "password": PASSWORD} | attributes)
    return user, address


def ask(application: Application, world: Scim, **who: str) -> TestResponse:
    """Ask for a link, by ``userName`` or ``email``."""
    tenant = tenant_name(application, world.tenant)
    return Signing(application).post("/recovery", {"tenant": tenant, **who})


def choose(application: Application, token: str, password: str = NEW) -> TestResponse:
    """Choose a password with a recovery link."""
    body = {"token": token, "password": password}
    return Signing(application).post("/recovery/password", body)


def age(application: Application, world: Scim, table: str, *columns: str) -> None:
    """As if what the table holds of the tenant had come, or ended, long ago."""
    set_ = ", ".join(f"{column} = '2026-01-01T00:00:00'" for column in columns)
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {set_} WHERE tenant = {world.tenant}")


def activate(application: Application, token: str, password: str = NEW) -> TestResponse:
    """Activate with a link."""
    return Signing(application).post("/activation", {"token": token, "password": password})
