"""Cells that a spreadsheet would calculate are made harmless, and come back (security rule 27)."""

import csv
import io

import pytest

from tests.application import Application, Scim
from tests.cli.operator import Operator
from tests.signing import tenant_name

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "'=1", "''+1"]
HARMLESS = ["'quoted'", "'", "a=b", "1-1", "", "\u00e9"]
FIRST = tuple("=+-@\t\r")
TEXTS = ("displayName", "givenName", "familyName", "phone", "userType")


def exported(application: Application, world: Scim, by: str) -> str:
    if by == "API":
        answer = application.admin(world.tenant).get("/users/export", format="csv")
        return str(answer.data, "utf-8-sig")
    operator = Operator(SCIM_DATABASE_URL=application.config.database_url)
    result = operator("user", "export", "--tenant", tenant_name(application, world.tenant))
    assert result.exit_code == 0
    return result.stdout_bytes.decode("utf-8-sig")


@pytest.mark.parametrize("by", ["API", "command"])
@pytest.mark.parametrize("text", DANGEROUS + HARMLESS)
def test_no_cell_is_a_formula_and_each_comes_back(
    application: Application, world: Scim, text: str, by: str
) -> None:
    admin = application.admin(world.tenant)
    profile = {name: text for name in TEXTS if text}
    made = admin.post("/users", {"userName": "somebody", **profile})
    assert made.status_code == 201, made.text
    sheet = exported(application, world, by)
    cells = [cell for row in csv.reader(io.StringIO(sheet, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FIRST)]
    other = application.scim()
    answer = application.admin(other.tenant).send(
        "POST", "/users/import", data=sheet.encode(), content_type="text/csv"
    )
    assert answer.get_json()["created"] == 1, answer.text
    [id] = other.found("/Users", 'userName eq "somebody"')
    copy = application.admin(other.tenant).get(f"/users/{id}").get_json()
    for name in TEXTS:
        assert copy.get(name) == made.get_json().get(name)


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_the_history_is_a_formula(
    application: Application, world: Scim, text: str
) -> None:
    admin = application.admin(world.tenant)
    user = world.user(displayName=text)
    admin.post(f"/users/{user['id']}/status", {"event": "suspend", "reason": text})
    answer = admin.get("/events/export", format="csv")
    assert answer.status_code == 200, answer.text
    sheet = answer.data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(sheet, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FIRST)]
