"""What filters mean: one table for match.py and for the store's SQL (RFC 7644 §3.4.2.2).

Every row of a user carries the requirements that it proves, whoever answers it.

The documents can be created as they stand. ``<ada>`` in a filter is the id that she was given.
"""

from collections.abc import Mapping

import pytest

from scim_server.protocol.errors import InvalidFilter, ScimError, Sensitive
from scim_server.protocol.schema import Document

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"

DOCUMENTS: dict[str, dict[str, Document]] = {
    "User": {
        "ada": {
            "schemas": [USER, ENTERPRISE, BADGE],
            "userName": "Ada",
            "externalId": "Ab-1",
            "name": {
                "formatted": "Ms. Ada Lovelace",
                "familyName": "Lovelace",
                "givenName": "Ada",
                "honorificPrefix": "Ms.",
            },
            "displayName": "Ada Lovelace",
            "title": "Engineer",
            "userType": "Employee",
            "profileUrl": "https://example.com/Ada",
            "active": True,
            "emails": [
                {"value": "ada@example.com", "type": "work", "primary": True},
                {"value": "ada@home.example", "type": "home"},
            ],
            "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
            "photos": [{"value": "https://example.com/Ada.png", "type": "photo"}],
            "x509Certificates": [{"value": "MAMCAQE=", "type": "sign"}],
            ENTERPRISE: {
                "employeeNumber": "100",
                "department": "Mathematics",
                "manager": {"value": "26"},
            },
            BADGE: {
                "number": "b-7",
                "colour": "green",
                "issuedAt": "2026-01-01T01:00:00+02:00",
                "visits": 5,
                "temporary": False,
                "nicknames": ["Key", "La Clé"],
                "office": {"site": "Oslo", "floor": 3},
                "zones": [
                    {"value": "A1", "type": "day", "primary": True},
                    {"value": "B2", "type": "night", "validUntil": "2027-06-30T00:00:00Z"},
                ],
            },
        },
        "bob": {
            "schemas": [USER, ENTERPRISE, BADGE],
            "userName": "bob@example.com",
            "externalId": "ab-1",
            "name": {"familyName": "O'Malley", "givenName": "Bob"},
            "displayName": "Bob",
            "title": "100% sure",
            "userType": "Intern",
            "active": False,
            "emails": [
                {"value": "bob@home.example", "type": "work"},
                {"value": "bob@example.com", "type": "home", "primary": True},
            ],
            ENTERPRISE: {"employeeNumber": "20", "department": "mathematics"},
            BADGE: {
                "number": "B-7",
                "issuedAt": "2025-12-31T23:00:00.0000001Z",
                "visits": 12,
                "temporary": True,
                "zones": [{"value": "A1", "type": "night"}],
            },
        },
        "cleo": {
            "schemas": [USER, BADGE],
            "userName": "cleo",
            "name": {"familyName": "Straße", "givenName": "Cle\u0301o"},
            "displayName": "Ｃｌｅｏ",
            "title": "100 x sure",
            "active": True,
            "emails": [{"value": "cleo@straße.example"}],
            BADGE: {
                "issuedAt": "2025-12-31T23:00:00Z",
                "visits": -3,
                "office": {"floor": -1},
            },
        },
        "dan": {
            "schemas": [USER, BADGE],
            "userName": "dan",
            "externalId": "e\u0301",
            "nickName": 'say "hi" \\ now/\u263a\U0001f642',
            "title": "true",
            "active": True,
            "roles": [{"value": "admin", "primary": True}, {"value": "auditor"}],
            BADGE: {
                "visits": 9007199254740993,
                "nicknames": ["key ring"],
                "zones": [{"type": "day"}],
            },
        },
        "eve": {
            "schemas": [USER, BADGE],
            "userName": "eve",
            "title": "a_b",
            "active": False,
            "emails": [{"value": "eve@example.com", "type": "work", "primary": False}],
            BADGE: {"visits": 0, "issuedAt": "0001-01-03T00:00:00.0000000Z"},
        },
        "fay": {
            "schemas": [USER, BADGE],
            "userName": "fay_zz",
            "title": "axb",
            "active": True,
            BADGE: {"visits": 9007199254740992, "temporary": False},
        },
        "gil": {"schemas": [USER], "userName": "gil", "active": True},
    },
    "Device": {
        "lamp": {
            "schemas": [DEVICE],
            "displayName": "Lamp",
            "serialNumber": "SN-1",
            "active": True,
            "weight": 0.1,
            "portCount": 0,
            "purchasedAt": "2026-02-28T24:00:00Z",
            "fingerprint": "TWE=",
            "manual": "https://example.com/Manual?x=1#top",
            "tags": ["Red", "tall"],
            "channels": [1, 11],
            "inspections": ["2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
            "location": {"site": "Oslo"},
            "interfaces": [
                {"value": "00:01", "type": "wired", "speed": 2.5, "primary": True},
                {"value": "00:02", "type": "wireless", "speed": 0.25},
            ],
        },
        "mast": {
            "schemas": [DEVICE],
            "displayName": "mast",
            "serialNumber": "sn-1",
            "active": False,
            "weight": 1200,
            "portCount": 48,
            "purchasedAt": "2026-03-01T00:00:00.5",
            "fingerprint": "TWF",
            "manual": "manuals/mast",
            "tags": ["tall"],
            "channels": [36],
            "interfaces": [{"value": "00:03", "type": "wired", "speed": 1e1}],
        },
        "nail": {
            "schemas": [DEVICE],
            "displayName": "Nail",
            "serialNumber": "sn-2",
            "weight": -2.5e-7,
            "portCount": 5,
            "channels": [-5],
            "documents": ["https://example.com/Nail", "urn:example:nail"],
        },
    },
}


def seen(kind: str, name: str) -> Document:
    """The document as a client would see it."""
    document = DOCUMENTS[kind][name]
    moment = "2026-11-21T10:00:00.25Z"
    meta = {"resourceType": kind, "created": moment, "lastModified": moment, "version": 'W/"1"'}
    return document | {"id": f"id-{name}", "meta": meta}


def filled(text: str, ids: Mapping[str, str]) -> str:
    """The filter with its ``<ada>`` replaced by the ids of this run."""
    for name, identifier in ids.items():
        text = text.replace(f"<{name}>", identifier)
    return text


proves = pytest.mark.proves
Rows = list[tuple[str, tuple[str, ...]]]

ALL = ("ada", "bob", "cleo", "dan", "eve", "fay", "gil")
EVERY = ("lamp", "mast", "nail")

USER_FILTERS: list[tuple[pytest.MarkDecorator, Rows]] = [
    # eq on text
    (
        proves("FIL-001", "FIL-004", "FIL-011"),
        [
            ('userName eq "ada"', ("ada",)),
            ('userName eq "ADA"', ("ada",)),
            ('userName eq "ad"', ()),
            ('userName eq ""', ()),
            ('title eq "TRUE"', ("dan",)),
            ('displayName eq "cleo"', ("cleo",)),
            ('name.familyName eq "O\'Malley"', ("bob",)),
        ],
    ),
    # text regardless of form and case
    (
        proves("FIL-011", "INT-005"),
        [
            ('userName eq "ＡＤＡ"', ("ada",)),
            ('externalId eq "\u00e9"', ("dan",)),
            ('externalId eq "\u00c9"', ()),
            ('name.familyName eq "STRASSE"', ("cleo",)),
            ('name.familyName eq "straße"', ("cleo",)),
            ('name.givenName eq "Cl\u00e9o"', ("cleo",)),
            ('name.givenName eq "CL\u00c9O"', ("cleo",)),
        ],
    ),
    # ne on text
    (
        proves("FIL-005"),
        [
            ('userName ne "ada"', ("bob", "cleo", "dan", "eve", "fay", "gil")),
            ('title ne "engineer"', ("bob", "cleo", "dan", "eve", "fay", "gil")),
        ],
    ),
    # text whose case counts
    (
        proves("FIL-011", "ATT-026"),
        [
            ('externalId eq "Ab-1"', ("ada",)),
            ('externalId eq "ab-1"', ("bob",)),
            ('externalId eq "AB-1"', ()),
            ('externalId ne "ab-1"', ("ada", "cleo", "dan", "eve", "fay", "gil")),
        ],
    ),
    # text with escapes
    (
        proves("FIL-023"),
        [
            ('nickName eq "say \\"hi\\" \\\\ now\\/\\u263A\\ud83d\\ude42"', ("dan",)),
            ('nickName co "\\"HI\\" \\\\"', ("dan",)),
        ],
    ),
    # co, sw and ew on text
    (
        proves("FIL-006"),
        [
            ('name.familyName co "O\'Malley"', ("bob",)),
            ('name.familyName co "MALL"', ("bob",)),
            ('name.familyName co "ss"', ("cleo",)),
            ('name.familyName sw "stra"', ("cleo",)),
            ('name.familyName sw "tra"', ()),
            ('name.familyName ew "SSE"', ("cleo",)),
            ('name.familyName ew "lac"', ()),
            ('name.familyName sw "lovelace"', ("ada",)),
            ('name.familyName ew "lovelace"', ("ada",)),
            ('title co "%"', ("bob",)),
            ('title sw "100%"', ("bob",)),
            ('title sw "100"', ("bob", "cleo")),
            ('title co "_"', ("eve",)),
            ('title sw "a_"', ("eve",)),
            ('title ew "_b"', ("eve",)),
            ('title ew "b"', ("eve", "fay")),
            ('title co "\\\\"', ()),
            ('nickName co "\\\\"', ("dan",)),
            ('userName ew "_ZZ"', ("fay",)),
            ('externalId sw "Ab"', ("ada",)),
            ('externalId co "b-"', ("ada", "bob")),
            ('externalId ew "B-1"', ()),
            ('title co ""', ("ada", "bob", "cleo", "dan", "eve", "fay")),
            ('title sw ""', ("ada", "bob", "cleo", "dan", "eve", "fay")),
            ('title ew ""', ("ada", "bob", "cleo", "dan", "eve", "fay")),
        ],
    ),
    # order of text
    (
        proves("FIL-008"),
        [
            ('userName gt "dan"', ("eve", "fay", "gil")),
            ('userName ge "DAN"', ("dan", "eve", "fay", "gil")),
            ('userName lt "bob@example.com"', ("ada",)),
            ('userName le "bob@example.com"', ("ada", "bob")),
            ('externalId gt "a"', ("bob", "dan")),
            ('externalId lt "a"', ("ada",)),
            ('title ge ""', ("ada", "bob", "cleo", "dan", "eve", "fay")),
            ('title lt ""', ()),
        ],
    ),
    # presence
    (
        proves("FIL-007"),
        [
            ("title pr", ("ada", "bob", "cleo", "dan", "eve", "fay")),
            ("userName pr", ALL),
            ("name pr", ("ada", "bob", "cleo")),
            ("name.honorificPrefix pr", ("ada",)),
            ("emails pr", ("ada", "bob", "cleo", "eve")),
            ("emails.type pr", ("ada", "bob", "eve")),
            ("emails.primary pr", ("ada", "bob", "eve")),
            ("nickName pr", ("dan",)),
            ("active pr", ALL),
            ("id pr and meta pr and schemas pr", ALL),
            ("groups pr", ()),
            (f"{ENTERPRISE}:manager pr", ("ada",)),
            (f"{BADGE}:zones pr", ("ada", "bob", "dan")),
            (f"{BADGE}:temporary pr", ("ada", "bob", "fay")),
        ],
    ),
    # null
    (
        proves("FIL-027"),
        [
            ("title eq null", ("gil",)),
            ("title ne null", ("ada", "bob", "cleo", "dan", "eve", "fay")),
            ("emails eq null", ("dan", "fay", "gil")),
            ("name ne null", ("ada", "bob", "cleo")),
            ("emails.type eq null", ("cleo", "dan", "fay", "gil")),
            ("emails[type eq null]", ("cleo",)),
            ("title gt null", ()),
            ("not (title le null)", ALL),
        ],
    ),
    # booleans
    (
        proves("FIL-004", "FIL-005"),
        [
            ("active eq true", ("ada", "cleo", "dan", "fay", "gil")),
            ("active eq FALSE", ("bob", "eve")),
            ("active ne true", ("bob", "eve")),
            ("active ne false", ("ada", "cleo", "dan", "fay", "gil")),
            (f"{BADGE}:temporary eq false", ("ada", "fay")),
            (f"{BADGE}:temporary ne true", ("ada", "cleo", "dan", "eve", "fay", "gil")),
        ],
    ),
    # primary, which is false where it is absent
    (
        proves("ATT-020"),
        [
            ("emails.primary eq true", ("ada", "bob")),
            ("emails.primary eq false", ("ada", "bob", "cleo", "eve")),
            ("emails[primary eq false]", ("ada", "bob", "cleo", "eve")),
            ('emails[primary eq false and type eq "work"]', ("bob", "eve")),
            ("emails.primary ne true", ("cleo", "dan", "eve", "fay", "gil")),
            ("emails.primary ne false", ("dan", "fay", "gil")),
            ("emails[primary ne false]", ("ada", "bob")),
            ('roles[primary eq false and value eq "auditor"]', ("dan",)),
        ],
    ),
    # numbers
    (
        proves("FIL-008", "FIL-023"),
        [
            (f"{BADGE}:visits eq 5", ("ada",)),
            (f"{BADGE}:visits eq 5.0", ("ada",)),
            (f"{BADGE}:visits eq 5e0", ("ada",)),
            (f"{BADGE}:visits ne 5", ("bob", "cleo", "dan", "eve", "fay", "gil")),
            (f"{BADGE}:visits gt 5", ("bob", "dan", "fay")),
            (f"{BADGE}:visits ge 5", ("ada", "bob", "dan", "fay")),
            (f"{BADGE}:visits lt 5.5", ("ada", "cleo", "eve")),
            (f"{BADGE}:visits lt 0", ("cleo",)),
            (f"{BADGE}:visits le -0", ("cleo", "eve")),
            (f"{BADGE}:visits gt -3", ("ada", "bob", "dan", "eve", "fay")),
            (f"{BADGE}:visits eq 9007199254740993", ("dan",)),
            (f"{BADGE}:visits gt 9007199254740992", ("dan",)),
            (f"{BADGE}:visits lt 1e300", ("ada", "bob", "cleo", "dan", "eve", "fay")),
            (f"{BADGE}:office.floor lt 0", ("cleo",)),
            (f"{BADGE}:office.floor eq 3", ("ada",)),
        ],
    ),
    # moments
    (
        proves("FIL-008"),
        [
            (f'{BADGE}:issuedAt eq "2025-12-31T23:00:00Z"', ("ada", "cleo")),
            (f'{BADGE}:issuedAt eq "2026-01-01T00:00:00.000+01:00"', ("ada", "cleo")),
            (f'{BADGE}:issuedAt eq "2025-12-31T23:00:00"', ("ada", "cleo")),
            (f'{BADGE}:issuedAt ne "2025-12-31T23:00:00Z"', ("bob", "dan", "eve", "fay", "gil")),
            (f'{BADGE}:issuedAt gt "2025-12-31T23:00:00Z"', ("bob",)),
            (f'{BADGE}:issuedAt ge "2025-12-31T23:00:00Z"', ("ada", "bob", "cleo")),
            (f'{BADGE}:issuedAt lt "2025-12-31T23:00:00.00000005Z"', ("ada", "cleo", "eve")),
            (f'{BADGE}:issuedAt le "0001-01-03T00:00:00Z"', ("eve",)),
            ('meta.created gt "2026-01-01T00:00:00+02:00"', ALL),
            ('meta.lastModified lt "2026-01-01T00:00:00Z"', ()),
        ],
    ),
    # references and binary values
    (
        proves("FIL-004", "FIL-006"),
        [
            ('profileUrl eq "https://example.com/Ada"', ("ada",)),
            ('profileUrl eq "https://example.com/ada"', ()),
            ('profileUrl sw "https://"', ("ada",)),
            ('profileUrl co "not a URL"', ()),
            ('photos.value ew ".png"', ("ada",)),
            ('photos eq "https://example.com/Ada.png"', ("ada",)),
            ('x509Certificates eq "MAMCAQE"', ("ada",)),
            ('x509Certificates.value eq "MAMCAQE="', ("ada",)),
            ('x509Certificates.value eq "mamcaqe="', ()),
            ('x509Certificates.value ne "MAMCAQE="', ("bob", "cleo", "dan", "eve", "fay", "gil")),
        ],
    ),
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

DEVICE_FILTERS: Rows = [
    ('serialNumber eq "sn-1"', ("mast",)),
    ('serialNumber sw "sn"', ("mast", "nail")),
    ("active eq false", ("mast",)),
    ("active ne true", ("mast", "nail")),
    ("weight eq 0.1", ("lamp",)),
    ("weight eq 1.0E-1", ("lamp",)),
    ("weight eq 1200.0", ("mast",)),
    ("weight ne 1200", ("lamp", "nail")),
    ("weight gt 0", ("lamp", "mast")),
    ("weight ge 0.1", ("lamp", "mast")),
    ("weight lt 0.10000000000000001", ("nail",)),
    ("weight lt 0", ("nail",)),
    ("weight gt -0.0000003", EVERY),
    ("weight lt -1e-7", ("nail",)),
    ("weight pr", EVERY),
    ("portCount lt 48", ("lamp", "nail")),
    ("portCount pr", EVERY),
    ("channels eq 11", ("lamp",)),
    ("channels gt 10", ("lamp", "mast")),
    ("channels[value gt 1 and value lt 12]", ("lamp",)),
    ("channels[value gt 1 and value lt 11]", ()),
    ("channels gt 1 and channels lt 11", ("lamp",)),
    ("channels lt 0", ("nail",)),
    ("channels ne 1", ("mast", "nail")),
    ('purchasedAt eq "2026-03-01T00:00:00Z"', ("lamp",)),
    ('purchasedAt gt "2026-03-01T00:00:00Z"', ("mast",)),
    ('purchasedAt eq "2026-03-01T01:00:00.50+01:00"', ("mast",)),
    ('inspections le "2024-12-31T00:00:00Z"', ("lamp",)),
    ('inspections[value gt "2024-06-01T00:00:00Z" and value lt "2025-06-01T00:00:00Z"]', ()),
    ('fingerprint eq "TWE"', ("lamp",)),
    ('fingerprint eq "TWF="', ("mast",)),
    ('fingerprint ne "twe="', EVERY),
    ("fingerprint pr", ("lamp", "mast")),
    ('fingerprint eq "#"', ()),
    ('manual co "/Manual?"', ("lamp",)),
    ('manual ge "i"', ("mast",)),
    ('manual ne "manuals/Mast"', EVERY),
    ('documents eq "urn:example:nail"', ("nail",)),
    ('documents[value sw "urn:"]', ("nail",)),
    ('tags eq "RED" and tags eq "TALL"', ("lamp",)),
    ('tags[value eq "red" and value eq "tall"]', ()),
    ('tags ne "red"', ("mast", "nail")),
    ('tags[value ne "red"]', ("lamp", "mast")),
    ("tags eq null", ("nail",)),
    ('location.site co "sl"', ("lamp",)),
    ("location.floor pr", ()),
    ('interfaces[type eq "wired" and speed gt 2.5]', ("mast",)),
    ("interfaces.speed lt 1", ("lamp",)),
    ("interfaces[primary eq false].speed ge 10", ("mast",)),
    ("owner.$ref pr", ()),
    ('id eq "<nail>" or displayName eq "LAMP"', ("lamp", "nail")),
]

FILTERS = [
    *(
        pytest.param("User", text, names, marks=mark)
        for mark, rows in USER_FILTERS
        for text, names in rows
    ),
    *(pytest.param("Device", text, names) for text, names in DEVICE_FILTERS),
]

FAULTY: list[tuple[str, str, type[ScimError]]] = [
    # attributes
    ("User", 'foo eq "1"', InvalidFilter),
    ("User", 'name.foo eq "1"', InvalidFilter),
    ("User", 'userName.foo eq "1"', InvalidFilter),
    ("User", "foo pr", InvalidFilter),
    ("User", 'emails[foo eq "1"]', InvalidFilter),
    ("User", 'emails[emails.type eq "1"]', InvalidFilter),
    ("User", 'foo[type eq "1"]', InvalidFilter),
    ("User", 'department eq "1"', InvalidFilter),
    ("User", 'urn:example:unknown:manager.value eq "26"', InvalidFilter),
    ("User", 'userName eq "a" or not (foo pr)', InvalidFilter),
    ("User", 'userName[value eq "1"]', InvalidFilter),
    ("User", 'name.givenName[value eq "1"]', InvalidFilter),
    ("User", 'emails.type[value eq "1"]', InvalidFilter),
    ("User", 'name eq "x"', InvalidFilter),
    ("User", 'name co "x"', InvalidFilter),
    ("User", 'addresses eq "x"', InvalidFilter),
    ("User", f'{ENTERPRISE}:manager eq "26"', InvalidFilter),
    ("User", 'meta eq "x"', InvalidFilter),
    # operators
    ("User", "active gt false", InvalidFilter),
    ("User", "active ge true", InvalidFilter),
    ("User", "active lt true", InvalidFilter),
    ("User", "emails.primary le true", InvalidFilter),
    ("User", "active co true", InvalidFilter),
    ("User", 'active sw "t"', InvalidFilter),
    ("User", 'x509Certificates.value gt "MAMCAQE="', InvalidFilter),
    ("User", 'x509Certificates.value co "MAM"', InvalidFilter),
    ("Device", 'fingerprint lt "TWE="', InvalidFilter),
    ("Device", 'fingerprint sw "TWE="', InvalidFilter),
    ("Device", "portCount co 4", InvalidFilter),
    ("Device", 'portCount sw "4"', InvalidFilter),
    ("Device", "weight ew 1", InvalidFilter),
    ("User", 'meta.created co "2026"', InvalidFilter),
    ("User", 'meta.created sw "2026-11-20T00:00:00Z"', InvalidFilter),
    # operands
    ("User", "userName eq 5", InvalidFilter),
    ("User", "userName co 5", InvalidFilter),
    ("User", "userName eq true", InvalidFilter),
    ("User", 'active eq "true"', InvalidFilter),
    ("User", "active eq 1", InvalidFilter),
    ("User", 'active ne "True"', InvalidFilter),
    ("User", 'emails[primary eq "True"]', InvalidFilter),
    ("User", 'meta.created gt "yesterday"', InvalidFilter),
    ("User", 'meta.created gt "2026-11-20"', InvalidFilter),
    ("User", 'meta.created gt "2026-02-30T00:00:00Z"', InvalidFilter),
    ("User", "meta.created gt 1700000000", InvalidFilter),
    ("User", "meta.created eq true", InvalidFilter),
    ("User", "profileUrl eq 5", InvalidFilter),
    ("User", "x509Certificates.value eq 5", InvalidFilter),
    ("Device", 'portCount eq "5"', InvalidFilter),
    ("Device", "portCount eq true", InvalidFilter),
    ("Device", "portCount eq 9223372036854775808", InvalidFilter),
    ("Device", "weight lt -9223372036854775809", InvalidFilter),
    ("Device", "weight eq 1e999", InvalidFilter),
    ("Device", 'weight eq "0.1"', InvalidFilter),
    # secrets
    ("User", 'password eq "x"', Sensitive),
    ("User", "password pr", Sensitive),
    ("User", 'not (PASSWORD sw "x")', Sensitive),
    ("User", f"userName pr and {USER}:password ne null", Sensitive),
    ("Device", 'pin eq "1234"', Sensitive),
]

EVERY_TEXT = sorted({str(case.values[1]) for case in FILTERS} | {text for _, text, _ in FAULTY})
"""Every filter of both tables, once."""
