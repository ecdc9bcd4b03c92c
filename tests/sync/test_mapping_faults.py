"""What is wrong with a mapping is told when it is loaded, all at once."""

import pytest

from tests.application import ACCOUNT, ENTERPRISE
from tests.sync.mapped import mapping

FAULTS = [
    ('displayNmae = "{cn}"', 'users.displayNmae: means nothing here; did you mean "displayName"?'),
    ('quartz = "{cn}"', "users.quartz: means nothing here; there are: userName, name, "),
    ('name.givenNam = "{cn}"', 'users.name.givenNam: means nothing here; did you mean "givenName"'),
    ('name = "{cn}"', "users.name: must be a table of formatted, familyName"),
    ('"urn:example:x" = {a = "b"}', "users.urn:example:x: means nothing here; "),
    (f'"{ENTERPRISE}" = "x"', f"users.{ENTERPRISE}: must be a table of employeeNumber"),
    (f'"{ENTERPRISE}".departmant = "x"', 'did you mean "department"?'),
    ('id = "{x}"', "users.id: is not for a mapping to write"),
    ('meta.version = "{x}"', "users.meta: is not for a mapping to write"),
    ('schemas = "{x}"', "users.schemas: is not for a mapping to write"),
    ('password = "{x}"', "users.password: is not for a mapping to write"),
    ('groups = [{value = "{x}"}]', "users.groups: is not for a mapping to write"),
    (f'"{ACCOUNT}".status = "Active"', f"users.{ACCOUNT}.status: is not for a mapping"),
    (f'"{ACCOUNT}".role = "Super Admin"', f"users.{ACCOUNT}.role: is not for a mapping"),
    (f'"{ACCOUNT}".source = "HR"', f"users.{ACCOUNT}.source: is not for a mapping"),
    (f'"{ACCOUNT}".lastSignIn = "x"', f"users.{ACCOUNT}.lastSignIn: is not for a mapping"),
    (f'"{ENTERPRISE}".manager."$ref" = "x"', "is not for a mapping to write"),
    (f'"{ENTERPRISE}".manager.displayName = "x"', "manager.displayName: is not for a mapping"),
    ('title = "a"\nTITLE = "b"', "users.TITLE: is given twice"),
    ('emails = "{mail}"', "users.emails: must be an array of tables"),
    ('emails = ["{mail}"]', "users.emails[0]: must be a table of value, display, type, primary"),
    ('emails = [{}, {vaule = "x"}]', 'users.emails[1].vaule: means nothing here; did you mean "va'),
    ('emails = [{each = 1, value = "x"}]', "users.emails[0].each: must be the name"),
    ('emails = [{value = "{"}]', 'users.emails[0].value: has a "{" without'),
    (f'"{ACCOUNT}".attributes = [{{value = "x"}}]', ".attributes[0].name: is required"),
    ('copy = "all"', "users.copy: must be true, or an array"),
    ('copy = ["emials"]', 'users.copy.emials: means nothing here; did you mean "emails"?'),
    ('copy = ["password"]', "users.copy.password: means nothing here"),
    ('active = "{"', 'users.active: has a "{" without'),
]


@pytest.mark.parametrize(("written", "told"), FAULTS)
def test_a_fault_is_told_with_its_place(written: str, told: str) -> None:
    _, faults = mapping(f'userName = "x"\n{written}')
    assert len(faults) == 1 and told in faults[0]


def test_all_faults_are_told_at_once() -> None:
    _, faults = mapping('displayNmae = "{"\nemails = 1\nname.givenName = {}\ntitle = "{x|y}"')
    assert [fault.partition(":")[0] for fault in faults] == [
        "users.displayNmae",
        "users.emails",
        "users.name.givenName",
        "users.title",
        "users.userName",
    ]


@pytest.mark.parametrize(
    ("kind", "written", "told"),
    [
        ("User", 'displayName = "x"', ["users.userName: is required"]),
        ("User", 'copy = ["emails"]', ["users.userName: is required"]),
        ("User", "copy = true", []),
        ("Group", 'externalId = "x"', ["users.displayName: is required"]),
        ("Group", "copy = true", []),
        ("Group", 'displayName = "x"\nmembers = "{member}"', ["users.members: is not for a mapp"]),
        ("Group", 'displayName = "x"\nactive = "x"', ["users.active: means nothing here; there"]),
    ],
)
def test_what_every_document_has_must_be_written(kind: str, written: str, told: list[str]) -> None:
    _, faults = mapping(written, kind)
    assert len(faults) == len(told)
    assert all(fault.startswith(text) for fault, text in zip(faults, told, strict=True))
