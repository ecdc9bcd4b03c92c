"""The data types of attributes (RFC 7643 §2.3)."""

import pytest

from tests.application import Scim, error
from tests.web.samples import DEVICE, device


@pytest.mark.proves("ATT-005", "HTP-001")
@pytest.mark.parametrize("text", ["𝔅🙂", "e\u0301", "é", "שלום", "ﬁ", "a\nb\tc", '"\\'])
def test_text_comes_back_as_it_was_sent(strict: Scim, text: str) -> None:
    id = strict.user(nickName=text)["id"]
    assert strict.get(f"/Users/{id}").get_json()["nickName"] == text


@pytest.mark.proves("ATT-006")
def test_canonical_values_are_advice(strict: Scim) -> None:
    emails = [{"value": "bo@example.com", "type": "batphone"}]
    assert strict.user(emails=emails)["emails"] == emails


@pytest.mark.proves("ATT-008", "ATT-009")
@pytest.mark.parametrize(
    ("attribute", "number"),
    [("weight", 4.7), ("weight", 0.1), ("weight", -1e-300), ("weight", 5), ("portCount", -(2**63))],
)
def test_numbers_are_kept_to_the_digit(strict: Scim, attribute: str, number: float) -> None:
    id = device(strict, **{attribute: number})["id"]
    assert strict.get(f"/Devices/{id}").get_json()[attribute] == number
    assert strict.found("/Devices", f"{attribute} eq {number}") == [id]


@pytest.mark.proves("ATT-009")
@pytest.mark.parametrize("form", ["5.0", "5e0", "50E-1", '"5"', "1e400", "9223372036854775808"])
def test_an_integer_has_no_fraction_and_no_exponent(strict: Scim, form: str) -> None:
    body = f'{{"schemas": ["{DEVICE}"], "displayName": "a", "serialNumber": "1", "portCount": '
    headers = {"Content-Type": "application/scim+json"}
    response = strict.post("/Devices", data=f"{body}{form}}}", headers=headers)
    assert error(response)[0] == 400


@pytest.mark.proves("ATT-010")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00.123+01:00", "2026-11-20T10:00:00.123+01:00"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00Z"),
        ("2026-11-20T24:00:00Z", "2026-11-20T24:00:00Z"),
    ],
)
def test_a_date_time_comes_back_with_its_offset(strict: Scim, sent: str, shown: str) -> None:
    assert device(strict, purchasedAt=sent)["purchasedAt"] == shown


@pytest.mark.proves("ATT-010")
@pytest.mark.parametrize(
    "wrong", ["2026-11-20", "10:00:00Z", "2026-02-30T00:00:00Z", "2026-11-20 10:00:00Z", "", 0]
)
def test_what_is_no_date_time_is_refused(strict: Scim, wrong: object) -> None:
    body = {"schemas": [DEVICE], "displayName": "a", "serialNumber": "1", "purchasedAt": wrong}
    assert error(strict.post("/Devices", body)) == (400, "invalidValue")


@pytest.mark.proves("ATT-011")
def test_padding_of_base64_may_be_left_out(strict: Scim) -> None:
    padded, bare = device(strict, fingerprint="TWE="), device(strict, fingerprint="TWE")
    both = [padded["id"], bare["id"]]
    assert strict.found("/Devices", 'fingerprint eq "TWE"') == both
    assert strict.found("/Devices", 'fingerprint eq "TWE="') == both
    assert strict.found("/Devices", 'fingerprint eq "tWE="') == []


@pytest.mark.proves("ATT-012")
@pytest.mark.parametrize("uri", ["https://example.com/a?b#c", "Users/2819", "../x", "urn:a:b"])
def test_a_reference_is_absolute_or_relative_and_case_exact(strict: Scim, uri: str) -> None:
    id = device(strict, model=uri)["id"]
    assert strict.found("/Devices", f'model eq "{uri}"') == [id]
    assert strict.found("/Devices", f'model eq "{uri.swapcase()}"') == []
