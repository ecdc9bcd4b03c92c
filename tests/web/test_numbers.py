"""Numbers in bodies: too big for an integer, none at all, or only almost one."""

import pytest

from tests.application import Scim, error
from tests.rows import digest
from tests.web.test_gate import DEVICE, message

NUMBERS = (
    *(b"%d" % n for n in (2**63, 2**64, -(2**63) - 1, 10**300)),
    b"1.5",
    b"1.0",
    b"1e2",
    b"true",
    b'"1"',
    b'"x"',
)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_no_integer_is_no_value_of_one(scim: Scim, number: bytes) -> None:
    before = digest(scim)
    body = DEVICE[:-1] + b',"portCount":%s}' % number
    response = scim.post("/Devices", data=body)
    assert error(response) == (400, "invalidValue"), response.text
    assert digest(scim) == before


@pytest.mark.parametrize("field", ["startIndex", "count"])
@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_in_a_search_is_a_defect(scim: Scim, field: str, number: bytes) -> None:
    body = message("SearchRequest", f'"{field}":{number.decode()}')
    response = scim.post("/Users/.search", data=body)
    assert response.status_code in (200, 400), response.text
