"""RFC 7644 §3.4.3: queries by POST."""

from conformance.check import check
from conformance.querying import asked, cohort, ids, rows
from conformance.story import Story
from conformance.urns import LIST_RESPONSE, PATCH_OP, SEARCH_REQUEST
from conformance.wire import Json


@check("SCH-001", "SCH-003", needs=("filter",))
def a_search_is_a_query(story: Story) -> None:
    """POST to .search answers as GET does, and makes nothing."""
    people = cohort(story, a={"displayName": "Ada"}, b={"displayName": "Bob"})
    everybody = people.everybody
    users = story.subject.endpoint_of("User")
    people.url(everybody)
    answer = story.post(f"{users}/.search", _search(filter=everybody))
    story.expect(
        "SCH-001",
        answer.status == 200 and answer.document.get("schemas") == [LIST_RESPONSE],
        "200 with a ListResponse",
    )
    story.expect("SCH-001", sorted(ids(people.ask())) == sorted(people.keys), "nobody made")
    questions: list[Json] = [{}, {"attributes": ["userName"]}]
    questions.append({"excludedAttributes": ["displayName", "meta"]})
    if "sort" in story.subject.features:
        questions.append({"sortBy": "userName", "sortOrder": "descending"})
    if {"index", "sort"} <= story.subject.features:
        questions.append({"sortBy": "userName", "startIndex": 2, "count": 1})
    for question in questions:
        flat = {k: ",".join(v) if isinstance(v, list) else v for k, v in question.items()}
        listed = story.get(asked(users, filter=everybody, **flat))
        searched = story.post(f"{users}/.search", _search(filter=everybody, **question))
        found, wanted = rows(searched), rows(listed)
        if "sortBy" not in question:
            found, wanted = (
                sorted(each, key=lambda row: str(row["id"])) for each in (found, wanted)
            )
        same = searched.status == 200 and found == wanted != []
        totals = searched.document.get("totalResults") == listed.document.get("totalResults")
        story.expect("SCH-003", same and totals, "what GET answers to the same question")


@check("SCH-001", needs=("filter",))
def every_type_is_searched_at_the_base(story: Story) -> None:
    """.search at the base URL finds users and groups, or says that it does not."""
    if "Group" not in story.subject.types:
        return
    user = story.make("User")
    group = story.make("Group", displayName=story.name())
    either = f'id eq "{user["id"]}" or id eq "{group["id"]}"'
    answer = story.post("/.search", _search(filter=either))
    if answer.status == 200:
        both = sorted([user["id"], group["id"]])
        story.expect("SCH-001", sorted(ids(answer)) == both, "the user and the group")
    else:
        story.error("SCH-001", answer, (403, 404, 405, 501))


@check("SCH-002", "SCH-004")
def what_is_no_search_is_refused(story: Story) -> None:
    """The body must be a SearchRequest; numbers that are none are refused, or read as one."""
    search = f"{story.subject.endpoint_of('User')}/.search"
    if story.post(search, _search(count=1)).status != 200:
        return
    other = story.post(search, {"schemas": [PATCH_OP], "count": 1})
    story.error("SCH-002", other, 400, "invalidSyntax", "invalidValue", None)
    if "index" in story.subject.features:
        for wrong in ({"count": "10"}, {"startIndex": "1", "count": 1}, {"count": [1]}):
            answer = story.post(search, _search(**wrong))
            # §3.4.3 tells the client to send an integer, not the server to refuse a text.
            if answer.status != 200 or answer.document.get("startIndex", 1) != 1:
                story.error("SCH-004", answer, 400, "invalidValue", "invalidSyntax", None)


def _search(**parameters: object) -> Json:
    return {"schemas": [SEARCH_REQUEST], **parameters}


@check("SCH-001", "SCH-003", needs=("filter",))
def every_type_is_searched_by_filter(story: Story) -> None:
    """.search of each type finds what its filter describes and no more, and keeps to count."""
    first, second = story.make("User"), story.make("User")
    users = story.subject.endpoint_of("User")
    one = story.post(f"{users}/.search", _search(filter=f'userName eq "{first["userName"]}"'))
    story.expect("SCH-003", ids(one) == [first["id"]], "the one user of this name")
    both = f'id eq "{first["id"]}" or id eq "{second["id"]}"'
    page = story.post(f"{users}/.search", _search(filter=both, count=1))
    story.expect("SCH-003", page.status != 200 or len(ids(page)) <= 1, "one user, for count 1")
    if "Group" in story.subject.types:
        group = story.make("Group", displayName=story.name())
        wanted = _search(filter=f'displayName eq "{group["displayName"]}"')
        found = story.post(f"{story.subject.endpoint_of('Group')}/.search", wanted)
        story.expect("SCH-001", ids(found) == [group["id"]], "the group, by a search")
    # The base URL is a place for .search where it answers at all.
    found = story.post("/.search", _search(filter=f'id eq "{first["id"]}"'))
    if found.status == 200:
        story.expect("SCH-003", ids(found) == [first["id"]], "the one user, at the base URL")
