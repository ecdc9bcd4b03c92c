"""RFC 7643 §3, §3.3: schemas and extensions."""

from collections.abc import Iterator

from conformance.check import check
from conformance.leaves import Leaf, leaves
from conformance.querying import asked, ids
from conformance.story import Story
from conformance.wire import Answer, Json

UNKNOWN = "urn:example:conformance:nothing"


def _extended(story: Story) -> Iterator[tuple[Leaf, str]]:
    """One free text of each extension, and the URN of the extension."""
    seen = set()
    for leaf in leaves(story, "string"):
        urn = leaf.place.urn
        plain = leaf.sub is None and leaf.free() and leaf.trait("uniqueness") == "none"
        plain = plain and not leaf.trait("required")
        if urn is not None and plain and (leaf.kind, urn) not in seen:
            seen.add((leaf.kind, urn))
            yield leaf, urn


@check("RES-001")
def everything_names_its_schemas(story: Story) -> None:
    """Resources and messages have schemas, an array of URIs."""
    made = story.post(story.subject.endpoint_of("User"), story.new("User"))
    _has_schemas(story, made)
    at = story.at("User", made.document)
    for path in (
        at,
        asked(story.subject.endpoint_of("User"), count=1),
        f"{story.subject.endpoint_of('User')}/{story.name()}",
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/Schemas",
    ):
        _has_schemas(story, story.get(path))


def _has_schemas(story: Story, answer: Answer) -> None:
    resources = answer.document.get("Resources")
    for each in (answer.document, *(resources if isinstance(resources, list) else ())):
        schemas = each.get("schemas")
        held = isinstance(schemas, list) and bool(schemas)
        uris = held and all(isinstance(urn, str) and ":" in urn for urn in schemas)
        story.expect("RES-001", uris, "schemas, an array of URIs that is not empty")


@check("RES-002", "RES-003", "RES-004")
def schemas_are_those_of_the_type(story: Story) -> None:
    """schemas has the base and extensions of the type, each once, in any order."""
    for kind, published in story.subject.types.items():
        base = published["schema"]
        known = {base} | {each["schema"] for each in published.get("schemaExtensions") or ()}
        made = story.post(story.subject.endpoint_of(kind), story.new(kind))
        if made.status == 201:
            shown = made.document["schemas"]
            story.expect("RES-002", set(shown) <= known, f"schemas of {kind} alone")
            story.expect("RES-004", base in shown, f"{base} in schemas")
        twice = story.post(story.subject.endpoint_of(kind), story.new(kind, schemas=[base, base]))
        shown = twice.document.get("schemas") or []
        collapsed = twice.status == 201 and shown.count(base) == 1
        story.expect("RES-003", twice.status == 400 or collapsed, f"400, or {base} once")
        missing: tuple[object, ...] = ([], None)
        for wrong in missing:
            answer = story.post(story.subject.endpoint_of(kind), story.new(kind, schemas=wrong))
            # Old clients leave schemas out: who adds the base shows it.
            added = answer.status == 201 and base in (answer.document.get("schemas") or ())
            story.expect("RES-004", answer.status == 400 or added, f"400, for {base} is missing")


@check("RES-003", "RES-005", "RES-006", "RES-007", "RES-009")
def extensions_have_a_place_of_their_own(story: Story) -> None:
    """Extension data is under its URN, which is in schemas."""
    for leaf, urn in _extended(story):
        endpoint, name = story.subject.endpoint_of(leaf.kind), str(leaf.definition["name"])
        sent, text = leaf.sent(story, "x"), story.name()
        sent[urn][name] = text
        base = sent["schemas"]
        made = story.post(endpoint, sent).document
        held = leaf.shown(made) == [text]
        story.expect("RES-006", held and name not in made, f"{name} in {urn} alone")
        story.expect("RES-005", held and urn in made["schemas"], f"{urn} in schemas")
        again = _with(story, leaf, urn, text)
        other = story.post(endpoint, {**sent, **again, "schemas": base[::-1]}).document
        same = leaf.shown(other) == [text] and set(other["schemas"]) == set(made["schemas"])
        story.expect("RES-003", same, "the same in any order of schemas")
        cased = {key: value for key, value in sent.items() if key != urn}
        new = _with(story, leaf, urn, text)
        upper = {urn.upper(): new.pop(urn)}
        cased |= {**new, "schemas": base, **upper}
        shown = story.post(endpoint, cased).document
        story.expect("RES-007", leaf.shown(shown) == [text], f"{urn}, as published")
        _stances(story, leaf, urn, text)
        needed = story.subject.required_extensions(leaf.kind)
        if "patch" in story.subject.features and urn not in needed:
            at = story.at(leaf.kind, made)
            story.patch(at, {"op": "remove", "path": leaf.path()})
            gone = leaf.shown(story.get(at).document) == []
            story.expect("RES-005", gone, f"no {leaf.path()}")


def _with(story: Story, leaf: Leaf, urn: str, text: str) -> Json:
    """A new document with a text of this extension, which is not in schemas unless it must be."""
    made = story.new(leaf.kind)
    return {**made, urn: {**made.get(urn, {}), str(leaf.definition["name"]): text}}


def _stances(story: Story, leaf: Leaf, urn: str, text: str) -> None:
    """Data without its URN in schemas: POST and PUT do the same (§3 leaves open what)."""
    endpoint = story.subject.endpoint_of(leaf.kind)
    lone = _with(story, leaf, urn, text)
    lone["schemas"] = [each for each in lone["schemas"] if each != urn]
    posted = story.post(endpoint, lone)
    made = story.make(leaf.kind)
    held = {**made.get(urn, {}), str(leaf.definition["name"]): text}
    lone = {**made, "schemas": [each for each in made["schemas"] if each != urn], urn: held}
    changed = story.put(story.at(leaf.kind, made), lone)
    taken = []
    for answer in (posted, changed):
        shown = leaf.shown(answer.document) == [text]
        right = not shown or urn in (answer.document.get("schemas") or ())
        story.expect("RES-009", answer.status < 500 and right, f"400, or {urn} added to schemas")
        taken.append((answer.status < 300, shown))
    story.expect("RES-009", taken[0] == taken[1], "the same by POST and by PUT")


@check("RES-008")
def an_unknown_schema_is_refused(story: Story) -> None:
    """schemas with a URN that the type has not is 400."""
    for kind, published in story.subject.types.items():
        sent = story.new(kind, schemas=[published["schema"], UNKNOWN])
        answer = story.post(story.subject.endpoint_of(kind), sent)
        # Old clients send URNs of their own: who ignores them does not show them.
        shown = answer.document.get("schemas") or ()
        ignored = answer.status == 201 and UNKNOWN not in shown
        story.expect("RES-008", answer.status == 400 or ignored, "400, for the URN is unknown")


@check("RES-010")
def extensions_are_required_where_published(story: Story) -> None:
    """An extension may be left out unless its type requires it."""
    for kind, published in story.subject.types.items():
        extensions = published.get("schemaExtensions") or ()
        if not extensions:
            continue
        required = story.subject.required_extensions(kind)
        base = {name: held for name, held in story.new(kind).items() if name not in required}
        answer = story.post(
            story.subject.endpoint_of(kind), {**base, "schemas": [published["schema"]]}
        )
        wanted = 400 if required else 201
        story.expect("RES-010", answer.status == wanted, f"{wanted} for a {kind} of the base alone")


@check("RES-028")
def every_type_is_served_alike(story: Story) -> None:
    """What is published as a resource type can be made, read, found, changed and deleted."""
    for kind in story.subject.types:
        endpoint = story.subject.endpoint_of(kind)
        sent = story.new(kind, externalId=story.name())
        made = story.post(endpoint, sent)
        unknown = story.subject.required_extensions(kind) and made.status == 400
        if unknown or made.status == 403:
            continue  # more than this examination can know, or than its credential may do
        if not story.expect("RES-028", made.status == 201, f"201 for a {kind}"):
            continue
        at = story.at(kind, made.document)
        shown = story.get(at).document
        story.expect("RES-028", shown.get("id") == made.document["id"], f"the {kind}")
        if "filter" in story.subject.features:
            found = story.get(asked(endpoint, filter=f'externalId eq "{sent["externalId"]}"'))
            story.expect("RES-028", ids(found) == [shown["id"]], f"the {kind}, by its externalId")
        story.expect("RES-028", story.put(at, sent).status == 200, "200 for PUT")
        if "patch" in story.subject.features:
            value = {"op": "replace", "path": "externalId", "value": story.name()}
            story.expect("RES-028", story.patch(at, value).status in {200, 204}, "200 or 204")
        story.expect("RES-028", story.delete(at).status == 204, "204 for DELETE")
