"""Filters on several values, within one, across schemas, and joined (RFC 7644 §3.4.2.2)."""

import pytest

from tests.protocol.filter_cases_values import ALL, Rows
from tests.protocol.filter_documents import BADGE, ENTERPRISE, USER

proves = pytest.mark.proves

STRUCTURE_FILTERS: list[tuple[pytest.MarkDecorator, Rows]] = [
    # several values
    (
        proves("FIL-015"),
        [
            ('emails.value eq "ADA@home.example"', ("ada",)),
            ('emails.type ne "work"', ("cleo", "dan", "fay", "gil")),
            ('emails.type eq "work" and emails.value co "@home"', ("ada", "bob")),
            (f'{BADGE}:nicknames eq "key"', ("ada",)),
            (f'{BADGE}:nicknames sw "KEY"', ("ada", "dan")),
            (f'{BADGE}:nicknames sw "key" and {BADGE}:nicknames ew "clé"', ("ada",)),
        ],
    ),
    # an attribute alone, which means its value
    (
        proves("FIL-015", "FIL-020"),
        [
            ('emails eq "ada@home.example"', ("ada",)),
            ('emails co "example.com"', ("ada", "bob", "eve")),
            ('emails ew "@STRASSE.example"', ("cleo",)),
            (f'{BADGE}:zones eq "a1"', ("ada", "bob")),
        ],
    ),
    # conditions on one element
    (
        proves("FIL-016", "FIL-017"),
        [
            ('emails[type eq "work" and value co "@home"]', ("bob",)),
            ('emails[type eq "work" and value co "@example.com"]', ("ada", "eve")),
            (
                'emails[type eq "work" or (type eq "home" and primary eq true)]',
                ("ada", "bob", "eve"),
            ),
            ('emails[not (type eq "work")]', ("ada", "bob", "cleo")),
            ('not (emails[type eq "work"])', ("cleo", "dan", "fay", "gil")),
            ('emails[type ne "work"]', ("ada", "bob", "cleo")),
            ('emails[type pr and not (value ew ".com")]', ("ada", "bob")),
            (f'{BADGE}:zones[type eq "night" and value eq "A1"]', ("bob",)),
            (f'{BADGE}:zones[validUntil gt "2027-01-01T00:00:00Z"]', ("ada",)),
            (f'{BADGE}:nicknames[value sw "key" and value ew "g"]', ("dan",)),
            (f'{BADGE}:nicknames[value sw "key" and value ew "clé"]', ()),
            (f'{BADGE}:nicknames[not (nicknames eq "key")]', ("ada", "dan")),
            ('name[givenName eq "Bob" and familyName pr]', ("bob",)),
            ('name[not (givenName eq "Bob")]', ("ada", "cleo")),
        ],
    ),
    # a sub-attribute of the selected elements
    (
        proves("FIL-018"),
        [
            ('emails[type eq "work"].value eq "eve@example.com"', ("eve",)),
            ('emails[type eq "work"].value eq "ada@home.example"', ()),
            ('emails[type eq "work"].value pr', ("ada", "bob", "eve")),
            (
                'emails[type eq "home"].value ne "ada@home.example"',
                ("bob", "cleo", "dan", "eve", "fay", "gil"),
            ),
            ('emails[type eq "home"].value eq null', ("cleo", "dan", "eve", "fay", "gil")),
            ("emails[type pr].primary eq false", ("ada", "bob", "eve")),
            (f"{BADGE}:zones[type pr].value pr", ("ada", "bob")),
        ],
    ),
    # names and operators in any case
    (
        proves("FIL-002", "ATT-001"),
        [
            ('USERNAME Eq "ada" AND TITLE PR', ("ada",)),
        ],
    ),
    # schemas
    (
        proves("FIL-022"),
        [
            (f'{USER}:userName eq "ada"', ("ada",)),
            (f'{USER}:emails[type eq "home"]', ("ada", "bob")),
            (f'{ENTERPRISE}:manager.value eq "26"', ("ada",)),
            (f'{ENTERPRISE}:manager[value eq "26"]', ("ada",)),
            (f'{ENTERPRISE.lower()}:Department eq "MATHEMATICS"', ("ada", "bob")),
            (f'{ENTERPRISE}:employeeNumber lt "2"', ("ada",)),
            (f'schemas eq "{ENTERPRISE}"', ("ada", "bob")),
            (f'not (schemas co "{BADGE}")', ("gil",)),
        ],
    ),
    # names with a URN
    (
        proves("FIL-021"),
        [
            (f'{USER.upper()}:NAME.FAMILYNAME SW "love"', ("ada",)),
        ],
    ),
    # id and meta
    (
        proves("FIL-001"),
        [
            ('id eq "<ada>"', ("ada",)),
            ('id eq "<ada>" or id eq "<gil>"', ("ada", "gil")),
            ('id ne "<ada>"', ("bob", "cleo", "dan", "eve", "fay", "gil")),
            ('id eq "unknown"', ()),
            ('meta.resourceType eq "User"', ALL),
            ('meta.resourceType eq "Group"', ()),
        ],
    ),
    # precedence and grouping
    (
        proves("FIL-012", "FIL-013", "FIL-014"),
        [
            ("nickName pr or title pr and externalId pr", ("ada", "bob", "dan")),
            ("externalId pr and title pr or nickName pr", ("ada", "bob", "dan")),
            ("(nickName pr or title pr) and externalId pr", ("ada", "bob", "dan")),
            ('userName eq "gil" or active eq true and title eq "axb"', ("fay", "gil")),
            ('(userName eq "gil" or active eq true) and title eq "axb"', ("fay",)),
            ("not (title pr) or externalId pr", ("ada", "bob", "dan", "gil")),
            ("not(title pr or externalId pr)", ("gil",)),
            ('not (not (userName eq "ada"))', ("ada",)),
            ('not (title co "100") and active eq false', ("eve",)),
            ('userName eq "ada" and userName eq "bob@example.com"', ()),
        ],
    ),
    # what Figure 2 shows, where our documents can answer
    (
        proves("FIL-029"),
        [
            (
                'userType eq "Employee" and '
                '(emails co "example.com" or emails.value co "example.org")',
                ("ada",),
            ),
            (
                'userType ne "Employee" and not '
                '(emails co "example.com" or emails.value co "example.org")',
                ("cleo", "dan", "fay", "gil"),
            ),
            ('userType eq "Employee" and (emails.type eq "work")', ("ada",)),
            (
                'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
                ("ada",),
            ),
            (
                'emails[type eq "work" and value co "@example.com"] '
                'or ims[type eq "xmpp" and value co "@foo.com"]',
                ("ada", "eve"),
            ),
            ('title pr and userType eq "Employee"', ("ada",)),
            ('title pr or userType eq "Intern"', ("ada", "bob", "cleo", "dan", "eve", "fay")),
        ],
    ),
]
