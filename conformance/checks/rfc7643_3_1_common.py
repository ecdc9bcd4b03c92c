"""RFC 7643 §3.1: id, externalId and meta."""

import re
import time
from datetime import datetime
from urllib.parse import quote

from conformance.check import check
from conformance.querying import asked, ids
from conformance.story import Story

TAG = re.compile(r'(W/)?"[^"]*"')


@check("RES-011", "RES-014", "RES-015", "RES-018", "RES-022", "RES-026", "RES-027")
def every_resource_has_the_common_attributes(story: Story) -> None:
    """id and meta are the server's, externalId the client's, in every resource type."""
    for kind, published in story.subject.types.items():
        forged = {"id": "conformance-forged", "externalId": story.name()}
        sent = story.new(kind, **forged)
        made = story.post(story.subject.endpoint_of(kind), sent)
        body = made.document
        if made.status != 201:
            continue
        given = body.get("id")
        text = isinstance(given, str) and bool(given)
        story.expect("RES-011", text, f"an id in a {kind}")
        story.expect("RES-014", given != "conformance-forged", "an id of the server's own")
        story.expect("RES-015", "bulkid" not in str(given).lower(), 'no "bulkId" in an id')
        story.expect(
            "RES-022", made.meta.get("resourceType") == kind, f'meta.resourceType "{kind}"'
        )
        common = body.get("externalId") == forged["externalId"] and bool(body.get("meta")) and text
        story.expect("RES-026", common, f"id, externalId and meta in a {kind}")
        story.expect(
            "RES-027",
            common and published["schema"] in body["schemas"],
            "the common attributes without a schema of their own",
        )
        for query in ({"excludedAttributes": "id"}, {"attributes": "externalId"}):
            shown = story.get(asked(f"{story.subject.endpoint_of(kind)}/{given}", **query))
            story.expect("RES-011", shown.document.get("id") == given, "id whatever is asked for")
        plain = story.post(story.subject.endpoint_of(kind), story.new(kind))
        if plain.status == 201:
            story.expect("RES-018", "externalId" not in plain.document, "no externalId")


@check("RES-012")
def an_id_is_of_one_resource(story: Story) -> None:
    """No id is that of resources of two types."""
    user = story.make("User")
    for kind in story.subject.types:
        if kind != "User":
            found = story.get(f"{story.subject.endpoint_of(kind)}/{user['id']}")
            story.expect("RES-012", found.status != 200, f"no {kind} with the id of a User")


@check("RES-013")
def an_id_stays(story: Story) -> None:
    """An id never changes and is not used again."""
    user = story.make("User")
    sent = story.new("User", userName=user["userName"], id="conformance-forged")
    changed = story.put(story.at("User", user), sent)
    if changed.status == 200:
        story.expect("RES-013", changed.document.get("id") == user["id"], "the same id")
    shown = story.get(story.at("User", user)).document
    story.expect("RES-013", shown.get("id") == user["id"], "the same id")
    story.delete(story.at("User", user))
    again = story.make("User", userName=user["userName"])
    story.expect("RES-013", again["id"] != user["id"], "another id")


@check("RES-016")
def an_id_has_its_case(story: Story) -> None:
    """The letters of an id are not those of another case."""
    user = story.make("User")
    swapped = str(user["id"]).swapcase()
    if swapped == user["id"]:
        return
    users = story.subject.endpoint_of("User")
    story.error("RES-016", story.get(f"{users}/{swapped}"), 404)
    if "filter" in story.subject.features:
        found = story.get(asked(users, filter=f'id eq "{swapped}"'))
        if found.status == 200:
            story.expect("RES-016", ids(found) == [], "nobody of that id")


@check("RES-017")
def an_external_id_is_the_clients(story: Story) -> None:
    """externalId comes back, can be changed and left out, and is searched with its case."""
    for kind in story.subject.types:
        endpoint = story.subject.endpoint_of(kind)
        sent = story.new(kind, externalId=f"{story.name()}-aB")
        made = story.post(endpoint, sent)
        if made.status != 201:
            continue
        at = story.at(kind, made.document)
        held = made.document.get("externalId") == sent["externalId"]
        story.expect("RES-017", held, "externalId as it was sent")
        if "filter" in story.subject.features:
            for text, wanted in (
                (sent["externalId"], [made.document["id"]]),
                (sent["externalId"].swapcase(), []),
            ):
                found = story.get(asked(endpoint, filter=f'externalId eq "{text}"'))
                right = found.status == 200 and ids(found) == wanted
                story.expect("RES-017", right, f"{len(wanted)} {kind} with externalId {text}")
        other = f"{story.name()}-cD"
        changed = story.put(at, {**sent, "externalId": other}).document
        story.expect("RES-017", changed.get("externalId") == other, "the new externalId")


@check("RES-019", needs=("tenant",))
def an_external_id_is_of_one_domain(story: Story) -> None:
    """Another tenant may use the same externalId, and is not seen."""
    name, users = story.name(), story.subject.endpoint_of("User")
    mine = story.make("User", externalId=name)
    theirs = story.send(
        "POST", users, story.new("User", externalId=name), endpoint=story.subject.other
    )
    story.expect("RES-019", theirs.status == 201, "201")
    if "filter" in story.subject.features:
        found = story.get(asked(users, filter=f'externalId eq "{name}"'))
        story.expect("RES-019", ids(found) == [mine["id"]], "the own user alone")


@check("RES-020")
def an_external_id_may_be_used_twice(story: Story) -> None:
    """Two users of one client may have the same externalId."""
    name = story.name()
    story.make("User", externalId=name)
    second = story.post(story.subject.endpoint_of("User"), story.new("User", externalId=name))
    story.expect("RES-020", second.status == 201, "201")


@check("RES-021")
def meta_of_a_client_is_ignored(story: Story) -> None:
    """meta in a POST or PUT is no error and has no effect."""
    meta = {"created": "1999-01-01T00:00:00Z", "resourceType": "Nothing", "location": "x:y"}
    sent = story.new("User", meta=meta)
    made = story.post(story.subject.endpoint_of("User"), sent)
    story.expect("RES-021", _ignored(made.status, made.document), "201, with the server's meta")
    if made.status == 201:
        changed = story.put(story.at("User", made.document), sent)
        right = _ignored(changed.status, changed.document)
        story.expect("RES-021", right, "200, with the server's meta")


def _ignored(status: int, body: dict[str, dict[str, str]]) -> bool:
    meta = body.get("meta") or {}
    kept = meta.get("resourceType") == "User" and meta.get("location") != "x:y"
    return status in {200, 201} and kept and not str(meta.get("created")).startswith("1999")


@check("RES-023")
def times_tell_of_creation_and_change(story: Story) -> None:
    """created stays; lastModified is equal to it at first, and later after a change."""
    user = story.make("User")
    meta = user["meta"]
    first = datetime.fromisoformat(meta["created"])
    same = datetime.fromisoformat(meta["lastModified"]) == first
    story.expect("RES-023", same, "lastModified equal to created")
    time.sleep(1.1)  # xsd:dateTime need not have fractions of a second
    sent = story.new("User", userName=user["userName"], externalId=story.name())
    story.put(story.at("User", user), sent)
    later = story.get(story.at("User", user)).document["meta"]
    story.expect(
        "RES-023",
        datetime.fromisoformat(later["created"]) == first
        and datetime.fromisoformat(later["lastModified"]) > first,
        "the same created and a later lastModified",
    )


@check("RES-024")
def a_location_leads_to_its_resource(story: Story) -> None:
    """meta.location is the absolute URI of the resource, and what Location says."""
    for kind in story.subject.types:
        made = story.post(story.subject.endpoint_of(kind), story.new(kind))
        if made.status != 201:
            continue
        place = story.at(kind, made.document)
        location = str(made.meta.get("location"))
        ending = location.endswith((place, quote(place)))
        absolute = location.startswith(("https://", "http://")) and ending
        story.expect("RES-024", absolute, f"an absolute meta.location that ends with {place}")
        told = made.headers.get("location") == location
        story.expect("RES-024", told, "a Location that is equal to meta.location")
        shown = story.get(place)
        stated = shown.headers.get("content-location", location)
        same = stated == location == shown.meta.get("location")
        story.expect("RES-024", same, "the same location, also in Content-Location if sent")


@check("RES-025", needs=("etag",))
def a_version_is_the_tag(story: Story) -> None:
    """meta.version equals ETag, and has the form of an entity tag."""
    user = story.make("User")
    shown = story.get(story.at("User", user))
    version = str(shown.meta.get("version"))
    story.expect("RES-025", version == shown.headers.get("etag"), "meta.version equal to ETag")
    story.expect("RES-025", bool(TAG.fullmatch(version)), 'a version as "…" or W/"…"')
