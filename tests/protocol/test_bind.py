"""From syntax to schema: names, operators and operands."""

import pytest

from scim_server.protocol.bind import (
    And,
    Bound,
    Compare,
    Never,
    Not,
    Or,
    Present,
    Within,
    bind,
    bind_within,
)
from scim_server.protocol.errors import InvalidFilter, ScimError, Sensitive
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.schema import Path
from tests.protocol.filter_cases import FAULTY
from tests.protocol.filter_documents import ENTERPRISE
from tests.protocol.shipped import REGISTRY

USERS, GROUPS = REGISTRY.kinds["User"], REGISTRY.kinds["Group"]


def at(text: str) -> Path:
    """The path, which must exist."""
    path = USERS.resolve(text)
    assert path is not None, text
    return path


FALSE_PRIMARY = Not(Compare(at("emails.primary"), "eq", "true"))
WORK = Compare(at("emails.type"), "eq", "work")


@pytest.mark.proves("FIL-005", "FIL-018", "FIL-020", "FIL-021", "FIL-027", "ATT-020", "USR-003")
@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ('USERNAME eq "BJensen"', Compare(at("userName"), "eq", "bjensen")),
        ('externalId eq "Ab"', Compare(at("externalId"), "eq", "Ab")),
        ("title pr", Present(at("title"))),
        ("name pr", Present(at("name"))),
        ('title ne "A"', Not(Compare(at("title"), "eq", "a"))),
        ("title eq null", Not(Present(at("title")))),
        ("title ne null", Not(Not(Present(at("title"))))),
        ("title gt null", Never()),
        ('title sw ""', Compare(at("title"), "ge", "")),
        ("active eq FALSE", Compare(at("active"), "eq", "false")),
        ('emails co "X"', Compare(at("emails.value"), "co", "x")),
        ('emails[type eq "work"]', Within(at("emails"), WORK)),
        (
            'emails[type eq "work"].value pr',
            Within(at("emails"), And((WORK, Present(at("emails.value"))))),
        ),
        ('schemas[value eq "a"]', Within(at("schemas"), Compare(at("schemas"), "eq", "a"))),
        (
            'name[givenName eq "A" or familyName pr]',
            And(
                (
                    Present(at("name")),
                    Or((Compare(at("name.givenName"), "eq", "a"), Present(at("name.familyName")))),
                )
            ),
        ),
        ("emails.primary eq false", Within(at("emails"), FALSE_PRIMARY)),
        ("emails[primary eq false]", Within(at("emails"), FALSE_PRIMARY)),
        ("emails.primary ne true", FALSE_PRIMARY),
        ("emails.primary ne false", Not(Within(at("emails"), FALSE_PRIMARY))),
        (
            f'{ENTERPRISE.upper()}:MANAGER.VALUE eq "26"',
            Compare(at(f"{ENTERPRISE}:manager.value"), "eq", "26"),
        ),
    ],
)
def test_it_binds(text: str, bound: Bound) -> None:
    assert bind(USERS, parse_filter(text)) == bound


@pytest.mark.proves("FIL-009", "FIL-010", "FIL-019", "FIL-026", "USR-012")
@pytest.mark.parametrize(("kind", "text", "error"), FAULTY)
def test_it_refuses(kind: str, text: str, error: type[ScimError]) -> None:
    with pytest.raises(error):
        bind(REGISTRY.kinds[kind], parse_filter(text))


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('foo eq "1"', 'A User has no attribute "foo".'),
        ('emails[foo eq "1"]', 'A User has no attribute "emails.foo".'),
        ('meta eq "x"', '"meta" is complex: compare one of meta.resourceType, meta.created'),
        ("active gt true", '"gt" cannot be used on "active", a boolean.'),
        ('active eq "true"', '"active" must be compared with true or false.'),
        ('meta.created gt "x"', '"meta.created" must be compared with a date and time'),
        ('name.givenName[value eq "1"]', '"name.givenName" has no elements'),
    ],
)
def test_a_refusal_names_what_is_wrong(text: str, detail: str) -> None:
    with pytest.raises(InvalidFilter) as refusal:
        bind(USERS, parse_filter(text))
    assert refusal.value.detail.startswith(detail)


@pytest.mark.proves("QRY-008")
@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("members pr", Never()),
        ('members.value gt "1"', Never()),
        ("members eq null", Not(Never())),
        ('members.value ne "1"', Not(Never())),
        ('members[type eq "User"]', Never()),
        ("not (members pr and members.value pr)", Not(And((Never(), Never())))),
        ("title pr", Present(at("title"))),
    ],
)
def test_an_attribute_of_another_type_has_no_value(text: str, bound: Bound) -> None:
    assert bind(USERS, parse_filter(text), GROUPS) == bound


@pytest.mark.parametrize("text", ["nobodys pr", 'title pr or emails[nobodys eq "x"]'])
def test_an_attribute_of_no_type_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilter, match=r"No resource type has an attribute .*nobodys"):
        bind(USERS, parse_filter(text), GROUPS)


@pytest.mark.parametrize("text", ['password eq "x"', 'userName pr or (PASSWORD sw "x")'])
def test_a_secret_is_refused_on_all_types(text: str) -> None:
    with pytest.raises(Sensitive, match='"password"'):
        bind(USERS, parse_filter(text), GROUPS)


@pytest.mark.proves("PAT-007", "PAT-013")
@pytest.mark.parametrize(
    ("path", "text", "bound"),
    [
        ("emails", 'type eq "work"', WORK),
        ("emails", "primary eq false", FALSE_PRIMARY),
        ("emails", "value eq null", Not(Present(at("emails.value")))),
        ("schemas", 'value eq "urn:A"', Compare(at("schemas"), "eq", "urn:A")),
        ("schemas", 'SCHEMAS eq "urn:A"', Compare(at("schemas"), "eq", "urn:A")),
        (
            f"{ENTERPRISE}:manager",
            'value eq "26"',
            Compare(at(f"{ENTERPRISE}:manager.value"), "eq", "26"),
        ),
    ],
)
def test_it_binds_inside_a_path(path: str, text: str, bound: Bound) -> None:
    assert bind_within(USERS, at(path), parse_filter(text)) == bound


@pytest.mark.proves("PAT-007", "PAT-008")
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("emails", 'foo eq "x"'),
        ("emails", 'userName eq "x"'),
        ("emails", 'name.givenName eq "x"'),
        ("emails", 'primary eq "true"'),
        ("emails", "type[value pr]"),
        ("schemas", 'type eq "x"'),
    ],
)
def test_it_refuses_inside_a_path(path: str, text: str) -> None:
    with pytest.raises(InvalidFilter):
        bind_within(USERS, at(path), parse_filter(text))
