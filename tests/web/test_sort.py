"""Sorting (RFC 7644 §3.4.2.3)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, USER, Application, Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves
DEVICE = "/Devices"


def device(scim: Scim, name: str, **attributes: Any) -> None:
    """A device called so."""
    body = {"displayName": name, "serialNumber": name, **attributes}
    assert scim.post(DEVICE, body).status_code == 201


def order(scim: Scim, path: str, by: str, how: str = "ascending", **query: Any) -> list[str]:
    """The names of the resources in the order that was asked for."""
    asked = {"sortBy": by, "sortOrder": how, **query}
    return shown(scim.get(path, query=asked), "userName" if path == "/Users" else "displayName")


@proves("SRT-001")
def test_the_whole_result_is_sorted_before_it_is_paged(scim: Scim) -> None:
    for name in ("d", "b", "e", "a", "c"):
        scim.user(userName=name)
    pages = [order(scim, "/Users", "userName", count=2, startIndex=n) for n in (1, 3, 5)]
    assert pages == [["a", "b"], ["c", "d"], ["e"]]
    query = {"sortBy": "userName", "filter": 'userName gt "b"', "count": 2, "startIndex": 2}
    assert shown(scim.get("/Users", query=query)) == ["d", "e"]


@proves("SRT-002")
def test_ascending_is_the_default(scim: Scim) -> None:
    for name in ("b", "a", "c"):
        scim.user(userName=name)
    assert shown(scim.get("/Users?sortBy=userName")) == ["a", "b", "c"]
    assert order(scim, "/Users", "userName", "ascending") == ["a", "b", "c"]
    assert order(scim, "/Users", "userName", "descending") == ["c", "b", "a"]


@proves("SRT-002")
@pytest.mark.parametrize("how", ["up", "", "desc", "Ascending"])
def test_another_order_is_refused(scim: Scim, how: str) -> None:
    refused = error(scim.get("/Users", query={"sortBy": "userName", "sortOrder": how}))
    assert refused == (400, "invalidValue")
    assert error(scim.search("/Users", sortBy="userName", sortOrder=how)) == refused


@proves("SRT-003")
@pytest.mark.parametrize(
    ("attribute", "values", "expected"),
    [
        ("displayName", ["B", "a", "C", "é", "z", "Ä"], ["a", "B", "C", "z", "Ä", "é"]),
        ("serialNumber", ["B", "a", "C", "é"], ["B", "C", "a", "é"]),
        ("portCount", [10, 9, -1, 100, 0], [-1, 0, 9, 10, 100]),
        ("weight", [10.5, 9, -0.25, 1e3], [-0.25, 9, 10.5, 1000.0]),
        ("active", [True, False], [False, True]),
        (
            "purchasedAt",
            ["2026-01-01T01:00:00+02:00", "2025-12-31T23:30:00Z", "2026-01-01T00:00:00.5Z"],
            ["2026-01-01T01:00:00+02:00", "2025-12-31T23:30:00Z", "2026-01-01T00:00:00.5Z"],
        ),
        (
            "manual",
            ["https://b", "https://B", "https://a"],
            ["https://B", "https://a", "https://b"],
        ),
    ],
)
def test_the_type_decides_the_order(
    scim: Scim, attribute: str, values: list[Any], expected: list[Any]
) -> None:
    for number, value in enumerate(reversed(values)):
        body = {"displayName": "d", "serialNumber": f"s{number}", attribute: value}
        assert scim.post(DEVICE, body).status_code == 201
    up = shown(scim.get(DEVICE, query={"sortBy": attribute}), attribute)
    down = shown(scim.get(f"{DEVICE}?sortOrder=descending&sortBy={attribute}"), attribute)
    assert up == expected
    assert down == expected[::-1]


@proves("SRT-004")
def test_the_primary_element_counts_else_the_first(scim: Scim) -> None:
    scim.user(userName="first", emails=[{"value": "b@x.org"}, {"value": "a@x.org"}])
    primary = [{"value": "z@x.org"}, {"value": "c@x.org", "primary": True}]
    scim.user(userName="primary", emails=primary)
    scim.user(userName="only", emails=[{"value": "bb@x.org"}])
    for by in ("emails.value", "emails", f"{USER}:emails.value"):
        assert order(scim, "/Users", by) == ["first", "only", "primary"]
        assert order(scim, "/Users", by, "descending") == ["primary", "only", "first"]


@proves("SRT-004")
def test_of_simple_values_the_first_counts(scim: Scim) -> None:
    device(scim, "x", channels=[5, 1])
    device(scim, "y", channels=[2, 9])
    assert order(scim, DEVICE, "channels") == ["y", "x"]


@proves("SRT-005")
@pytest.mark.parametrize("by", ["name", "addresses", "meta", f"{ENTERPRISE}:manager"])
def test_a_complex_attribute_has_no_order(scim: Scim, by: str) -> None:
    assert error(scim.get("/Users", query={"sortBy": by})) == (400, "invalidValue")


@proves("SRT-005", "SRT-003")
@pytest.mark.parametrize(
    ("by", "attributes"),
    [
        ("name.givenName", [{"name": {"givenName": given}} for given in ("A", "b", "C")]),
        ("NAME.GIVENNAME", [{"name": {"givenName": given}} for given in ("A", "b", "C")]),
        (f"{ENTERPRISE}:department", [{ENTERPRISE: {"department": d}} for d in ("a", "B", "c")]),
    ],
)
def test_a_sub_attribute_has_one(scim: Scim, by: str, attributes: list[dict[str, Any]]) -> None:
    for name, each in zip("zyx", attributes, strict=True):
        scim.user(userName=name, schemas=[USER, ENTERPRISE], **each)
    assert order(scim, "/Users", by) == ["z", "y", "x"]


@proves("SRT-006", "SRT-008")
def test_no_value_comes_last_ascending_and_first_descending(scim: Scim) -> None:
    for name, title in (("a", None), ("b", "y"), ("c", None), ("d", "x")):
        scim.user(userName=name, **({"title": title} if title else {}))
    assert order(scim, "/Users", "title") == ["d", "b", "a", "c"]
    assert order(scim, "/Users", "title", "descending") == ["c", "a", "b", "d"]


@proves("SRT-008")
@pytest.mark.parametrize("how", ["ascending", "descending"])
def test_equal_values_neither_repeat_nor_get_lost_across_pages(scim: Scim, how: str) -> None:
    names = [scim.user(title="same")["userName"] for _ in range(11)]
    walked = [
        name
        for index in range(1, 12, 2)
        for name in order(scim, "/Users", "title", how, count=2, startIndex=index)
    ]
    assert sorted(walked) == sorted(names)


@proves("SRT-008")
def test_without_a_sort_the_order_is_that_of_creation(scim: Scim) -> None:
    names = [scim.user(userName=name)["userName"] for name in "dacb"]
    assert shown(scim.get("/Users")) == names
    [first] = scim.found("/Users", 'userName eq "d"')
    scim.patch(f"/Users/{first}", {"op": "replace", "path": "title", "value": "new"})
    assert shown(scim.get("/Users")) == names


def test_the_times_and_the_id_can_be_sorted_by(scim: Scim) -> None:
    names = [scim.user(userName=name)["userName"] for name in "dacb"]
    for by in ("meta.created", "meta.lastModified"):
        assert order(scim, "/Users", by) == names
        assert order(scim, "/Users", by, "descending") == names[::-1]
    ids = [resource["id"] for resource in page(scim.get("/Users?sortBy=id"))["Resources"]]
    assert ids == sorted(ids)


@pytest.mark.parametrize("by", ["nope", "name.nope", "urn:example:nope:name", "userName.value"])
def test_an_unknown_attribute_is_refused(scim: Scim, by: str) -> None:
    assert error(scim.get("/Users", query={"sortBy": by})) == (400, "invalidPath")


@pytest.mark.parametrize("by", ["", " ", "groups", "groups.value"])
def test_what_has_no_order_is_refused(scim: Scim, by: str) -> None:
    assert error(scim.get("/Users", query={"sortBy": by})) == (400, "invalidValue")


def test_nothing_is_sorted_by_a_secret(scim: Scim) -> None:
    assert error(scim.get("/Users?sortBy=password")) == (403, "sensitive")
    assert error(scim.get("/Devices?sortBy=pin")) == (403, "sensitive")
    assert error(scim.search("/Users", sortBy="password"))[0] == 400


def test_every_attribute_can_be_named_without_harm(application: Application) -> None:
    scim = application.scim()
    for kind in application.parts.registry.kinds.values():
        for path in kind.leaves():
            for how in ("ascending", "descending"):
                query = {"sortBy": path.text, "sortOrder": how, "cursor": ""}
                answered = scim.get(kind.endpoint, query=query)
                assert answered.status_code in (200, 400, 403), answered.text


@pytest.mark.parametrize("name", ["groups.value", "manager.displayName", "manager.$ref"])
def test_what_other_resources_say_is_no_order(scim: Scim, name: str) -> None:
    path = f"{ENTERPRISE}:{name}" if name.startswith("manager") else name
    assert error(scim.get("/Users", query={"sortBy": path})) == (400, "invalidValue")
