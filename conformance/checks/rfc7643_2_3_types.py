"""RFC 7643 §2.3: data types. A wrong value is refused, a right one comes back."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.check import check
from conformance.leaves import Leaf, document, has, leaves, leaves_of
from conformance.story import Story
from conformance.subject import is_shown, refers

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
UNUSUAL = "𝔅🙂 e\u0301 ß\u4e2d"
MOMENT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
"""xsd:dateTime (RFC 7643 §2.3.5)."""


def _refuses(story: Story, id: str, leaf: Leaf, *values: object) -> None:
    users = story.subject.endpoint_of(leaf.kind)
    for value in values:
        answer = story.post(users, leaf.sent(story, value))
        story.expect(id, answer.status == 400, f"400, for {value!r} is no value of {leaf}")


def _returned(leaf: Leaf) -> bool:
    return is_shown(leaf.definition) and is_shown(leaf.place.definition)


def _takes(story: Story, leaf: Leaf, value: object) -> list[Any] | None:
    """The values that come back; None where the answer is no 201."""
    answer = story.post(story.subject.endpoint_of(leaf.kind), leaf.sent(story, value))
    return leaf.shown(answer.document) if answer.status == 201 else None


@check("ATT-005")
def texts_come_back_as_they_were(story: Story) -> None:
    """Strings hold any Unicode text, and nothing else (§2.3.1)."""
    for leaf in leaves(story, "string"):
        if leaf.writable():
            _refuses(story, "ATT-005", leaf, {"a": 1}, 5)
        if leaf.free() and leaf.trait("uniqueness") == "none":
            # A server may normalise (RFC 7644 §5), but not lose or change a character.
            shown = _takes(story, leaf, UNUSUAL)
            if shown is None and _takes(story, leaf, "Sample Text") is None:
                continue  # it takes no text at all, which has other reasons
            held = shown is not None and [unicodedata.normalize("NFC", str(s)) for s in shown] == [
                unicodedata.normalize("NFC", UNUSUAL)
            ]
            story.expect("ATT-005", held, f"{UNUSUAL!r} back from {leaf}")


@check("ATT-006")
def canonical_values_are_taken(story: Story) -> None:
    """Published canonicalValues are accepted; others come back as sent, or are refused (§7)."""
    for leaf in leaves(story, "string"):
        canonical = leaf.definition.get("canonicalValues")
        if not canonical or not leaf.writable() or not _returned(leaf):
            continue
        for value in canonical:
            story.expect("ATT-006", _takes(story, leaf, value) == [value], f"{value!r} in {leaf}")
        answer = story.post(
            story.subject.endpoint_of(leaf.kind), leaf.sent(story, "conformance-other")
        )
        held = leaf.shown(answer.document) == ["conformance-other"]
        story.expect(
            "ATT-006",
            answer.status == 400 or (answer.status == 201 and held),
            f"400, or 201 with the value that {leaf} was given",
        )


@check("ATT-007")
def booleans_are_true_or_false(story: Story) -> None:
    """Booleans are true and false in both directions (§2.3.2)."""
    for leaf in leaves(story, "boolean"):
        if not leaf.writable() or not _returned(leaf):
            continue
        _refuses(story, "ATT-007", leaf, "perhaps", {"a": 1})
        # A server that reads a string for old clients' sake shows a boolean all the same.
        for value in ("true", 1):
            users = story.subject.endpoint_of(leaf.kind)
            answer = story.post(users, leaf.sent(story, value))
            right = answer.status == 201 and leaf.shown(answer.document)[:1] == [True]
            typed = all(isinstance(each, bool) for each in leaf.shown(answer.document))
            story.expect(
                "ATT-007", answer.status == 400 or (right and typed), f"400 for {value!r} in {leaf}"
            )
        # An element's "primary" may be left out where it is false (§2.4).
        for flag in (True, False):
            shown = _takes(story, leaf, flag)
            absent = leaf.definition["name"] == "primary" and not flag and shown == []
            same = shown is not None and len(shown) == 1 and shown[0] is flag
            story.expect("ATT-007", same or absent, f"{flag} back from {leaf}")


@check("ATT-008")
def decimals_are_numbers(story: Story) -> None:
    """Decimals are numbers and come back equal (§2.3.3)."""
    for leaf in leaves(story, "decimal"):
        if leaf.writable() and _returned(leaf):
            _refuses(story, "ATT-008", leaf, "4.75", True)
            for value in (0.1, 4.75, -12.5):
                story.expect("ATT-008", _takes(story, leaf, value) == [value], f"{value} in {leaf}")


@check("ATT-009")
def integers_are_whole(story: Story) -> None:
    """Integers have no fraction and no exponent (§2.3.4)."""
    for leaf in leaves(story, "integer"):
        if leaf.writable() and _returned(leaf):
            _refuses(story, "ATT-009", leaf, 5.5, 5.0, "5", True)
            story.expect("ATT-009", _takes(story, leaf, 5) == [5], f"5 back from {leaf}")


@check("ATT-010")
def moments_have_date_and_time(story: Story) -> None:
    """A dateTime has a date and a time, in both directions (§2.3.5)."""
    meta = story.make("User")["meta"]
    for name in ("created", "lastModified"):
        if name in meta:
            whole = bool(MOMENT.fullmatch(str(meta[name])))
            story.expect("ATT-010", whole, f"meta.{name} an xsd:dateTime")
    for leaf in leaves(story, "dateTime"):
        if not leaf.writable() or not _returned(leaf):
            continue
        wrong = ("2026-11-20", "10:00:00Z", "Fri, 20 Nov 2026 10:00:00 GMT", 1763632800)
        _refuses(story, "ATT-010", leaf, *wrong)
        for value in ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.5+01:00"):
            shown = _takes(story, leaf, value)
            same = bool(shown) and shown is not None and _moment(shown[0]) == _moment(value)
            story.expect("ATT-010", same, f"the moment {value} back from {leaf}")


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return None
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@check("ATT-011")
def binaries_are_base64(story: Story) -> None:
    """A binary is base64 text (§2.3.6)."""
    for leaf in leaves(story, "binary"):
        if leaf.writable() and _returned(leaf):
            _refuses(story, "ATT-011", leaf, "###", 5)
            value = story.subject.sample(leaf.definition)
            value = value[0] if leaf.trait("multiValued") else value
            # What is to be a certificate (§4.1.2) may be looked at more closely: USR-022.
            if leaf.place.name != "x509Certificates":
                shown = _takes(story, leaf, value)
                story.expect("ATT-011", shown == [value], f"{value} back from {leaf}")


@check("ATT-012")
def references_are_uris(story: Story) -> None:
    """An external reference is a URI, whose letters keep their case (§2.3.7)."""
    for leaf in leaves(story, "reference"):
        if leaf.writable() and _returned(leaf):
            _refuses(story, "ATT-012", leaf, "ht tp://example.com/<x>", 5)
            value = "https://example.com/SampleOne"
            shown = _takes(story, leaf, value)
            story.expect("ATT-012", shown == [value], f"{value} back from {leaf}")


@check("ATT-013")
def relative_references_start_at_the_root(story: Story) -> None:
    """A relative reference to a resource is resolved from the base URL (§2.3.7)."""
    base = story.subject.endpoint.base_url.rstrip("/")
    for path, reference in _relative_references(story):
        from_root = _is_there(story, urljoin(f"{base}/", reference))
        from_request = _is_there(story, urljoin(f"{base}{path}", reference))
        if from_root != from_request:
            story.expect("ATT-013", from_root, f"{reference} to lead somewhere from {base}/")


def _relative_references(story: Story) -> Iterator[tuple[str, str]]:
    """Where each was shown, and the reference."""
    for kind, path in _referring(story):
        shown = story.get(path).document
        for leaf in leaves_of(story, kind):
            if leaf.trait("type") == "reference" and refers(leaf.definition):
                for reference in map(str, leaf.shown(shown)):
                    # One from the root of the host means the same everywhere; and the RFC itself
                    # shows "../Users/…" (§8.3), which starts at the request.
                    if not urlsplit(reference).scheme and not reference.startswith(("/", "../")):
                        yield path, reference


def _referring(story: Story) -> Iterator[tuple[str, str]]:
    """The types and paths of resources that refer to others."""
    user = story.make("User")
    if has(story, "Group", "members"):
        members = [{"value": user["id"]}]
        group = story.make("Group", displayName=story.name(), members=members)
        yield "Group", story.at("Group", group)
        yield "User", story.at("User", user)
    if has(story, "User", MANAGER):
        sent = document(story, "User", {MANAGER: {"value": user["id"]}})
        yield "User", story.at("User", story.make("User", **sent))


def _is_there(story: Story, uri: str) -> bool:
    base = story.subject.endpoint.base_url.rstrip("/")
    return uri.startswith(f"{base}/") and story.get(uri.removeprefix(base)).status == 200


@check("ATT-016")
def complex_values_are_objects(story: Story) -> None:
    """A single complex value is an object; the order in it means nothing (§2.3.8)."""
    for kind in story.subject.types:
        users = story.subject.endpoint_of(kind)
        parts = [leaf for leaf in leaves(story) if leaf.kind == kind and leaf.sub and leaf.free()]
        for place in {leaf.place.path(): leaf.place for leaf in parts}.values():
            if place.definition.get("multiValued"):
                continue
            mine = [leaf for leaf in parts if leaf.place == place]
            for value in ("Ada", 5, ["Ada"]):
                sent = {**mine[0].sent(story, "x")}
                holder = sent if place.urn is None else sent[place.urn]
                holder[place.name] = value
                answer = story.post(users, sent)
                # Old clients send the "value" alone: who reads it shows an object all the same.
                read = answer.status == 201 and place.value_in(answer.document) == {"value": "Ada"}
                expected = f"400, for {value!r} is no value of {kind} {place.path()}"
                story.expect("ATT-016", answer.status == 400 or read, expected)
            values = {leaf.definition["name"]: f"x-{at}" for at, leaf in enumerate(mine)}
            seen = []
            for order in (values, dict(reversed(values.items()))):
                sent = mine[0].sent(story, "x")
                holder = sent if place.urn is None else sent[place.urn]
                holder[place.name].update(order)
                holder[place.name] = {name: holder[place.name][name] for name in order} | {
                    **holder[place.name]
                }
                seen.append(place.value_in(story.post(users, sent).document))
            same = seen[0] is not None and seen[0] == seen[1]
            story.expect("ATT-016", same, f"{kind} {place.path()} the same in either order")


@check("ATT-017")
def nothing_complex_is_in_a_complex_value(story: Story) -> None:
    """No published sub-attribute is complex (§2.3.8), but in the schema of schemas (§8.7.2)."""
    for urn, schema in story.subject.schemas.items():
        if urn.lower() == "urn:ietf:params:scim:schemas:core:2.0:schema":
            continue
        for definition in schema.get("attributes") or ():
            subs = definition.get("subAttributes") or ()
            simple = all(sub.get("type") != "complex" for sub in subs)
            story.expect("ATT-017", simple, f"no complex part of {urn}:{definition['name']}")


@check("ATT-005")
def long_texts_are_not_cut(story: Story) -> None:
    """A text of 300, or of 3,000 characters comes back whole, or is refused."""
    users = story.subject.endpoint_of("User")
    if not has(story, "User", "displayName"):
        return
    for length in (300, 3000):
        text = ("Ada Lovelace " * length)[:length].strip() + "!"
        made = story.post(users, story.new("User", displayName=text))
        kept = made.status == 201 and made.document.get("displayName") == text
        refused = made.status in {400, 413}
        story.expect("ATT-005", kept or refused, f"the {length} characters, or 400")
