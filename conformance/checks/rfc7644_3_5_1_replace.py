"""RFC 7644 §3.5.1: replacing resources."""

from conformance.check import check
from conformance.patching import refused, unassigned, values, without_meta
from conformance.published import extension_text, immutable, writable
from conformance.story import Story
from conformance.wire import Json


@check("PUT-001")
def a_put_creates_nothing(story: Story) -> None:
    """PUT to an id that nobody has is 404."""
    at = f"{story.subject.endpoint_of('User')}/{story.name()}"
    answer = story.put(at, story.new("User"))
    if answer.status in {200, 201}:
        story.made.append(at)
    story.error("PUT-001", answer, 404)


@check("PUT-002", "PUT-008")
def what_is_supplied_takes_the_place_of_what_was(story: Story) -> None:
    """PUT answers 200 with the resource, in which the supplied values stand."""
    if not writable(story.subject, "User", "title", "emails.value"):
        return
    user = _user(story, title="Before", emails=["one", "two"])
    sent = {**_again(story, user), "title": "After", "emails": _emails("three")}
    answer = story.put(story.at("User", user), sent)
    shown = story.get(story.at("User", user)).document
    story.expect(
        "PUT-008",
        answer.status == 200 and answer.document == shown,
        "200 with the resource as a GET shows it",
    )
    story.expect(
        "PUT-002",
        shown.get("title") == "After" and values(shown, "emails") == ["three@example.com"],
        "the new title, and the new address alone",
    )


@check("PUT-003")
def what_is_left_out_is_cleared(story: Story) -> None:
    """An attribute that PUT leaves out loses its value, or has a default."""
    if not writable(story.subject, "User", "title"):
        return
    user = _user(story, title="Before")
    answer = story.put(story.at("User", user), _again(story, user))
    if answer.status == 200:
        shown = story.get(story.at("User", user)).document
        story.expect("PUT-003", shown.get("title") != "Before", "no title, or a default")


@check("PUT-005")
def what_is_immutable_stays(story: Story) -> None:
    """PUT may fill an immutable attribute that is empty, and no more change it."""
    for kind in story.subject.types:
        place = immutable(story.subject, kind)
        if place is None:
            continue
        made = story.make(kind)
        at = story.at(kind, made)
        first = {**without_meta(made), **place.within("first")}
        story.put(at, first)
        shown = story.get(at).document
        story.expect("PUT-005", place.value_in(shown) == "first", "an empty slot filled")
        story.expect("PUT-005", story.put(at, first).status == 200, "the same value accepted")
        second = story.put(at, {**without_meta(made), **place.within("second")})
        refused(story, "PUT-005", second, "mutability")
        return


@check("PUT-006")
def what_is_read_only_is_ignored_by_put(story: Story) -> None:
    """PUT with an id, a meta and groups of its own changes none of them."""
    user = story.make("User")
    forged = {
        "id": story.name(),
        "meta": {"resourceType": "Group", "created": "2000-01-01T00:00:00Z"},
        "groups": [{"value": story.name()}],
    }
    answer = story.put(story.at("User", user), {**_again(story, user), **forged})
    shown = story.get(story.at("User", user)).document
    meta = shown.get("meta") or {}
    story.expect(
        "PUT-006",
        answer.status == 200
        and shown.get("id") == user["id"]
        and meta.get("resourceType") == "User"
        and meta.get("created") == user["meta"].get("created")
        and unassigned(shown, "groups"),
        "200, with the id, meta and groups that it had",
    )


@check("PUT-007")
def what_is_required_is_missed(story: Story) -> None:
    """PUT without userName is refused and changes nothing."""
    user = story.make("User")
    sent = _again(story, user)
    del sent["userName"]
    refused(
        story,
        "PUT-007",
        story.put(story.at("User", user), sent),
        "invalidValue",
        "invalidSyntax",
        "mutability",
    )


@check("PUT-009")
def a_taken_name_is_not_given_twice(story: Story) -> None:
    """PUT with a userName that is taken is 409, and nothing is changed."""
    taken, user = story.make("User"), story.make("User")
    sent = {**_again(story, user), "userName": taken["userName"]}
    answer = story.put(story.at("User", user), sent)
    said = answer.document.get("scimType")
    story.error("PUT-009", answer, 409, *(["uniqueness"] if said is not None else []))
    shown = story.get(story.at("User", user)).document
    story.expect("PUT-009", shown.get("userName") == user["userName"], "the name that it had")


@check("PUT-010")
def null_and_the_empty_array_clear(story: Story) -> None:
    """null and [] leave an attribute without a value."""
    if not writable(story.subject, "User", "title", "emails.value"):
        return
    user = _user(story, title="Before", emails=["one"])
    answer = story.put(story.at("User", user), {**_again(story, user), "title": None, "emails": []})
    shown = story.get(story.at("User", user)).document
    story.expect(
        "PUT-010",
        answer.status == 200 and unassigned(shown, "title", "emails"),
        "200, and neither title nor emails",
    )


@check("PUT-011")
def an_extension_goes_with_its_uri(story: Story) -> None:
    """Left out by PUT, extension data and its URI in schemas go together."""
    place = extension_text(story.subject, "User")
    if place is None or place.urn is None:
        return
    sent = story.new("User", **place.within("Sample"))
    sent["schemas"] = [*sent["schemas"], place.urn]
    user = story.post(story.subject.endpoint_of("User"), sent).document
    if place.value_in(user) != "Sample":
        return
    answer = story.put(story.at("User", user), _again(story, user))
    shown = story.get(story.at("User", user)).document
    named = place.urn in (shown.get("schemas") or ())
    # A server that keeps what is left out, as PUT-003 lets it, keeps both.
    story.expect(
        "PUT-011",
        answer.status == 200 and named == (not unassigned(shown, place.urn)),
        "the URI in schemas if, and only if, there is extension data",
    )


@check("PUT-012")
def what_was_read_can_be_written_back(story: Story) -> None:
    """PUT of what GET showed succeeds and changes nothing."""
    user = story.make("User")
    if writable(story.subject, "User", "title", "emails.value"):
        user = _user(story, title="Before", emails=["one", "two"])
    at = story.at("User", user)
    before = story.get(at).document
    answer = story.put(at, before)
    after = story.get(at).document
    story.expect(
        "PUT-012",
        answer.status == 200 and without_meta(after) == without_meta(before),
        "200, and the resource as it was",
    )


def _user(story: Story, title: str, emails: list[str] | None = None) -> Json:
    extra: Json = {"title": title}
    if emails:
        extra["emails"] = _emails(*emails)
    return story.make("User", **extra)


def _emails(*names: str) -> list[Json]:
    kinds = ("work", "home", "other")
    return [
        {"value": f"{name}@example.com", "type": kind}
        for name, kind in zip(names, kinds, strict=False)
    ]


def _again(story: Story, user: Json) -> Json:
    """The least of a user, as it must stand in every PUT."""
    return story.new("User", userName=user["userName"])


@check("PUT-002", "PUT-009", "PUT-012")
def a_group_and_its_members_are_replaced(story: Story) -> None:
    """PUT of a group replaces its members; what is refused or written back changes nothing."""
    if not writable(story.subject, "Group", "members.value"):
        return
    ada, eve = story.make("User"), story.make("User")
    group = story.make("Group", displayName=story.name(), members=[{"value": ada["id"]}])
    at = story.at("Group", group)
    sent = story.new("Group", displayName=group["displayName"], members=[{"value": eve["id"]}])
    answer = story.put(at, sent)
    shown = values(story.get(at).document, "members")
    story.expect("PUT-002", answer.status == 200 and shown == [eve["id"]], "the new member alone")
    if not writable(story.subject, "User", "title", "emails.primary"):
        return
    emails = [story.address("work", primary=True)]
    user = story.make("User", title="Before", emails=emails)
    at = story.at("User", user)
    story.put(at, story.get(at).document)
    again = story.get(at).document
    story.expect("PUT-012", without_meta(again) == without_meta(user), "the user as it was")
    clash = {**_again(story, user), "userName": ada["userName"], "title": "After"}
    if story.put(at, clash).status == 409:
        kept = story.get(at).document
        story.expect("PUT-009", kept.get("title") == "Before", "nothing changed by what is 409")


@check("PUT-006")
def the_uri_says_which_resource_is_replaced(story: Story) -> None:
    """PUT whose body has the id of another user leaves that one alone."""
    user, other = story.make("User"), story.make("User", displayName="Other")
    sent = story.new("User", id=other["id"], displayName="After")
    story.put(story.at("User", user), sent)
    shown = story.get(story.at("User", other)).document
    untouched = without_meta(shown) == without_meta(other)
    story.expect("PUT-006", untouched, "the other user as it was")
