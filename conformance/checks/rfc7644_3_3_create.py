"""RFC 7644 §3.3: creating resources."""

from concurrent.futures import ThreadPoolExecutor

from conformance.check import check
from conformance.leaves import has, places
from conformance.story import Story


@check("CRE-001", "CRE-002", "CRE-004", "CRE-007")
def a_new_user_is_shown_with_its_place(story: Story) -> None:
    """POST answers 201 with the resource and where it is."""
    known = {"displayName": "Ada"} if has(story, "User", "displayName") else {}
    sent = story.new("User", **known, meta={"resourceType": "Group"})
    created = story.post(story.subject.endpoint_of("User"), sent)
    story.expect("CRE-001", created.status == 201, "201")
    body = created.document
    meta = created.meta
    location = created.headers.get("location")
    story.expect(
        "CRE-002",
        bool(location) and location == meta.get("location"),
        "a Location header equal to meta.location",
    )
    story.expect(
        "CRE-004",
        body.get("userName") == sent["userName"]
        and body.get("displayName") == sent.get("displayName"),
        "the stored representation in the body",
    )
    story.expect("CRE-007", meta.get("resourceType") == "User", 'meta.resourceType "User"')


@check("CRE-003")
def what_is_read_only_is_ignored(story: Story) -> None:
    """readOnly attributes in a POST are ignored."""
    forged = {"id": "forged", "meta": {"created": "2000-01-01T00:00:00Z", "version": "forged"}}
    created = story.post(story.subject.endpoint_of("User"), story.new("User", **forged))
    body = created.document
    story.expect(
        "CRE-003",
        created.status == 201
        and body["id"] != "forged"
        and not str(created.meta.get("created")).startswith("2000-01-01"),
        "201, with an id and a meta of the server's own",
    )


@check("CRE-005")
def a_second_user_of_the_same_name_conflicts(story: Story) -> None:
    """A userName that is taken is 409 uniqueness."""
    taken = story.make("User")["userName"]
    second = story.post(story.subject.endpoint_of("User"), story.new("User", userName=taken))
    story.error("CRE-005", second, 409, "uniqueness")


@check("CRE-008")
def a_faulty_body_is_told_by_its_fault(story: Story) -> None:
    """A wrong value is invalidValue; what is no JSON is invalidSyntax."""
    users = story.subject.endpoint_of("User")
    wrong: dict[str, object] = {"active": {"a": 1}, "name": "Ada"}
    for name, value in wrong.items():
        if has(story, "User", name):
            answer = story.post(users, story.new("User", **{name: value}))
            story.error("CRE-008", answer, 400, "invalidValue", "invalidSyntax", None)
    nameless = story.new("User")
    del nameless["userName"]
    story.error("CRE-008", story.post(users, nameless), 400, "invalidValue", None)
    for text in ('{"schemas":', "[]"):
        story.error("CRE-008", story.post(users, text), 400, "invalidSyntax", None)


@check("CRE-006")
def a_default_can_be_declined(story: Story) -> None:
    """Who does not want a default sends null, or an empty list."""
    users = story.subject.endpoint_of("User")
    shown = story.make("User")
    sent = story.new("User")
    for place in places(story, "User"):
        if place.urn is not None or place.name in sent or place.value_in(shown) is None:
            continue
        nothing: list[object] | None = [] if place.definition.get("multiValued") else None
        answer = story.post(users, story.new("User", **{place.name: nothing}))
        # Null is the same state as no value (RFC 7643 §2.5): a default may follow either.
        if answer.status == 201 and not place.value_in(answer.document):
            kept = story.get(story.at("User", answer.document)).document
            declined = not place.value_in(kept)
            story.expect("CRE-006", declined, f"no {place.name}, as when it was declined")


@check("CRE-009", needs=("etag",))
def the_new_resource_has_its_version(story: Story) -> None:
    """201 carries ETag, equal to meta.version."""
    created = story.post(story.subject.endpoint_of("User"), story.new("User"))
    version = created.meta.get("version")
    story.expect(
        "CRE-009",
        bool(version) and created.headers.get("etag") == version,
        "an ETag header equal to meta.version",
    )


@check("CRE-010")
def unknown_attributes_are_met_in_one_way(story: Story) -> None:
    """What no schema names is always ignored, or always refused."""
    users = story.subject.endpoint_of("User")
    statuses = {
        story.post(users, story.new("User", **{name: "x"})).status
        for name in ("notInAnySchema", "favouriteColour", "x_1")
    }
    story.expect("CRE-010", statuses in ({201}, {400}), "three times 201, or three times 400")


@check("CRE-011")
def a_user_is_no_group(story: Story) -> None:
    """The body of a User is refused at /Groups."""
    if "Group" in story.subject.types:
        answer = story.post(story.subject.endpoint_of("Group"), story.new("User"))
        story.error("CRE-011", answer, 400)


@check("CRE-012")
def of_equal_creates_at_once_one_succeeds(story: Story) -> None:
    """Eight equal creates at the same time: one 201, seven 409."""
    users, sent = story.subject.endpoint_of("User"), story.new("User")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: story.post(users, sent), range(8)))
    statuses = sorted(answer.status for answer in answers)
    # Who is too busy to say so has made nothing either.
    right = statuses[0] == 201 and set(statuses[1:]) <= {409, 503}
    story.expect("CRE-012", right, "one 201 and seven 409")
