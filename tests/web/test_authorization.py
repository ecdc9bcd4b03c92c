"""What a client may do: its scopes, for every operation anew (RFC 7644 §2; security rule 7)."""

import pytest
from werkzeug.test import TestResponse

from tests.application import ENTERPRISE, GROUP, USER, Application, Scim, error
from tests.web import samples

DR = {"op": "add", "path": "title", "value": "Dr"}
NEW_USER = {"schemas": [USER], "userName": "new"}
NEW_GROUP = {"schemas": [GROUP], "displayName": "new"}
SCOPES = {
    "users:read": {"read users"},
    "users:write": {"read users", "write users"},
    "groups:read": {"read groups"},
    "groups:write": {"read groups", "write groups"},
    "*:read": {"read users", "read groups"},
    "*:write": {"read users", "read groups", "write users", "write groups"},
    "bulk": set(),
    "admin": set(),
    "user:write": set(),
    "devices:write": set(),
}


@pytest.mark.proves("AUT-002", "AUT-003", "SEC-005")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    ("endpoint", "body", "name"), [("/Users", NEW_USER, "users"), ("/Groups", NEW_GROUP, "groups")]
)
def test_a_scope_allows_what_it_says_and_nothing_else(
    application: Application, scope: str, endpoint: str, body: dict[str, object], name: str
) -> None:
    owner = application.scim()
    one = owner.user() if name == "users" else owner.group()
    client = application.scim(tenant=owner.tenant, scopes=(scope,))
    at = f"{endpoint}/{one['id']}"
    reads = [client.get(at), client.get(endpoint), client.search(endpoint)]
    writes = [
        client.post(endpoint, body),
        client.put(at, {**body, "userName": "put", "displayName": "put"}),
        client.patch(at, {"op": "add", "path": "externalId", "value": "1"}),
        client.delete(at),
    ]
    may_read, may_write = (f"{verb} {name}" in SCOPES[scope] for verb in ("read", "write"))
    assert [r.status_code != 403 for r in reads] == [may_read] * 3
    assert [r.status_code != 403 for r in writes] == [may_write] * 4
    assert all(error(r) == (403, None) for r in (*reads, *writes) if r.status_code == 403)


@pytest.mark.proves("AUT-003")
def test_a_write_that_is_not_allowed_changes_nothing(scim: Scim) -> None:
    user = scim.user()
    reader = scim.application.scim(tenant=scim.tenant, scopes=("*:read",))
    at = f"/Users/{user['id']}"
    for response in (reader.post("/Users", NEW_USER), reader.patch(at, DR), reader.delete(at)):
        assert error(response) == (403, None)
    assert scim.get(at).get_json(force=True)["meta"] == user["meta"]
    assert scim.get("/Users").get_json(force=True)["totalResults"] == 1


@pytest.mark.proves("AUT-003", "SEC-005")
def test_a_query_at_the_root_shows_only_what_the_client_may_read(scim: Scim) -> None:
    user = scim.user(displayName="same")["id"]
    scim.group(displayName="same")
    reader = scim.application.scim(tenant=scim.tenant, scopes=("users:read",))
    found = reader.get("/").get_json(force=True)
    assert (found["totalResults"], found["Resources"][0]["id"]) == (1, user)
    assert reader.found("/", 'displayName eq "same"') == [user]
    nobody = scim.application.scim(tenant=scim.tenant, scopes=("bulk",))
    assert error(nobody.get("/")) == (403, None)


@pytest.mark.proves("QRY-010")
def test_of_what_a_client_may_not_read_it_sees_the_name_alone_where_it_is_referred_to(
    scim: Scim,
) -> None:
    user = scim.user(displayName="Ada", title="hidden", emails=[{"value": "hidden@example.com"}])
    member = scim.group(user["id"], displayName="Poets")["members"][0]
    owned = samples.device(scim, owner={"value": user["id"]})["id"]
    reader = scim.application.scim(tenant=scim.tenant, scopes=("groups:read", "devices:read"))
    assert reader.get(f"/Users/{user['id']}").status_code == 403
    shown = reader.get("/")
    assert "hidden" not in shown.text and user["userName"] not in shown.text
    named = {"value": user["id"], "$ref": user["meta"]["location"], "display": "Ada"}
    group, device = shown.get_json()["Resources"]
    assert (group["members"], device["owner"]) == ([named | {"type": "User"}], named)
    assert member == group["members"][0]
    assert reader.found("/Groups", 'members.display eq "Ada"') == [group["id"]]
    assert reader.found("/Devices", 'owner.display eq "Ada"') == [owned]
    for path, text in (("/Groups", "members.title pr"), ("/Devices", "owner.emails pr")):
        assert error(reader.get(path, query={"filter": text})) == (400, "invalidFilter")


@pytest.mark.proves("QRY-010")
def test_of_a_group_that_a_client_may_not_read_it_sees_the_name_alone(scim: Scim) -> None:
    user = scim.user()["id"]
    group = scim.group(user, displayName="Poets", externalId="hidden")
    reader = scim.application.scim(tenant=scim.tenant, scopes=("users:read",))
    assert reader.get(f"/Groups/{group['id']}").status_code == 403
    named = {"value": group["id"], "$ref": group["meta"]["location"], "display": "Poets"}
    assert reader.get(f"/Users/{user}").get_json()["groups"] == [named | {"type": "direct"}]
    assert reader.found("/Users", 'groups.display eq "Poets"') == [user]
    refused = reader.get("/Users", query={"filter": 'groups.externalId eq "hidden"'})
    assert error(refused) == (400, "invalidFilter")


def test_a_refusal_names_the_scope_that_is_missing(scim: Scim) -> None:
    at = f"/Users/{scim.user()['id']}"
    nobody = scim.application.scim(tenant=scim.tenant, scopes=("admin",))

    def told(response: TestResponse) -> str:
        assert error(response) == (403, None)
        return str(response.get_json(force=True)["detail"])

    for response in (nobody.get(at), nobody.get("/Users"), nobody.search("/Users")):
        assert told(response) == 'This needs the scope "users:read".'
    assert told(nobody.delete(at)) == 'This needs the scope "users:write".'
    assert told(nobody.bulk({"method": "DELETE", "path": at})) == 'This needs the scope "bulk".'
    for response in (nobody.get("/"), nobody.search("")):
        assert '"users:read" or "groups:read"' in told(response)


@pytest.mark.parametrize("attribute", ["password", f"{USER}:password", "PASSWORD"])
def test_a_secret_is_no_attribute_to_filter_or_sort_by(scim: Scim, attribute: str) -> None:
    secret = f'{attribute} sw "a"'
    assert error(scim.get("/Users", query={"filter": secret})) == (403, "sensitive")
    assert error(scim.get("/Users", query={"sortBy": attribute}))[0] in (400, 403)
    assert error(scim.search("/Users", filter=secret)) == (400, "invalidFilter")
    assert error(scim.search("/Users", sortBy=attribute))[0] == 400


@pytest.mark.parametrize("attribute", ["nosuch", "name.nosuch", f"{ENTERPRISE}:nosuch"])
def test_an_unknown_attribute_is_an_error_and_never_no_filter(scim: Scim, attribute: str) -> None:
    scim.user()
    negated = f'not ({attribute} eq "x")'
    assert error(scim.get("/Users", query={"filter": f'{attribute} eq "x"'}))[0] == 400
    assert error(scim.get("/Users", query={"filter": negated}))[0] == 400
    assert error(scim.get("/Users", query={"sortBy": attribute}))[0] == 400
    removal = {"op": "remove", "path": attribute}
    strict = scim.application.scim("strict", tenant=scim.tenant)
    [id] = scim.found("/Users", "userName pr")
    assert error(strict.patch(f"/Users/{id}", removal)) == (400, "invalidPath")
