"""RFC 7643 §4.1: users."""

import base64
from typing import Any

from conformance.check import check
from conformance.leaves import document, has, named
from conformance.querying import asked, ids
from conformance.story import Story
from conformance.subject import CERTIFICATE

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PEM = f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----\n"
NAME = {
    "formatted": "Ms. Ada King Lovelace II",
    "familyName": "Lovelace",
    "givenName": "Ada",
    "middleName": "King",
    "honorificPrefix": "Ms.",
    "honorificSuffix": "II",
}
ADDRESS = {
    "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA",
    "streetAddress": "100 Universal City Plaza\nRoom 5",
    "locality": "Hollywood",
    "region": "CA",
    "postalCode": "91608",
    "country": "US",
    "type": "work",
}


def _back(story: Story, id: str, **values: Any) -> None:
    """Expect that what is published of each value comes back."""
    for name, whole in values.items():
        value = _published(story, name, whole)
        if value:
            made = story.post(story.subject.endpoint_of("User"), story.new("User", **{name: value}))
            held = made.status == 201 and _covers(made.document.get(name), value)
            story.expect(id, held, f"201, and {name} as it was sent")


def _published(story: Story, path: str, value: Any) -> Any:
    """The value without what the server does not publish; nothing where nothing is left."""
    if isinstance(value, list):
        return [left for each in value if (left := _published(story, path, each))]
    if isinstance(value, dict):
        parts = {name: _published(story, f"{path}.{name}", part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    return value if named(story, "User", path) else None


def _covers(shown: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return isinstance(shown, dict) and all(shown.get(k) == v for k, v in sent.items())
    if isinstance(sent, list):
        pairs = isinstance(shown, list) and len(shown) == len(sent)
        return pairs and all(_covers(*pair) for pair in zip(shown, sent, strict=True))
    return bool(shown == sent)


@check("USR-001")
def users_have_their_schema_and_endpoint(story: Story) -> None:
    """User has its schema and lives where its resource type says."""
    published = story.subject.types["User"]
    story.expect("USR-001", published["schema"] == USER, USER)
    user = story.make("User")
    shown = story.get(story.at("User", user))
    right = shown.status == 200 and USER in shown.document["schemas"]
    story.expect("USR-001", right, "the user, at the endpoint that is published")


@check("USR-002", "USR-003", "USR-004")
def user_names_are_there_and_unique(story: Story) -> None:
    """userName is not empty, unique whatever its case, and can be changed."""
    users = story.subject.endpoint_of("User")
    story.error("USR-002", story.post(users, story.new("User", userName="")), 400)
    mixed = f"{story.name()}-aB{story.subject.domain}"
    first, second = story.make("User", userName=mixed), story.make("User")
    swapped = story.new("User", userName=first["userName"].swapcase())
    story.error("USR-003", story.post(users, swapped), 409, "uniqueness")
    leaf = named(story, "User", "userName")
    if leaf is not None:
        published = (leaf.trait("caseExact"), leaf.trait("mutability"))
        unique = leaf.trait("uniqueness") in {"server", "global"}
        plain = published == (False, "readWrite")
        story.expect("USR-004", plain and unique, "userName unique, in any case, readWrite")
    at, name = story.at("User", second), story.subject.user_name()
    changed = story.put(at, story.new("User", userName=name))
    right = changed.status == 200 and changed.document.get("userName") == name
    story.expect("USR-004", right, "200, with the new userName")
    if "patch" in story.subject.features:
        name = story.subject.user_name()
        story.patch(at, {"op": "replace", "path": "userName", "value": name})
        shown = story.get(at).document.get("userName")
        story.expect("USR-004", shown == name, "the new userName")


@check("USR-005", "USR-007", "USR-016", "USR-017", "USR-021")
def attributes_of_users_come_back(story: Story) -> None:
    """Names, languages, addresses, roles and entitlements come back as they were sent."""
    _back(
        story,
        "USR-005",
        name=NAME,
        displayName="Ada",
        nickName="Countess",
        title="Analyst",
        userType="Employee",
    )
    language = "fr-CA, en;q=0.5"
    _back(story, "USR-007", preferredLanguage=language, locale="en-US", timezone="Europe/Lisbon")
    _back(story, "USR-016", addresses=[ADDRESS])
    _back(story, "USR-017", addresses=[{"type": "home", "country": "PT"}])
    free = {"value": "Some Role", "display": "Any", "primary": True}
    _back(story, "USR-021", roles=[free], entitlements=[free])
    for name in ("roles", "entitlements"):
        leaf = named(story, "User", f"{name}.type")
        # A list of canonical values, be it empty, may be what the server goes by (§7).
        if leaf is not None and leaf.definition.get("canonicalValues") is None:
            _back(story, "USR-021", **{name: [{**free, "type": "free"}]})


@check("USR-006", "USR-015")
def urls_are_urls(story: Story) -> None:
    """profileUrl and photos hold URLs."""
    users, wrong = story.subject.endpoint_of("User"), "ht tp://example.com/<x>"
    if has(story, "User", "profileUrl"):
        story.error("USR-006", story.post(users, story.new("User", profileUrl=wrong)), 400)
        _back(story, "USR-006", profileUrl="https://example.com/ada")
    if has(story, "User", "photos"):
        photo = {"value": wrong, "type": "photo"}
        story.error("USR-015", story.post(users, story.new("User", photos=[photo])), 400)
        _back(story, "USR-015", photos=[{**photo, "value": "https://example.com/a.jpg"}])


@check("USR-008")
def who_is_not_active_is_still_there(story: Story) -> None:
    """active: false is shown, in lists too."""
    if not has(story, "User", "active"):
        return
    user = story.make("User", active=False)
    shown = story.get(story.at("User", user))
    held = shown.status == 200 and shown.document.get("active") is False
    story.expect("USR-008", held, "200, with active false")
    if "filter" in story.subject.features:
        text = f'userName eq "{user["userName"]}"'
        found = story.get(asked(story.subject.endpoint_of("User"), filter=text))
        story.expect("USR-008", ids(found) == [user["id"]], "the user, in a list")


@check("USR-009", "USR-012")
def a_password_is_never_shown(story: Story) -> None:
    """No answer has a password, and no filter finds out more than the server says."""
    users, secret = story.subject.endpoint_of("User"), f"Xy9!{story.name()}"
    if not has(story, "User", "password"):
        return
    sent = story.new("User", password=secret)
    answers = [made := story.post(users, sent)]
    if made.status == 201:
        at = story.at("User", made.document)
        answers.append(story.post(users, sent))  # refused: the name is taken
        answers += [story.get(at), story.get(asked(at, attributes="password")), story.put(at, sent)]
    shown = any(secret in each.text or "password" in each.document for each in answers)
    story.expect("USR-009", not shown, "no password, clear or hashed")
    published = named(story, "User", "password")
    if published is not None:
        never = published.trait("returned") == "never"
        story.expect("USR-009", never, "password published as never returned (§4.1.1)")
    if "filter" in story.subject.features and made.status == 201:
        text = f'userName eq "{sent["userName"]}" and password eq "{secret}"'
        found = story.get(asked(users, filter=text))
        story.expect("USR-012", found.status in {200, 400, 403}, "200, 400 or 403")


@check("USR-013", needs=("cpw",))
def a_password_can_be_changed(story: Story) -> None:
    """With changePassword, PUT and PATCH take a password."""
    user, secret = story.make("User"), f"Xy9!{story.name()}"
    at = story.at("User", user)
    changed = story.put(at, story.new("User", userName=user["userName"], password=secret))
    story.expect("USR-013", changed.status == 200, "200")
    if "patch" in story.subject.features:
        changed = story.patch(at, {"op": "replace", "path": "password", "value": f"{secret}!"})
        story.expect("USR-013", changed.status in {200, 204}, "200 or 204")


@check("USR-014")
def addresses_of_mail_have_one_form(story: Story) -> None:
    """The domain of an email address is shown in lower case, as value or display."""
    if has(story, "User", "emails"):
        shown = story.make("User", emails=[{"value": "ada@EXAMPLE.COM"}]).get("emails") or [{}]
        forms = {shown[0].get("value"), shown[0].get("display")}
        story.expect("USR-014", "ada@example.com" in forms, "ada@example.com")


@check("USR-018", "USR-019", "USR-020")
def groups_of_a_user_are_the_servers(story: Story) -> None:
    """groups tells of memberships, which only groups change."""
    if not has(story, "User", "groups") or not has(story, "Group", "members"):
        return
    group = story.make("Group")
    sent = story.new("User", groups=[{"value": group["id"]}])
    made = story.post(story.subject.endpoint_of("User"), sent)
    story.expect("USR-018", made.status == 201 and not made.document.get("groups"), "no groups")
    user = story.make("User")
    home = story.make("Group", members=[{"value": user["id"]}])
    at = story.at("User", user)
    if "patch" in story.subject.features:
        value = [{"value": group["id"]}]
        story.patch(at, {"op": "add", "path": "groups", "value": value})
    shown = story.get(at).document.get("groups") or []
    story.expect("USR-018", group["id"] not in [g.get("value") for g in shown], "no other group")
    if not shown:
        return  # groups is optional (§4.1.2): a server may leave it out
    right = [each.get("value") for each in shown] == [home["id"]]
    uris = all(str(each.get("$ref", home["id"])).endswith(home["id"]) for each in shown)
    story.expect("USR-019", right and uris, "the group's id and URI")
    if named(story, "User", "groups.type"):
        story.expect("USR-020", [g.get("type") for g in shown] == ["direct"], 'type "direct"')


@check("USR-022")
def a_certificate_is_one(story: Story) -> None:
    """A certificate is the base64 of one DER certificate: no PEM, no chain."""
    if not has(story, "User", "x509Certificates"):
        return
    _back(story, "USR-022", x509Certificates=[{"value": CERTIFICATE}])
    chain = base64.b64encode(base64.b64decode(CERTIFICATE) * 2).decode()
    for wrong in (PEM, chain):
        sent = document(story, "User", {"x509Certificates": [{"value": wrong}]})
        story.error("USR-022", story.post(story.subject.endpoint_of("User"), sent), 400)
