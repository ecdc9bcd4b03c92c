"""RFC 7644 §3.4.2.2: how the terms of a filter are joined, and the attributes that they name."""

from conformance.check import check
from conformance.published import extension_text
from conformance.querying import cohort, rows
from conformance.story import Story

PARENTHESES = 1000


@check("FIL-002", needs=("filter",))
def case_does_not_matter(story: Story) -> None:
    """Names, operators and logical words mean the same in any case."""
    people = cohort(story, a={"title": "Engineer"}, b={"title": "Nurse"}, c={})
    people.judge(
        ("FIL-002", "title", 'TITLE eq "Engineer"', "a"),
        ("FIL-002", "title", 'title Eq "Engineer"', "a"),
        ("FIL-002", "title", 'title EQ "Engineer" AND userName SW "{m}"', "a"),
        ("FIL-002", "title", 'title eq "Engineer" OR title eq "Nurse"', "a b"),
        ("FIL-002", "title", 'title PR AND Not (title CO "ngin")', "b"),
    )


@check("FIL-012", "FIL-013", "FIL-014", needs=("filter",))
def terms_are_joined_in_their_order(story: Story) -> None:
    """Parentheses bind first, then not, then and, then or."""
    people = cohort(
        story,
        a={"title": "one", "nickName": "red"},
        b={"title": "two", "nickName": "red"},
        c={"title": "two", "nickName": "blue"},
        d={},
    )
    both = "title nickName"
    people.judge(
        ("FIL-012", both, 'title eq "one" or title eq "two" and nickName eq "blue"', "a c"),
        ("FIL-012", both, 'nickName eq "blue" and title eq "two" or title eq "one"', "a c"),
        ("FIL-012", both, 'title pr and not (title eq "one") and nickName eq "red"', "b"),
        ("FIL-012", both, 'not (title eq "one") and nickName eq "red"', "b"),
        ("FIL-013", both, '(title eq "one" or title eq "two") and nickName eq "blue"', "c"),
        ("FIL-013", both, 'nickName eq "red" and (title eq "two" or title eq "none")', "b"),
        (
            "FIL-013",
            both,
            '((title eq "one") or ((title eq "two") and (nickName eq "red")))',
            "a b",
        ),
        ("FIL-014", both, "not (title pr)", "d"),
        ("FIL-014", both, "not(title pr)", "d"),
        ("FIL-014", both, 'not (title eq "two" or nickName eq "blue") and title pr', "a"),
        ("FIL-014", both, 'title pr and not (title eq "two" and nickName eq "blue")', "a b"),
    )
    users = story.subject.endpoint_of("User")
    bare = story.get(f"{users}?filter=not%20userName%20pr&count=1")
    # Who reads it as ``not (…)`` finds nobody: every user has a userName.
    if bare.status != 200 or rows(bare):
        story.error("FIL-014", bare, 400, "invalidFilter", None)


@check("FIL-013", needs=("filter",))
def absurd_nesting_breaks_nothing(story: Story) -> None:
    """A thousand parentheses are refused or evaluated."""
    people = cohort(story, a={})
    name = people.name("a")
    filter = "(" * PARENTHESES + f'userName eq "{name}"' + ")" * PARENTHESES
    answer = story.get(f"{story.subject.endpoint_of('User')}?filter={filter}".replace(" ", "%20"))
    found = people.found(answer)
    story.expect(
        "FIL-013",
        400 <= answer.status < 500 or found == ["a"],
        "a refusal of the request (4xx), or its result",
    )


@check("FIL-015", "FIL-016", "FIL-017", "FIL-018", "FIL-020", needs=("filter",))
def one_of_several_values_is_enough(story: Story) -> None:
    """A comparison holds when one element satisfies it; brackets bind terms to one element."""
    work, home = f"{story.name()}@one.example", f"{story.name()}@two.example"
    people = cohort(
        story,
        a={"emails": [{"value": work, "type": "work"}, {"value": home, "type": "home"}]},
        b={"emails": [{"value": f"{story.name()}@two.example", "type": "work"}]},
        c={},
    )
    people.judge(
        ("FIL-015", "emails", 'emails.type eq "home"', "a"),
        ("FIL-015", "emails", 'emails.type eq "work"', "a b"),
        ("FIL-015", "emails", 'emails.value co "@two"', "a b"),
        ("FIL-015", "emails", 'emails.value ew "one.example"', "a"),
        ("FIL-015", "emails", 'emails.type eq "work" and emails.value co "@two"', "?a b"),
        ("FIL-016", "emails", 'emails[type eq "work" and value co "@two"]', "b !"),
        ("FIL-016", "emails", 'emails[type eq "home" and value co "@one"]', "!"),
        ("FIL-016", "emails", 'emails[type eq "home" and value co "@two"]', "a !"),
        ("FIL-018", "emails", 'emails[type eq "home"].value co "@one"', "!"),
        ("FIL-018", "emails", 'emails[type eq "home"].value co "@two"', "a !"),
        ("FIL-020", "emails", 'emails co "@one"', "a"),
        ("FIL-020", "emails", f'emails eq "{home}"', "a"),
    )
    if not people.keeps("emails") or people.ask('emails[type eq "work"]').status != 200:
        return
    people.judge(
        ("FIL-017", "emails", 'emails[type eq "home" or value co "@one"]', "a"),
        ("FIL-017", "emails", 'emails[type eq "x" or (type eq "work" and value co "@two")]', "b"),
        ("FIL-017", "emails", 'emails[not (type eq "work")]', "a"),
    )
    nested = people.ask('emails[type eq "work" and emails[type eq "work"]]')
    story.error("FIL-017", nested, 400, "invalidFilter", None)


@check("FIL-005", needs=("filter",))
def unequal_among_several(story: Story) -> None:
    """ne on several values: who has only the value is not found, who has only others is."""
    people = cohort(
        story,
        a={"emails": [story.address("work")]},
        b={"emails": [story.address("home")]},
        c={"emails": [story.address("work"), story.address("home")]},
    )
    people.judge(("FIL-005", "emails", 'emails.type ne "work"', "b ?c"))


@check("FIL-021", needs=("filter",))
def a_full_name_has_its_schema_before_it(story: Story) -> None:
    """Attributes of the core and of extensions are found by URN and name, in any case."""
    core = story.subject.types["User"]["schema"]
    extension = extension_text(story.subject, "User")
    more = extension.within("sales") if extension else {}
    people = cohort(story, a={"name": {"familyName": "Ames"}, **more}, b={})
    people.judge(
        ("FIL-021", "userName", f'{core}:userName eq "{{a}}"', "a"),
        ("FIL-021", "userName", f'{core.upper()}:USERNAME eq "{{a}}"', "a"),
        ("FIL-021", "name", f'{core}:name.familyName eq "Ames"', "a"),
    )
    if extension and extension.urn and people.keeps(extension.urn):
        people.judge(
            ("FIL-021", "userName", f'{extension.path()} eq "sales"', "a"),
            ("FIL-021", "userName", f"{extension.path()} pr", "a"),
            ("FIL-021", "userName", f'{extension.path().upper()} eq "sales"', "a"),
        )


@check("FIL-022", needs=("filter",))
def resources_are_found_by_schema(story: Story) -> None:
    """``schemas eq`` finds who has the extension, or is refused."""
    extension = extension_text(story.subject, "User")
    if extension is None:
        return
    people = cohort(story, a=extension.within("sales"), b={})
    if extension.urn in people.shown["a"]["schemas"]:
        others = "?b" if extension.urn in people.shown["b"]["schemas"] else ""
        people.expect("FIL-022", people.ask(f'schemas eq "{extension.urn}"'), f"a {others} !")
