"""RFC 7644 §3.4.2.2: filters that cannot be evaluated, and the examples of its Figure 2."""

from conformance.check import check
from conformance.querying import asked, cohort, rows
from conformance.story import Story
from conformance.wire import Answer

UNKNOWN = 'userName regex "a"'
FAULTS = (
    'userName eq "a" and',
    'and userName eq "a"',
    '(userName eq "a"',
    'userName eq "a")',
    'userName eq "a" userName eq "b"',
    'userName eq "a" xor userName eq "b"',
    'userName eq "a',
    "userName eq",
    "userName",
    "()",
)
LONG_AGO, FAR_OFF = "2011-05-13T04:42:34Z", "2999-05-13T04:42:34Z"


@check("FIL-003", "FIL-025", needs=("filter",))
def what_is_no_filter_is_refused(story: Story) -> None:
    """An empty filter and faults of syntax are 400 invalidFilter."""
    for empty in ("", " "):
        story.error("FIL-003", _users(story, empty), 400, "invalidFilter", None)
    story.error("FIL-025", _users(story, UNKNOWN), 400, "invalidFilter")
    for fault in FAULTS:
        story.error("FIL-025", _users(story, fault), 400, "invalidFilter", None)


@check("FIL-009", needs=("filter",))
def truth_has_no_order(story: Story) -> None:
    """gt, ge, lt and le of booleans and binaries are 400 invalidFilter."""
    for place in story.subject.attributes("User"):
        operand = {"boolean": "false", "binary": '"VFdF"'}.get(place.definition["type"])
        if operand and place.definition.get("returned") != "never":
            for operator in ("gt", "ge", "lt", "le"):
                answer = _users(story, f"{place.path()} {operator} {operand}")
                story.error("FIL-009", answer, 400, "invalidFilter")


@check("FIL-010", needs=("filter",))
def what_cannot_be_compared_does_not_match(story: Story) -> None:
    """Operands that do not suit the attribute are 400 invalidFilter, or match nobody."""
    people = cohort(story, a={"active": True})
    # As texts they would match. That is wrong of an instant; who gives booleans a text adds an
    # operation, which §3.4.2.2 allows.
    people.judge(
        ("FIL-010", "userName", 'meta.created lt "yesterday"', "!"),
        ("FIL-010", "userName", 'meta.created gt "!"', "!"),
        ("FIL-010", "active", 'active co "ru"', "?a !"),
        ("FIL-010", "active", 'active ew "e"', "?a !"),
    )


@check("FIL-019", needs=("filter",))
def a_complex_value_is_not_compared_whole(story: Story) -> None:
    """A single complex attribute is compared by its parts; whole it is refused, or is nobody's."""
    for place in story.subject.attributes("User"):
        told = place.definition
        # One with a value may be meant by its value, as Figure 2 has it of emails.
        parts = {part["name"] for part in told.get("subAttributes") or ()}
        if told["type"] == "complex" and not told.get("multiValued") and "value" not in parts:
            answer = _users(story, f'{place.path()} eq "x"')
            # §3.4.2.2 tells the client to name a part, not the server what to do without one.
            if answer.status != 200 or rows(answer):
                story.error("FIL-019", answer, 400, "invalidFilter", None)


@check("FIL-024", "FIL-026", needs=("filter",))
def leniency_finds_nobody_else(story: Story) -> None:
    """Bare words and unknown attributes are refused, or find what they can only mean."""
    people = cohort(story, a={}, b={})
    people.judge(
        ("FIL-024", "userName", "userName eq {a}", "?a !"),
        ("FIL-024", "userName", "userName eq '{a}'", "?a !"),
        ("FIL-026", "userName", 'notInAnySchema eq "1"', "!"),
        ("FIL-026", "userName", "notInAnySchema pr", "!"),
    )


@check("FIL-029", needs=("filter",))
def the_examples_of_figure_2_are_evaluated(story: Story) -> None:
    """Every example of the RFC finds whom it describes."""
    core = story.subject.types["User"]["schema"]
    people = cohort(
        story,
        a={
            "title": "Engineer",
            "userType": "Employee",
            "name": {"familyName": "O'Malley"},
            "emails": [{"type": "work", "value": "a@example.com"}],
        },
        b={"userType": "Intern", "emails": [{"type": "home", "value": "b@example.org"}]},
        c={"userType": "Contractor", "ims": [{"type": "xmpp", "value": "c@foo.com"}]},
    )
    both = "userType emails"
    mails = 'emails co "example.com" or emails.value co "example.org"'
    people.judge(
        ("FIL-029", "userName", 'userName eq "{a}"', "a"),
        ("FIL-029", "name", 'name.familyName co "O\'Malley"', "a"),
        ("FIL-029", "userName", 'userName sw "{m}-b"', "b"),
        ("FIL-029", "userName", f'{core}:userName sw "{{m}}-b"', "b"),
        ("FIL-029", "title", "title pr", "a"),
        *(
            ("FIL-029", "userName", f'meta.lastModified {operator} "{instant}"', wanted)
            for instant, early, late in ((LONG_AGO, "", "a b c"), (FAR_OFF, "a b c", ""))
            for operator, wanted in (("gt", late), ("ge", late), ("lt", early), ("le", early))
        ),
        ("FIL-029", "title userType", 'title pr and userType eq "Employee"', "a"),
        ("FIL-029", "title userType", 'title pr or userType eq "Intern"', "a b"),
        ("FIL-029", "userName", f'schemas eq "{core}"', "a b c !"),
        ("FIL-029", both, f'userType eq "Employee" and ({mails})', "a"),
        ("FIL-029", both, f'userType ne "Employee" and not ({mails})', "c"),
        ("FIL-029", both, 'userType eq "Employee" and (emails.type eq "work")', "a"),
        (
            "FIL-029",
            both,
            'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
            "a !",
        ),
        (
            "FIL-029",
            "emails ims",
            'emails[type eq "work" and value co "@example.com"]'
            ' or ims[type eq "xmpp" and value co "@foo.com"]',
            "a c !",
        ),
    )


@check("FIL-030", unless=("filter",))
def a_filter_that_is_not_supported_is_not_ignored(story: Story) -> None:
    """Where filters are not advertised, one is refused, or evaluated all the same."""
    story.make("User")
    answer = _users(story, f'userName eq "{story.name()}"')
    # Who evaluates it ignores nothing: nobody has that name.
    if answer.status != 200 or rows(answer):
        story.error("FIL-030", answer, (400, 403, 501))


def _users(story: Story, filter: str) -> Answer:
    """One at most, so that a filter which is wrongly taken costs little."""
    return story.get(asked(story.subject.endpoint_of("User"), filter=filter, count=1))
