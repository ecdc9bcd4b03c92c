"""Users (RFC 7643 §4.1)."""

import pytest

from tests.application import BASE_URL, USER, Scim, error


@pytest.mark.proves("USR-001")
def test_users_live_where_their_type_says(strict: Scim) -> None:
    published = strict.get("/ResourceTypes/User").get_json()
    assert (published["schema"], published["endpoint"]) == (USER, "/Users")
    assert strict.user()["meta"]["location"].startswith(f"{BASE_URL}/Users/")


@pytest.mark.proves("USR-002")
@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u00a0", None, [], 7])
def test_a_user_has_a_name(scim: Scim, name: object) -> None:
    body = {"schemas": [USER], "userName": name}
    assert error(scim.post("/Users", body)) == (400, "invalidValue")


@pytest.mark.proves("USR-003", "INT-001", "INT-002")
@pytest.mark.parametrize(
    ("first", "second"),
    [("Bob", "bob"), ("bob", "ＢＯＢ"), ("é", "e\u0301"), ("STRASSE", "straße"), ("İ", "i\u0307")],
)
def test_names_that_read_the_same_are_one(strict: Scim, first: str, second: str) -> None:
    id = strict.user(userName=first)["id"]
    body = {"schemas": [USER], "userName": second}
    assert error(strict.post("/Users", body)) == (409, "uniqueness")
    assert strict.found("/Users", f'userName eq "{second}"') == [id]


@pytest.mark.proves("USR-004")
def test_a_user_can_be_renamed(strict: Scim) -> None:
    at = f"/Users/{strict.user(userName='bo')['id']}"
    rename = {"op": "replace", "path": "userName", "value": "BO"}
    assert strict.patch(at, rename).get_json()["userName"] == "BO"
    renamed = strict.put(at, {"schemas": [USER], "userName": "al"})
    assert renamed.get_json()["userName"] == "al"
    assert strict.post("/Users", {"schemas": [USER], "userName": "bo"}).status_code == 201


@pytest.mark.proves("USR-007")
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("preferredLanguage", "fr-CA, en;q=0.5"),
        ("preferredLanguage", "en_US"),
        ("locale", "en-US"),
        ("locale", "en_US"),
        ("timezone", "America/Los_Angeles"),
        ("timezone", "Mars/Olympus"),
    ],
)
def test_language_locale_and_zone_are_kept_as_they_come(
    strict: Scim, attribute: str, value: str
) -> None:
    assert strict.user(**{attribute: value})[attribute] == value


@pytest.mark.proves("USR-008", "SDF-007")
def test_a_suspended_user_is_still_there(strict: Scim) -> None:
    user = strict.user()
    assert user["active"] is True
    at = f"/Users/{user['id']}"
    strict.patch(at, {"op": "replace", "path": "active", "value": False})
    assert strict.get(at).get_json()["active"] is False
    assert strict.found("/Users", "active eq false") == [user["id"]]
    assert strict.get("/Users").get_json()["totalResults"] == 1
    assert strict.user(active=False)["active"] is False


@pytest.mark.proves("USR-012", "SEC-002")
@pytest.mark.parametrize("operator", ['eq "x"', 'co "x"', "pr", 'ne "x"'])
def test_no_filter_speaks_of_a_password(strict: Scim, operator: str) -> None:
    filter = f"password {operator}"
    assert error(strict.get("/Users", query={"filter": filter})) == (403, "sensitive")
    assert error(strict.search("/Users", filter=filter)) == (400, "invalidFilter")


@pytest.mark.proves("USR-015")
@pytest.mark.parametrize("type", ["photo", "thumbnail"])
def test_a_photo_is_a_url(strict: Scim, type: str) -> None:
    photos = [{"value": "https://photos.example.com/F", "type": type, "primary": True}]
    assert strict.user(photos=photos)["photos"] == photos
    body = {"schemas": [USER], "userName": "bo", "photos": [{"value": "C:\\me and you.png"}]}
    assert error(strict.post("/Users", body)) == (400, "invalidValue")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", ""])
def test_a_certificate_has_no_pem_armour(strict: Scim, line_end: str) -> None:
    armour = ("-----BEGIN CERTIFICATE-----", "MAMCAQE=", "-----END CERTIFICATE-----")
    assert strict.user(x509Certificates=[{"value": armour[1]}])["x509Certificates"]
    for lines in (armour, armour * 2):
        certificates = [{"value": line_end.join(lines)}]
        body = {"schemas": [USER], "userName": "bo", "x509Certificates": certificates}
        assert error(strict.post("/Users", body)) == (400, "invalidValue")


@pytest.mark.proves("USR-016")
def test_an_address_has_lines_and_may_be_primary(strict: Scim) -> None:
    addresses = [{"formatted": "1 Main St\nSpringfield", "primary": True}, {"country": "US"}]
    assert strict.user(addresses=addresses)["addresses"] == addresses


@pytest.mark.proves("USR-018", "USR-019")
def test_membership_is_the_groups_affair(strict: Scim) -> None:
    group = strict.group()
    claim = [{"value": group["id"]}]
    user = strict.user(groups=claim)
    assert "groups" not in user
    at = f"/Users/{user['id']}"
    body = {"schemas": [USER], "userName": user["userName"], "groups": claim}
    assert "groups" not in strict.put(at, body).get_json()
    operation = {"op": "add", "path": "groups", "value": claim}
    assert error(strict.patch(at, operation)) == (400, "mutability")
    join = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    strict.patch(f"/Groups/{group['id']}", join)
    assert strict.get(at).get_json()["groups"] == [
        {
            "value": group["id"],
            "$ref": f"{BASE_URL}/Groups/{group['id']}",
            "display": group["displayName"],
            "type": "direct",
        }
    ]
    assert strict.get(f"/Groups/{group['id']}").get_json()["members"][0]["value"] == user["id"]


@pytest.mark.proves("USR-020")
def test_a_membership_is_direct_or_indirect(strict: Scim) -> None:
    user = strict.user()["id"]
    inner = strict.group(user)["id"]
    outer = strict.group(inner)["id"]
    groups = strict.get(f"/Users/{user}").get_json()["groups"]
    assert {g["value"]: g["type"] for g in groups} == {inner: "direct", outer: "indirect"}
