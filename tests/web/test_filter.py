"""Filters over HTTP (RFC 7644 §3.4.2.2): the table of tests/protocol/filter_cases and its edges."""

import pytest

from tests.application import ENTERPRISE, USER, Application, Scim, error
from tests.protocol.filter_cases import FAULTY, FILTERS
from tests.protocol.filter_documents import DOCUMENTS, filled
from tests.web.pages import shown

proves = pytest.mark.proves
Cast = tuple[Scim, dict[str, str]]
PATHS = {"User": "/Users", "Device": "/Devices"}


@pytest.fixture(scope="module")
def cast(application: Application) -> Cast:
    """The documents of the table in a tenant of their own, with their ids by name."""
    scim = application.scim("strict")
    ids = {
        name: scim.post(PATHS[kind], document).get_json()["id"]
        for kind, documents in DOCUMENTS.items()
        for name, document in documents.items()
    }
    return scim, ids


@pytest.fixture(scope="module")
def tolerant(cast: Cast) -> Scim:
    """A client of the same tenant with every tolerance."""
    return cast[0].application.scim(tenant=cast[0].tenant)


def names(cast: Cast, filter: str, path: str = "/Users") -> list[str]:
    """Who is found, by the names of the table."""
    scim, ids = cast
    found = scim.found(path, filter)
    return [name for name, id in ids.items() if id in found]


@pytest.mark.parametrize(("kind", "text", "expected"), FILTERS)
def test_only_what_matches_is_found(
    cast: Cast, kind: str, text: str, expected: tuple[str, ...]
) -> None:
    assert names(cast, filled(text, cast[1]), PATHS[kind]) == list(expected)


@proves("FIL-009", "FIL-010", "FIL-019", "FIL-025", "FIL-026")
@pytest.mark.parametrize(("kind", "text", "fault"), FAULTY)
def test_what_cannot_be_compared_is_refused(
    cast: Cast, kind: str, text: str, fault: type[Exception]
) -> None:
    expected = (403, "sensitive") if fault.__name__ == "Sensitive" else (400, "invalidFilter")
    assert error(cast[0].get(PATHS[kind], query={"filter": text})) == expected


@proves("FIL-002")
@pytest.mark.parametrize(
    "text",
    [
        'USERNAME EQ "ada"',
        'username Eq "ADA" AND Title PR',
        'userName eq "ada" aNd NOT (ACTIVE EQ FALSE)',
        'userName eq "ada" And (nickName Pr Or nickName eq NULL)',
        'EMAILS[TYPE Eq "WORK" And VALUE Sw "ADA"]',
        f'{USER.upper()}:userName eq "ada"',
    ],
)
def test_letter_case_of_names_and_keywords_does_not_matter(cast: Cast, text: str) -> None:
    assert names(cast, text) == ["ada"]


@proves("FIL-003", "FIL-025")
@pytest.mark.parametrize(
    "text",
    ["", " ", "\t", "userName", "userName eq", 'eq "a"', 'userName regex "a"', 'userName == "a"',
     'userName eq "a" and', 'and userName eq "a"', '(userName eq "a"', 'userName eq "a")',
     'userName eq "a" title pr', 'userName eq "a', 'userName eq "a" "b"', "title pr pr", "()",
     'emails[type eq "work"', 'emails type eq "work"]', "emails[]", "title pr,", "title pr;",
     'userName eq "\\x"', 'userName eq "\\ud800"', 'userName eq "a\nb"', "userName eq +5",
     "userName eq {}", "userName eq []"],
)  # fmt: skip
def test_a_fault_of_syntax_is_told_and_never_ignored(cast: Cast, text: str) -> None:
    response = cast[0].get("/Users", query={"filter": text})
    assert error(response) == (400, "invalidFilter")
    assert len(response.get_json()["detail"]) > 10


@proves("FIL-012", "FIL-013")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nickName pr or title pr and externalId pr", ["ada", "bob", "dan"]),
        ("nickName pr or (title pr and externalId pr)", ["ada", "bob", "dan"]),
        ("(nickName pr or title pr) and userType pr", ["ada", "bob"]),
        ("nickName pr or title pr and userType pr", ["ada", "bob", "dan"]),
        ("not (nickName pr) and userType pr", ["ada", "bob"]),
        ("(" * 15 + "nickName pr" + ")" * 15, ["dan"]),
    ],
)
def test_and_binds_tighter_than_or_unless_there_are_parentheses(
    cast: Cast, text: str, expected: list[str]
) -> None:
    assert names(cast, text) == expected


@proves("FIL-013")
@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "(" * 2000 + "title pr" + ")" * 2000, "not (" * 1000 + "title pr" + ")" * 1000,
     "[" * 3000, "emails[" * 500, " or ".join(["title pr"] * 101), 'title eq "' + "x" * 8200 + '"'],
)  # fmt: skip
def test_an_absurd_filter_is_refused(cast: Cast, text: str) -> None:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]
    sent = cast[0].post("/Users/.search", {"schemas": schemas, "filter": text})
    assert error(sent) == (400, "invalidFilter")


@proves("FIL-014")
@pytest.mark.parametrize(
    "text", ["not title pr", "not", 'not userName eq "a"', "not(not title pr)"]
)
def test_not_needs_parentheses(cast: Cast, text: str) -> None:
    assert error(cast[0].get("/Users", query={"filter": text})) == (400, "invalidFilter")


@proves("FIL-016")
def test_brackets_bind_conditions_to_one_element(cast: Cast) -> None:
    assert names(cast, 'emails[type eq "home" and value co "ada@example"]') == []
    assert "ada" in names(cast, 'emails.type eq "home" and emails.value co "ada@example"')


@proves("FIL-017")
def test_brackets_within_brackets_are_refused(cast: Cast) -> None:
    text = 'emails[type eq "work" and value[value eq "a"]]'
    assert error(cast[0].get("/Users", query={"filter": text})) == (400, "invalidFilter")


@proves("FIL-024")
@pytest.mark.parametrize("text", ["userName eq ada", "userName eq 'ada'", "title eq Engineer"])
def test_strict_mode_wants_quotes(cast: Cast, text: str) -> None:
    assert error(cast[0].get("/Users", query={"filter": text})) == (400, "invalidFilter")


@proves("FIL-024")
def test_tolerant_mode_takes_bare_words(tolerant: Scim) -> None:
    assert shown(tolerant.get("/Users", query={"filter": "userName eq ada"})) == ["Ada"]


@proves("FIL-028")
def test_a_defaulted_value_is_found_as_it_was_shown(scim: Scim) -> None:
    user = scim.user()
    assert user["active"] is True
    assert scim.found("/Users", "active eq true") == [user["id"]]
    assert scim.found("/Users", "active ne true") == []


@proves("FIL-008")
def test_moments_are_compared_as_instants(scim: Scim) -> None:
    user = scim.user()
    year = int(user["meta"]["created"][:4])
    created, id = user["meta"]["created"], user["id"]
    for text, found in [
        (f'meta.created eq "{created}"', [id]),
        (f'meta.created ge "{created}"', [id]),
        (f'meta.created gt "{created}"', []),
        (f'meta.lastModified gt "{year}-01-01T00:00:00+02:00"', [id]),
        (f'meta.lastModified lt "{year + 1}-12-31T00:00:00-02:00"', [id]),
        (f'meta.lastModified gt "{year + 2}-01-01T00:00:00Z"', []),
    ]:
        assert scim.found("/Users", text) == found


FIGURE_2: list[tuple[str, list[str]]] = [
    ('userName eq "bjensen"', ["bjensen"]),
    ('name.familyName co "O\'Malley"', ["omalley"]),
    ('userName sw "J"', ["jane"]),
    ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', ["jane"]),
    ("title pr", ["bjensen", "jane"]),
    ('meta.lastModified gt "2011-05-13T04:42:34Z"', ["bjensen", "jane", "omalley"]),
    ('meta.lastModified ge "2011-05-13T04:42:34Z"', ["bjensen", "jane", "omalley"]),
    ('meta.lastModified lt "2011-05-13T04:42:34Z"', []),
    ('meta.lastModified le "2011-05-13T04:42:34Z"', []),
    ('title pr and userType eq "Employee"', ["bjensen"]),
    ('title pr or userType eq "Intern"', ["bjensen", "jane", "omalley"]),
    (f'schemas eq "{ENTERPRISE}"', ["omalley"]),
    ('userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
     ["bjensen"]),
    ('userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
     ["jane"]),
    ('userType eq "Employee" and (emails.type eq "work")', ["bjensen"]),
    ('userType eq "Employee" and emails[type eq "work" and value co "@example.com"]', ["bjensen"]),
    ('emails[type eq "work" and value co "@example.com"] or '
     'ims[type eq "xmpp" and value co "@foo.com"]', ["bjensen", "jane"]),
]  # fmt: skip


@proves("FIL-029")
@pytest.mark.parametrize(("text", "expected"), FIGURE_2)
def test_the_examples_of_figure_2_mean_what_they_say(
    figure_2: Scim, text: str, expected: list[str]
) -> None:
    found = figure_2.get("/Users", query={"filter": text, "sortBy": "userName"})
    assert shown(found) == expected


@pytest.fixture(scope="module")
def figure_2(application: Application) -> Scim:
    """Three people whom the examples of Figure 2 tell apart."""
    scim = application.scim("strict")
    work = {"value": "bjensen@example.com", "type": "work"}
    scim.user(userName="bjensen", title="Guide", userType="Employee", emails=[work])
    ims = [{"value": "jane@foo.com", "type": "xmpp"}]
    scim.user(userName="jane", title="Poet", userType="Contractor", ims=ims)
    scim.user(
        schemas=[USER, ENTERPRISE],
        userName="omalley",
        userType="Intern",
        name={"familyName": "O'Malley"},
        emails=[{"value": "o@example.org", "type": "home"}],
        **{ENTERPRISE: {"department": "Tours"}},
    )
    return scim
