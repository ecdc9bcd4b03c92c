"""RFC 7644 §3.4.2: lists, and queries of every type at once."""

from conformance.check import check
from conformance.querying import asked, cohort, ids, rows
from conformance.story import Story
from conformance.urns import LIST_RESPONSE


@check("QRY-001", "QRY-002", "QRY-003", "QRY-004", needs=("filter",))
def a_list_says_how_many_there_are(story: Story) -> None:
    """A ListResponse has its schema, the total and the resources; nothing found is no error."""
    people = cohort(story, a={}, b={}, c={})
    answer = people.ask()
    body = answer.document
    schemas = body.get("schemas")
    story.expect("QRY-001", schemas == [LIST_RESPONSE], f"schemas with {LIST_RESPONSE}")
    story.expect("QRY-002", _number(body.get("totalResults")) == 3, "totalResults 3")
    found = sorted(ids(answer))
    story.expect("QRY-003", found == sorted(people.keys), "the three in Resources")
    ghost = asked(story.subject.endpoint_of("User"), filter=f'userName eq "{people.mark}-ghost"')
    nothing = story.get(ghost)
    none = _number(nothing.document.get("totalResults")) == 0 and not rows(nothing)
    story.expect("QRY-004", nothing.status == 200 and none, "200 with totalResults 0")


@check("QRY-002", "QRY-005", needs=("filter", "index"))
def a_page_says_where_it_is(story: Story) -> None:
    """A part of a list has startIndex and itemsPerPage, and the total of all."""
    people = cohort(story, a={}, b={}, c={})
    body = people.ask(count=2, startIndex=1).document
    story.expect("QRY-002", _number(body.get("totalResults")) == 3, "totalResults 3")
    start, size = _number(body.get("startIndex")), _number(body.get("itemsPerPage"))
    story.expect("QRY-005", start is not None and size is not None, "startIndex and itemsPerPage")


@check("QRY-006", "QRY-008", needs=("filter",))
def every_type_is_queried_at_the_base(story: Story) -> None:
    """The base URL finds resources of every type, or says that it does not."""
    if "Group" not in story.subject.types:
        return
    user = story.make("User")
    group = story.make("Group", displayName=story.name())
    either = f'(id eq "{user["id"]}" or id eq "{group["id"]}")'
    answer = story.get(asked("/", filter=either))
    if answer.status != 200:
        story.error("QRY-006", answer, (403, 404, 405, 501))
        return
    if answer.body is None:
        return  # a page for people, which is beside SCIM
    both = sorted([user["id"], group["id"]])
    story.expect("QRY-006", sorted(ids(answer)) == both, "the user and the group")
    for name, wanted in (("User", user), ("Group", group)):
        text = f'{either} and meta.resourceType eq "{name}"'
        one = story.get(asked("/", filter=text))
        story.expect("QRY-006", ids(one) == [wanted["id"]], f"the {name.lower()} alone")
    for text in ("userName pr", f'userName eq "{user["userName"]}"'):
        one = story.get(asked("/", filter=f"{either} and {text}"))
        story.expect("QRY-008", ids(one) == [user["id"]], "the user alone")


@check("QRY-009", needs=("filter",))
def one_resource_is_queried(story: Story) -> None:
    """A filter on the URI of a resource that matches it leaves it to be found."""
    user = story.make("User")
    matching = asked(story.at("User", user), filter=f'userName eq "{user["userName"]}"')
    answer = story.get(matching)
    found = [answer.document.get("id"), *ids(answer)]
    story.expect("QRY-009", answer.status == 200 and user["id"] in found, "200 with the resource")


@check("QRY-010", needs=("filter", "tenant"))
def what_is_another_s_is_not_counted(story: Story) -> None:
    """A credential of another tenant finds nothing, and counts nothing."""
    user = story.make("User")
    users = asked(story.subject.endpoint_of("User"), filter=f'userName eq "{user["userName"]}"')
    answer = story.send("GET", users, endpoint=story.subject.other)
    total = _number(answer.document.get("totalResults"))
    hidden = answer.status in (401, 403, 404) or (total == 0 and not rows(answer))
    story.expect("QRY-010", hidden, "no result")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
