"""What each operator means on values of each type (RFC 7644 §3.4.2.2)."""

import pytest

from tests.protocol.filter_documents import BADGE, ENTERPRISE

proves = pytest.mark.proves
Rows = list[tuple[str, tuple[str, ...]]]

ALL = ("ada", "bob", "cleo", "dan", "eve", "fay", "gil")

VALUE_FILTERS: list[tuple[pytest.MarkDecorator, Rows]] = [
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
]
