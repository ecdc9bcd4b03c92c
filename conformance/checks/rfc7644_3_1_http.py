"""RFC 7644 §3.1, §3.2, §3.8 and §3.13: HTTP, media types, endpoints and versions."""

from urllib.parse import quote, urlsplit

from conformance.check import check
from conformance.querying import asked, ids
from conformance.story import Story
from conformance.urns import PATCH_OP
from conformance.wire import Answer, Endpoint

SCIM, JSON = "application/scim+json", "application/json"
TEXT = "Zoë 日本 🙂"


@check("HTP-001")
def texts_are_utf_8(story: Story) -> None:
    """What is beyond ASCII comes back as it was sent."""
    user = story.make("User", displayName=TEXT)
    shown = story.get(story.at("User", user)).document
    story.expect("HTP-001", shown.get("displayName") == TEXT, f'displayName "{TEXT}"')


@check("HTP-002", "HTP-004")
def answers_are_scim_json(story: Story) -> None:
    """The media type is that of SCIM unless the client wants plain JSON."""
    at = story.at("User", story.make("User"))
    for accept in (SCIM, None, "*/*"):
        answer = story.get(at, Accept=accept)
        right = answer.status == 200 and _type(answer) == SCIM
        story.expect("HTP-002", right, f"200 with {SCIM}")
    plain = story.get(at, Accept=JSON)
    right = plain.status == 200 and _type(plain) in (SCIM, JSON)
    story.expect("HTP-002", right, f"200 with {JSON} or {SCIM}")
    html = story.get(at, Accept="text/html")
    story.expect(
        "HTP-004",
        html.status == 406 or _type(html) in (SCIM, JSON),
        "406, or JSON all the same",
    )
    story.expect("HTP-004", _type(html) != "text/html", "no page of HTML")


@check("HTP-003")
def requests_are_json(story: Story) -> None:
    """Both media types are accepted, with charset too; others are refused."""
    users = story.subject.endpoint_of("User")
    for base in (SCIM, JSON):
        for type in (base, f"{base}; charset=utf-8"):
            answer = story.post(users, story.new("User"), Content_Type=type)
            story.expect("HTP-003", answer.status == 201, f"201 for {type}")
    xml = story.post(users, "<user/>", Content_Type="text/xml")
    story.error("HTP-003", xml, (400, 415))


@check("HTP-005")
def uris_stay_below_the_base(story: Story) -> None:
    """What is emitted as a location is the base URL, the endpoint and the id."""
    made = story.post(story.subject.endpoint_of("User"), story.new("User"))
    base = urlsplit(story.subject.endpoint.base_url.rstrip("/"))
    wanted = base.path + story.at("User", made.document)
    for location in (made.headers.get("location"), made.meta.get("location")):
        if location:
            found = urlsplit(location)
            story.expect("HTP-005", (found.path, found.query) == (wanted, ""), wanted)


@check("HTP-006", needs=("filter",))
def urls_are_decoded_once(story: Story) -> None:
    """Percent-encoded characters of a filter are decoded, and what comes of it is not."""
    users = story.subject.endpoint_of("User")
    for odd in ("a+b", "a%2Bb", "a&b=c", "a;b#c", "é 日"):
        name = f"{story.name()}{odd}"
        answer = story.post(users, story.new("User", userName=name))
        if answer.status != 201 or answer.document.get("userName") != name:
            continue  # Such a userName may be refused.
        text = quote(f'userName eq "{name}"', safe="")
        found = story.get(f"{users}?filter={text}")
        story.expect("HTP-006", ids(found) == [answer.document["id"]], f'the user "{name}"')


@check("HTP-007")
def an_unknown_version_is_not_served(story: Story) -> None:
    """Where the base URL ends with v2, there is no v9 beside it."""
    own = story.subject.endpoint
    stem, _, version = own.base_url.rstrip("/").rpartition("/")
    if version.lower() != "v2":
        return
    other = Endpoint(f"{stem}/v9", own.token, own.headers)
    path = asked(story.subject.endpoint_of("User"), count=1)
    answer = story.send("GET", path, endpoint=other)
    scim = answer.status < 300 and "schemas" in answer.document
    story.expect("HTP-007", not scim, "a refusal: 400 invalidVers or 404")


@check("HTP-008")
def unknown_parameters_are_ignored(story: Story) -> None:
    """A parameter that is not defined changes nothing."""
    user = story.make("User")
    answer = story.get(asked(story.at("User", user), foo="bar"))
    right = answer.status == 200 and answer.document.get("id") == user["id"]
    story.expect("HTP-008", right, "200 with the resource")
    listed = story.get(asked(story.subject.endpoint_of("User"), foo="bar", count=1))
    story.expect("HTP-008", listed.status == 200, "200")


@check("HTP-009")
def endpoints_have_their_names(story: Story) -> None:
    """Users are at /Users, Groups at /Groups; discovery is where the RFC has it."""
    for kind, endpoint in (("User", "/Users"), ("Group", "/Groups")):
        if kind in story.subject.types:
            named = story.subject.endpoint_of(kind)
            answer = story.get(asked(endpoint, count=1))
            story.expect("HTP-009", named == endpoint and answer.status == 200, endpoint)
    for endpoint in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas"):
        story.expect("HTP-009", story.get(endpoint).status == 200, f"200 at {endpoint}")


@check("HTP-010")
def what_is_not_there_is_told(story: Story) -> None:
    """An unknown endpoint is 404; a method that a path has not is refused with Allow."""
    story.error("HTP-010", story.get(f"/{story.name()}"), 404)
    users = story.subject.endpoint_of("User")
    answer = story.send("PATCH", users, {"schemas": [PATCH_OP], "Operations": []})
    refused = answer.status in (404, 501) or (answer.status == 405 and "allow" in answer.headers)
    story.expect("HTP-010", refused, "405 with Allow, 501 or 404")


@check("HTP-011", "HTP-012")
def resources_can_be_changed(story: Story) -> None:
    """PUT is there; PATCH is there, or is told to be missing."""
    user = story.make("User")
    at = story.at("User", user)
    put = story.put(at, story.new("User", userName=user["userName"]))
    story.expect("HTP-011", put.status == 200, "200")
    patched = story.patch(at, {"op": "replace", "path": "userName", "value": user["userName"]})
    if "patch" in story.subject.features:
        story.expect("HTP-012", patched.status in (200, 204), "200 or 204")
    else:
        story.expect("HTP-012", patched.status == 501, "501, for patch is not advertised")


@check("HTP-013")
def a_suffix_names_the_format(story: Story) -> None:
    """A URI with ``.scim`` is the resource, or unknown."""
    user = story.make("User")
    answer = story.get(f"{story.at('User', user)}.scim")
    same = answer.status == 200 and answer.document.get("id") == user["id"]
    story.expect("HTP-013", same or answer.status == 404, "200 with the resource, or 404")


@check("HTP-014")
def a_body_is_one_json_object(story: Story) -> None:
    """Malformed JSON and what is no object are 400 invalidSyntax."""
    users = story.subject.endpoint_of("User")
    for text in ("[", "[]", '"text"', "5", "null", "{", '{"schemas": [}', "{'a': 1}"):
        story.error("HTP-014", story.post(users, text), 400, "invalidSyntax", None)


def _type(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


@check("HTP-011", "HTP-014")
def every_type_is_put(story: Story) -> None:
    """PUT is there for groups too, and takes no array for its only element."""
    users = story.subject.endpoint_of("User")
    answer = story.post(users, [story.new("User")])
    story.error("HTP-014", answer, 400, "invalidSyntax", "invalidValue", None)
    if "Group" in story.subject.types:
        group = story.make("Group", displayName=story.name())
        sent = story.new("Group", displayName=group["displayName"])
        answer = story.put(story.at("Group", group), sent)
        story.expect("HTP-011", answer.status == 200, "200 for PUT of a group")
