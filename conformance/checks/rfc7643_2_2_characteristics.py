"""RFC 7643 §2.2, §7: what the published characteristics promise, attribute by attribute."""

from conformance.check import check
from conformance.leaves import Leaf, document, has, leaves, leaves_of
from conformance.querying import asked, ids, rows
from conformance.story import Story
from conformance.subject import is_server_s, is_shown
from conformance.wire import Json

UNIQUE = frozenset({"server", "global"})
FAULTY = ("invalidValue", "invalidSyntax", None)


@check("ATT-026", "FIL-011")
def case_counts_where_it_is_published(story: Story) -> None:
    """caseExact values keep their case and compare with it; others compare without it."""
    for leaf in leaves(story, "string"):
        if not leaf.free() or leaf.place.definition.get("multiValued"):
            continue
        text = f"{story.name()}-aB"
        endpoint = story.subject.endpoint_of(leaf.kind)
        made = story.post(endpoint, leaf.sent(story, text))
        if made.status != 201:
            continue
        if leaf.trait("caseExact"):
            story.expect("ATT-026", leaf.shown(made.document) == [text], f"{text} in {leaf}")
        if "filter" not in story.subject.features:
            continue
        equal = story.get(asked(endpoint, filter=f'{leaf.path()} eq "{text}"'))
        if equal.status == 200 and ids(equal) == [made.document["id"]]:
            found = story.get(asked(endpoint, filter=f'{leaf.path()} eq "{text.swapcase()}"'))
            exact = leaf.trait("caseExact")
            wanted = [] if exact else ids(equal)
            right = found.status == 200 and ids(found) == wanted
            id = "ATT-026" if exact else "FIL-011"
            story.expect(id, right, f"{len(wanted)} found by another case of {leaf}")


@check("ATT-027")
def what_is_read_only_stays(story: Story) -> None:
    """No request of a client changes a readOnly attribute."""
    for leaf in leaves(story, "string"):
        if not is_server_s(leaf.place.definition):
            continue
        endpoint, forged = story.subject.endpoint_of(leaf.kind), story.name()
        if story.subject.minimal(leaf.kind).get(leaf.place.name) is not None:
            continue
        sent = leaf.sent(story, forged)
        made = story.post(endpoint, sent)
        kept = made.status == 201 and forged not in leaf.shown(made.document)
        if not story.expect("ATT-027", kept, f"201, and nothing of a client's in {leaf}"):
            continue
        at = story.at(leaf.kind, made.document)
        story.put(at, sent)
        _unchanged(story, leaf, at, forged)
        if "patch" in story.subject.features:
            value = leaf.value(story, forged)
            story.patch(at, {"op": "add", "path": leaf.place.path(), "value": value})
            _unchanged(story, leaf, at, forged)


def _unchanged(story: Story, leaf: Leaf, at: str, forged: str) -> None:
    held = forged not in leaf.shown(story.get(at).document)
    story.expect("ATT-027", held, f"nothing of a client's in {leaf}")


@check("ATT-028")
def what_is_immutable_is_set_once(story: Story) -> None:
    """An immutable attribute is set at creation and then never changed."""
    for leaf in leaves(story, "string"):
        if leaf.sub is not None or not leaf.writable() or leaf.trait("mutability") != "immutable":
            continue
        text = story.name()
        sent = leaf.sent(story, text)
        made = story.post(story.subject.endpoint_of(leaf.kind), sent)
        story.expect("ATT-028", leaf.shown(made.document) == [text], f"{text} in {leaf}")
        at = story.at(leaf.kind, made.document)
        changed = {**sent}
        holder = changed if leaf.place.urn is None else changed[leaf.place.urn]
        holder[leaf.place.name] = leaf.value(story, story.name())
        story.put(at, changed)
        if "patch" in story.subject.features:
            value = leaf.value(story, story.name())
            story.patch(at, {"op": "replace", "path": leaf.path(), "value": value})
        held = leaf.shown(story.get(at).document) == [text]
        story.expect("ATT-028", held, f"still {text} in {leaf}")


@check("ATT-029", "ATT-031")
def what_is_never_returned_is_in_no_answer(story: Story) -> None:
    """writeOnly and never: in no answer, however it is asked for."""
    for leaf in leaves(story, "string"):
        never, hidden = leaf.trait("returned") == "never", leaf.trait("mutability") == "writeOnly"
        if not (never or hidden) or not leaf.writable():
            continue
        secret = f"Xy9!{story.name()}"
        sent, before = leaf.sent(story, secret), len(story.exchanges)
        made = story.post(story.subject.endpoint_of(leaf.kind), sent)
        if made.status == 201:
            at = story.at(leaf.kind, made.document)
            story.get(at)
            story.get(asked(at, attributes=leaf.path()))
            story.put(at, sent)
            if "patch" in story.subject.features:
                story.patch(at, {"op": "replace", "path": leaf.path(), "value": secret})
            if "filter" in story.subject.features:
                text = f'id eq "{made.document["id"]}"'
                story.get(
                    asked(story.subject.endpoint_of(leaf.kind), filter=text, attributes=leaf.path())
                )
        answers = [exchange.answer for exchange in story.exchanges[before:]]
        kept = all(isinstance(each, str) or secret not in each.text for each in answers)
        for id, binds in (("ATT-029", hidden), ("ATT-031", never)):
            if binds:
                story.expect(id, kept, f"nowhere the value of {leaf}")


@check("ATT-030", "ATT-032", "ATT-033")
def projection_follows_what_is_published(story: Story) -> None:
    """always, default and request: when an attribute is shown."""
    for leaf in leaves(story, "string"):
        returned = leaf.trait("returned")
        if leaf.sub is not None or not leaf.writable() or returned == "never":
            continue
        if leaf.definition.get("canonicalValues") or leaf.definition["name"] in {
            "locale",
            "timezone",
            "preferredLanguage",
        }:
            continue
        text = story.name()
        made = story.post(story.subject.endpoint_of(leaf.kind), leaf.sent(story, text))
        if made.status != 201 or leaf.trait("mutability") == "writeOnly":
            continue
        at = story.at(leaf.kind, made.document)
        id = {"always": "ATT-030", "default": "ATT-032", "request": "ATT-033"}[returned]
        _shown(story, id, leaf, at, text, is_shown(leaf.definition))
        _shown(story, id, leaf, at, text, returned == "always", attributes="id")
        _shown(story, id, leaf, at, text, True, attributes=leaf.path())
        still = returned == "always"
        _shown(story, id, leaf, at, text, still, excludedAttributes=leaf.path())


def _shown(
    story: Story, id: str, leaf: Leaf, at: str, text: str, wanted: bool, **query: str
) -> None:
    answer = story.get(asked(at, **query))
    held = answer.status == 200 and (text in leaf.shown(answer.document)) == wanted
    story.expect(id, held, f"{leaf} {'' if wanted else 'not '}shown")


@check("ATT-030")
def the_id_is_in_every_representation(story: Story) -> None:
    """id is returned always (§3.1)."""
    user, users = story.make("User"), story.subject.endpoint_of("User")
    text = f'userName eq "{user["userName"]}"'
    for query in ({"attributes": "userName"}, {"excludedAttributes": "id"}):
        shown = story.get(asked(story.at("User", user), **query))
        story.expect("ATT-030", shown.document.get("id") == user["id"], "the id")
        if "filter" in story.subject.features:
            listed = story.get(asked(users, filter=text, **query))
            seen = [row.get("id") for row in rows(listed)]
            story.expect("ATT-030", seen == [user["id"]], "the id, in a list")


@check("ATT-034")
def unique_values_are_unique(story: Story) -> None:
    """A taken value is 409 uniqueness; what need not be unique may be the same."""
    for leaf in leaves(story, "string"):
        if leaf.sub is not None or not leaf.free():
            continue
        endpoint, text = story.subject.endpoint_of(leaf.kind), story.name()
        if story.post(endpoint, leaf.sent(story, text)).status != 201:
            continue
        second = story.post(endpoint, leaf.sent(story, text))
        if leaf.trait("uniqueness") not in UNIQUE:
            story.expect("ATT-034", second.status == 201, f"201 for a second {text} in {leaf}")
            continue
        story.error("ATT-034", second, 409, "uniqueness")
        other = leaf.sent(story, story.name())
        made = story.post(endpoint, other)
        at = story.at(leaf.kind, made.document)
        holder = other if leaf.place.urn is None else other[leaf.place.urn]
        holder[leaf.place.name] = text
        # RFC 7643 §7 has 400 here, RFC 7644 §3.3 has 409 for POST alone.
        story.error("ATT-034", story.put(at, other), (400, 409), "uniqueness", None)
        if "patch" in story.subject.features:
            changed = story.patch(at, {"op": "replace", "path": leaf.path(), "value": text})
            story.error("ATT-034", changed, (400, 409), "uniqueness", None)


@check("ATT-035")
def what_is_required_is_demanded(story: Story) -> None:
    """A required attribute is neither left out nor taken away."""
    for kind in story.subject.types:
        made = story.post(story.subject.endpoint_of(kind), story.new(kind))
        for place in story.subject.attributes(kind):
            definition = place.definition
            if place.urn or not definition.get("required") or is_server_s(definition):
                continue
            nothings: list[object] = [None, []] if definition.get("multiValued") else [None]
            for nothing in nothings:
                sent = story.new(kind, **{place.name: nothing})
                answer = story.post(story.subject.endpoint_of(kind), sent)
                story.error("ATT-035", answer, 400, *FAULTY)
            sent = story.new(kind)
            del sent[place.name]
            answer = story.post(story.subject.endpoint_of(kind), sent)
            story.error("ATT-035", answer, 400, *FAULTY)
            if made.status == 201 and definition.get("mutability") == "readWrite":
                at = story.at(kind, made.document)
                answer = story.put(at, sent)
                story.error("ATT-035", answer, 400, *FAULTY)
                if "patch" in story.subject.features:
                    changed = story.patch(at, {"op": "remove", "path": place.name})
                    story.error("ATT-035", changed, 400, "mutability", "invalidValue", None)


@check("ATT-036")
def a_required_part_is_of_its_whole(story: Story) -> None:
    """A required sub-attribute is demanded where its complex value is, and only there."""
    for kind in story.subject.types:
        for leaf in leaves_of(story, kind):
            whole = leaf.place.definition
            if leaf.sub is None or whole.get("required") or not leaf.trait("required"):
                continue
            if not leaf.writable():
                continue
            endpoint = story.subject.endpoint_of(kind)
            without = story.post(endpoint, story.new(kind))
            story.expect("ATT-036", without.status == 201, f"201 without {leaf.place.path()}")
            rest = {
                sub["name"]: story.subject.sample(sub)
                for sub in whole["subAttributes"]
                if not sub.get("required") and not is_server_s(sub)
            }
            if not rest:
                continue  # An object without a part may be no value at all (§2.5).
            value = [rest] if whole.get("multiValued") else rest
            sent = document(story, kind, {leaf.place.path(): value})
            story.error("ATT-036", story.post(endpoint, sent), 400)


@check("ATT-032")
def a_list_shows_what_the_resource_shows(story: Story) -> None:
    """A new resource, the resource by itself and in a list have the same attributes."""
    member = story.make("User")
    for kind in story.subject.types:
        extra: dict[str, object] = {"externalId": story.name()}
        if has(story, kind, "members"):
            extra["members"] = [{"value": member["id"]}]
        elif kind == "User" and has(story, kind, "emails", "name"):
            extra |= {"emails": [story.address("work")], "name": {"familyName": "King"}}
        made = story.post(story.subject.endpoint_of(kind), story.new(kind, **extra))
        if made.status != 201:
            continue
        alone = story.get(story.at(kind, made.document)).document
        wanted = {
            place.path()
            for place in story.subject.attributes(kind)
            if is_shown(place.definition) and place.value_in(alone) not in (None, [])
        }
        _has_all(story, kind, wanted, made.document, "the answer to POST")
        if "filter" in story.subject.features:
            text = f'externalId eq "{extra["externalId"]}"'
            listed = rows(story.get(asked(story.subject.endpoint_of(kind), filter=text)))
            if [row.get("id") for row in listed] == [alone["id"]]:
                _has_all(story, kind, wanted, listed[0], "the list")


def _has_all(story: Story, kind: str, wanted: set[str], shown: Json, where: str) -> None:
    found = {
        place.path()
        for place in story.subject.attributes(kind)
        if place.value_in(shown) not in (None, [])
    }
    missing = ", ".join(sorted(wanted - found))
    story.expect("ATT-032", not missing, f"{missing or 'everything'} of {kind} in {where}")
