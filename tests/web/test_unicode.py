"""Names that look or sound alike (RFC 7644 §5, §7.8, RFC 8265; security rule 15)."""

from unicodedata import normalize

import pytest

from tests.application import USER, Scim, error

SAME = [
    pytest.param("ＢＯＢ", "bob", id="width"),
    pytest.param("BOB", "bob", id="case"),
    pytest.param(normalize("NFD", "zoé"), normalize("NFC", "zoé"), id="normalisation"),
    pytest.param("STRASSE", "straße", id="full case folding"),
    pytest.param("ΣΊΣΥΦΟΣ", "σίσυφος", id="final sigma"),
    pytest.param("ŉ", "ʼn", id="one letter as two"),
    pytest.param("Å", "å", id="compatibility letter"),
    pytest.param("\u212aelvin", "kelvin", id="sign as letter"),
    pytest.param("ﬁnn", "finn", id="ligature"),
    pytest.param("ｊｏｓÉ", "jose\u0301", id="all at once"),
]


@pytest.mark.proves("INT-001", "INT-002")
@pytest.mark.parametrize(("taken", "given"), SAME)
def test_a_name_that_is_the_same_is_taken(scim: Scim, taken: str, given: str) -> None:
    id = scim.user(userName=taken)["id"]
    assert error(scim.post("/Users", {"schemas": [USER], "userName": given})) == (
        409,
        "uniqueness",
    )
    other = scim.user()["id"]
    for response in (
        scim.put(f"/Users/{other}", {"schemas": [USER], "userName": given}),
        scim.patch(f"/Users/{other}", {"op": "replace", "path": "userName", "value": given}),
    ):
        assert error(response) == (409, "uniqueness")
    assert scim.found("/Users", f'userName eq "{given}"') == [id]
    assert scim.get(f"/Users/{id}").get_json(force=True)["userName"] == taken


@pytest.mark.parametrize(("one", "other"), [("bob", "b0b"), ("dotless", "dotlıess"), ("a-b", "ab")])
def test_a_name_that_is_another_is_free(scim: Scim, one: str, other: str) -> None:
    assert scim.user(userName=one)["id"] != scim.user(userName=other)["id"]


UNSEEN = {
    "zero width space": "ad\u200ba",
    "zero width joiner": "ad\u200da",
    "byte order mark": "\ufeffada",
    "soft hyphen": "ad\u00ada",
    "right to left override": "ad\u202ea",
    "isolate": "\u2066ada\u2069",
    "left to right mark": "ada\u200e",
    "control": "ad\u0007a",
    "newline": "ad\na",
    "tab": "ad\ta",
    "delete": "ad\u007fa",
    "line separator": "ad\u2028a",
    "hangul filler": "ad\u3164a",
    "space before": " ada",
    "space after": "ada ",
    "no-break space after": "ada\u00a0",
    "ideographic space before": "\u3000ada",
    "nothing but space": "   ",
    "nothing": "",
}


@pytest.mark.parametrize("name", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_name_with_what_cannot_be_seen_is_refused_by_every_method(scim: Scim, name: str) -> None:
    id = scim.user(userName="ada")["id"]
    body = {"schemas": [USER], "userName": name}
    replaced = {"op": "replace", "path": "userName", "value": name}
    for response in (
        scim.post("/Users", body),
        scim.put(f"/Users/{id}", body),
        scim.patch(f"/Users/{id}", replaced),
        scim.patch(f"/Users/{id}", {"op": "replace", "value": {"userName": name}}),
    ):
        assert error(response)[0] == 400
    assert scim.get(f"/Users/{id}").get_json(force=True)["userName"] == "ada"


@pytest.mark.proves("INT-004")
@pytest.mark.parametrize("name", ["john smith", "o'brien@example.com", "ada+test", "李明", "☃"])
def test_a_name_with_space_or_symbols_inside_is_no_fault(scim: Scim, name: str) -> None:
    id = scim.user(userName=name)["id"]
    assert scim.found("/Users", f'userName eq "{name}"') == [id]


@pytest.mark.proves("INT-005")
@pytest.mark.parametrize(
    ("stored", "filter"),
    [
        ("straße", 'title eq "STRASSE"'),
        ("STRASSE", 'title co "traß"'),
        (normalize("NFD", "Zoé"), f'title sw "{normalize("NFC", "zoé")}"'),
        ("ﬁnance", 'title sw "FI"'),
        ("Ａｄａ", 'title ew "DA"'),
        ("ÉCLAIR", 'title eq "éclair"'),
    ],
)
def test_a_filter_compares_folded_text(scim: Scim, stored: str, filter: str) -> None:
    id = scim.user(title=stored)["id"]
    assert scim.found("/Users", filter) == [id]


@pytest.mark.proves("INT-005")
def test_order_and_equality_are_of_the_same_folded_text(scim: Scim) -> None:
    for title in ("ÉCLAIR", "eclair", "Zebra", "apfel", "ÄPFEL"):
        scim.user(title=title)
    page = scim.get("/Users?sortBy=title").get_json(force=True)
    shown = [user["title"] for user in page["Resources"]]
    assert shown == ["apfel", "eclair", "Zebra", "ÄPFEL", "ÉCLAIR"]
