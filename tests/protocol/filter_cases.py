"""What filters mean: one table for match.py and for the store's SQL (RFC 7644 §3.4.2.2).

Every row of a user carries the requirements that it proves, whoever answers it. ``<ada>`` in a
filter is the id that she was given; filter_documents.py has the documents.
"""

import pytest

from scim_server.protocol.errors import InvalidFilter, ScimError, Sensitive
from tests.protocol.filter_cases_structure import STRUCTURE_FILTERS
from tests.protocol.filter_cases_values import VALUE_FILTERS, Rows
from tests.protocol.filter_documents import ENTERPRISE, USER

EVERY = ("lamp", "mast", "nail")

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
        for mark, rows in (*VALUE_FILTERS, *STRUCTURE_FILTERS)
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
