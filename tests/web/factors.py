"""Second factors of users, as an administrator registers and sees them."""

from typing import Any

from tests.application import Admin, Application
from tests.software_key import SoftwareKey


def registered(admin: Admin, user: str, key: SoftwareKey, name: str = "blue key") -> Any:
    """Register a key on a user's behalf, and return the last answer."""
    begun = admin.post(f"/users/{user}/authenticators/webauthn/begin")
    assert begun.status_code == 200, begun.text
    credential = key.create(begun.get_json()["publicKey"])
    body = {"name": name, "credential": credential}
    return admin.post(f"/users/{user}/authenticators/webauthn", body)


def listed(admin: Admin, user: str) -> list[str]:
    shown = admin.get(f"/users/{user}/authenticators").get_json()
    return [each["name"] for each in shown["authenticators"]]


def actions(admin: Admin, user: str) -> list[str]:
    events = admin.get(f"/users/{user}/events").get_json()["events"]
    return [event["action"] for event in events]


def mails(application: Application, tenant: int) -> list[str]:
    """The templates of the mails that wait, by address."""
    with application.parts.database.reading() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT address, template FROM mail WHERE tenant = {tenant} ORDER BY id"
        )
        return [f"{address} {template}" for address, template in rows]
