"""RFC 7644 §3.5.2.3: replacing with PATCH."""

from conformance.check import check
from conformance.patching import becomes, element, refused, unassigned, values
from conformance.published import writable
from conformance.story import Story
from conformance.wire import Json


def _pair(story: Story) -> tuple[Json, Json]:
    """Addresses at work and at home."""
    return story.address("work", display="Work"), story.address("home", display="Home")


@check("PAT-031", "PAT-032", "PAT-034", needs=("patch",))
def replace_overwrites_what_it_names(story: Story) -> None:
    """With or without a path, what is named has the new value and the rest stays."""
    names = ("title", "nickName", "emails.value", "emails.type", "emails.display")
    if not writable(story.subject, "User", *names):
        return
    (work, home), new = _pair(story), story.address("other")
    sent = {"title": "Before", "displayName": "Same", "emails": [work, home]}
    at = story.at("User", story.make("User", **sent))
    becomes(
        story,
        "PAT-032",
        at,
        [
            {"op": "replace", "path": "title", "value": "After"},
            {"op": "replace", "path": "emails", "value": [new]},
        ],
        lambda shown: shown.get("title") == "After" and values(shown, "emails") == [new["value"]],
        "the new title, and the new address alone",
    )
    becomes(
        story,
        "PAT-034",
        at,
        [{"op": "replace", "path": "nickName", "value": "New"}],
        lambda shown: shown.get("nickName") == "New",
        "the nickName that there was not before",
    )
    becomes(
        story,
        "PAT-031",
        at,
        [{"op": "replace", "value": {"nickName": "Newer", "emails": [work]}}],
        lambda shown: (
            shown.get("nickName") == "Newer"
            and values(shown, "emails") == [work["value"]]
            and (shown.get("title"), shown.get("displayName")) == ("After", "Same")
        ),
        "nickName and emails replaced, title and displayName as before",
    )


@check("PAT-033", needs=("patch",))
def replace_leaves_sub_attributes_that_it_does_not_name(story: Story) -> None:
    """A new givenName leaves the familyName."""
    if not writable(story.subject, "User", "name.familyName", "name.givenName"):
        return
    user = story.make("User", name={"familyName": "Lovelace", "givenName": "Ada"})
    becomes(
        story,
        "PAT-033",
        story.at("User", user),
        [{"op": "replace", "path": "name", "value": {"givenName": "Augusta"}}],
        lambda shown: (
            (
                (shown.get("name") or {}).get("familyName"),
                (shown.get("name") or {}).get("givenName"),
            )
            == ("Lovelace", "Augusta")
        ),
        "the new givenName beside the familyName",
    )


@check("PAT-035", "PAT-036", needs=("patch",))
def replace_acts_on_every_match_of_its_filter(story: Story) -> None:
    """A filter chooses elements, all that match; where none does, it is noTarget."""
    if not writable(story.subject, "User", "emails.value", "emails.type", "emails.display"):
        return
    (work, home), (second, _) = _pair(story), _pair(story)
    at = story.at("User", story.make("User", emails=[work, second, home]))
    becomes(
        story,
        "PAT-035",
        at,
        [{"op": "replace", "path": 'emails[type eq "work"].display', "value": "New"}],
        lambda shown: (
            sorted(str(each.get("display")) for each in shown.get("emails") or ())
            == ["Home", "New", "New"]
        ),
        "a new display at both work addresses alone",
    )
    changed = story.address("home")
    becomes(
        story,
        "PAT-035",
        at,
        [{"op": "replace", "path": 'emails[type eq "home"]', "value": changed}],
        lambda shown: (
            element(shown, "emails", "home").get("value") == changed["value"]
            and len(values(shown, "emails")) == 3
        ),
        "another home address, and both work addresses",
    )
    nobody = {"op": "replace", "path": 'emails[type eq "nobody"].display', "value": "x"}
    story.error("PAT-036", story.patch(at, nobody), 400, "noTarget")


@check("PAT-037", needs=("patch",))
def replace_with_nothing_unassigns(story: Story) -> None:
    """null and [] clear an attribute; what is required cannot be cleared."""
    if not writable(story.subject, "User", "title", "emails.value"):
        return
    user = story.make("User", title="Before", emails=[story.address("work", display="Work")])
    at = story.at("User", user)
    becomes(
        story,
        "PAT-037",
        at,
        [
            {"op": "replace", "path": "title", "value": None},
            {"op": "replace", "path": "emails", "value": []},
        ],
        lambda shown: unassigned(shown, "title", "emails"),
        "neither title nor emails",
    )
    answer = story.patch(at, {"op": "replace", "path": "userName", "value": None})
    refused(story, "PAT-037", answer, "mutability", "invalidValue")
