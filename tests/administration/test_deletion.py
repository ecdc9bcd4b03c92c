"""A user who is deleted, and all that was known of them, without a secret."""

from typing import Any

import pytest

from tests.application import Application, Scim
from tests.signing import PASSWORD
from tests.web.person import person


@pytest.mark.shows("deleted for good, after an export")
def test_what_belongs_to_a_user_is_exported_and_gone(application: Application, world: Scim) -> None:
    admin = application.admin(world.tenant)
    emails = [{"value": "ada@example.com", "primary": True}]
    ada = person(application, world, emails=emails)
    totp = ada.enrol()
    codes = ada.post("/authenticators/recovery-codes").get_json()["codes"]
    key = admin.post(f"/users/{ada.id}/keys", {"name": "own", "scopes": ["users:read"]}).get_json()
    application_id = admin.post("/applications", {"name": "Wiki"}).get_json()["application"]["id"]
    assert admin.put(f"/users/{ada.id}/applications/{application_id}", {}).status_code == 204
    body = {"holder": ada.id, "role": "Administrator"}
    assert admin.post("/grants", body).status_code == 201
    admin.post(f"/users/{ada.id}/recovery-link", {"mail": "send"})
    answer = admin.send("DELETE", f"/users/{ada.id}", query_string={"export": "true"})
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["id"] == ada.id
    known: dict[str, Any] = answer.get_json()["known"]
    assert known["user"]["userName"] == ada.name
    assert [each["role"] for each in known["roles"]] == ["Administrator"]
    assert [each["name"] for each in known["applications"]] == ["Wiki"]
    assert [each["kind"] for each in known["authenticators"]] == ["totp"]
    assert known["recoveryCodes"] == len(codes)
    assert [each["address"] for each in known["sessions"]] == ["127.0.0.1"]
    assert [each["name"] for each in known["keys"]] == ["own"]
    assert "recovery" in {each["template"] for each in known["mails"]}
    assert {"create", "sign in", "make key"} <= {each["action"] for each in known["events"]}
    secrets = (key["token"], ada.token, totp.secret, PASSWORD, "argon2", *codes)
    assert [secret for secret in secrets if secret and secret in answer.text] == []
    assert admin.get(f"/users/{ada.id}").status_code == 404
    assert ada.get("/session").status_code == 401
    assert admin.get("/keys").get_json()["total"] == 0
