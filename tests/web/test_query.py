"""Queries (RFC 7644 §3.4.2): what a list says, and of whom."""

from pathlib import Path

import pytest

from tests.application import MESSAGES, Application, Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves


@proves("QRY-001", "QRY-003", "QRY-005")
def test_a_list_has_its_schema_and_every_field(scim: Scim) -> None:
    user = scim.user()
    assert scim.get("/Users").get_json() == {
        "schemas": [f"{MESSAGES}ListResponse"],
        "totalResults": 1,
        "startIndex": 1,
        "itemsPerPage": 1,
        "Resources": [user],
    }


@proves("QRY-002", "QRY-005")
def test_the_total_is_of_all_matches_and_not_of_the_page(scim: Scim) -> None:
    for number in range(25):
        scim.user(title="even" if number % 2 else "odd")
    whole = page(scim.get("/Users?count=10"))
    assert (whole["totalResults"], whole["itemsPerPage"], whole["startIndex"]) == (25, 10, 1)
    query = {"filter": 'title eq "odd"', "count": 5, "startIndex": 3}
    part = page(scim.get("/Users", query=query))
    assert (part["totalResults"], part["itemsPerPage"], part["startIndex"]) == (13, 5, 3)


@proves("QRY-003", "QRY-004")
@pytest.mark.parametrize("path", ["/Users", "/Groups", "/"])
def test_no_match_is_an_empty_list(scim: Scim, path: str) -> None:
    body = page(scim.get(path, query={"filter": 'displayName eq "ghost"'}))
    assert (body["totalResults"], body["Resources"]) == (0, [])


@proves("QRY-007")
def test_more_matches_than_the_limit_are_refused(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db", max_matches=3)
    scim = application.scim()
    for title in ("a", "a", "a", "b"):
        scim.user(title=title)
    assert error(scim.get("/Users?filter=userName+pr")) == (400, "tooMany")
    assert error(scim.get("/Users?filter=userName+pr&cursor")) == (400, "tooMany")
    assert error(scim.get("/?filter=userName+pr")) == (400, "tooMany")
    assert error(scim.search("/Users", filter="userName pr")) == (400, "tooMany")
    assert len(shown(scim.get('/Users?filter=title+eq+"a"'))) == 3
    assert page(scim.get("/Users?count=2"))["totalResults"] == 4
    application.parts.database.close()


@proves("QRY-010")
def test_another_tenant_is_neither_listed_nor_counted(application: Application) -> None:
    mine, theirs = application.scim(), application.scim()
    user, other = mine.user(userName="ada"), theirs.user(userName="ada")
    for path in ("/Users", "/"):
        assert shown(mine.get(path), "id") == [user["id"]]
    assert mine.found("/Users", f'id eq "{other["id"]}" or userName eq "ada"') == [user["id"]]


@proves("QRY-010")
def test_what_the_scopes_do_not_allow_to_read_is_not_counted(application: Application) -> None:
    scim = application.scim()
    scim.user()
    group = scim.group()
    reader = application.scim(tenant=scim.tenant, scopes=("groups:read",))
    body = page(reader.get("/"))
    assert (body["totalResults"], [r["id"] for r in body["Resources"]]) == (1, [group["id"]])
    assert page(reader.get("/?filter=userName+pr"))["totalResults"] == 0
    assert page(reader.get("/?sortBy=userName"))["totalResults"] == 1
    assert error(reader.get("/Users")) == (403, None)
    assert error(reader.search("/Users")) == (403, None)


@proves("QRY-010")
def test_who_may_read_nothing_is_refused(application: Application) -> None:
    assert error(application.scim(scopes=("bulk",)).get("/")) == (403, None)


@pytest.mark.parametrize("text", ["password pr", 'password eq "x"', "password eq null"])
def test_a_secret_cannot_be_asked_for(scim: Scim, text: str) -> None:
    assert error(scim.get("/Users", query={"filter": text})) == (403, "sensitive")
    assert error(scim.get("/", query={"filter": text})) == (403, "sensitive")
    assert error(scim.search("/Users", filter=text)) == (400, "invalidFilter")
    assert error(scim.search("", filter=text)) == (400, "invalidFilter")
