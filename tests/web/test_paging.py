"""Paging by index (RFC 7644 §3.4.2.4)."""

from pathlib import Path

import pytest

from tests.application import Application, Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves
FAR = 10**30


@pytest.fixture(scope="module")
def many(application: Application) -> Scim:
    """Twelve users, from 00 to 11."""
    scim = application.scim()
    for number in range(12):
        scim.user(userName=f"{number:02}", title="even" if number % 2 == 0 else "odd")
    return scim


@proves("PAG-001")
@pytest.mark.parametrize("index", ["", "&startIndex=1", "&startIndex=0", "&startIndex=-5",
                                   f"&startIndex=-{FAR}", "&startIndex=+1"])  # fmt: skip
def test_the_first_is_number_one(many: Scim, index: str) -> None:
    body = page(many.get(f"/Users?count=3{index.replace('+', '%2B')}"))
    assert body["startIndex"] == 1
    assert [user["userName"] for user in body["Resources"]] == ["00", "01", "02"]


@proves("PAG-002", "PAG-004")
@pytest.mark.parametrize(
    ("query", "start", "names"),
    [
        ("count=3&startIndex=4", 4, ["03", "04", "05"]),
        ("count=10&startIndex=11", 11, ["10", "11"]),
        ("count=1&startIndex=12", 12, ["11"]),
        ("startIndex=12", 12, ["11"]),
        ("count=5&startIndex=8", 8, ["07", "08", "09", "10", "11"]),
    ],
)
def test_a_page_has_at_most_count_resources_and_says_which(
    many: Scim, query: str, start: int, names: list[str]
) -> None:
    body = page(many.get(f"/Users?{query}"))
    assert [user["userName"] for user in body["Resources"]] == names
    assert (body["startIndex"], body["itemsPerPage"]) == (start, len(names))
    assert body["totalResults"] == 12


@proves("PAG-003")
@pytest.mark.parametrize("count", ["0", "-1", f"-{FAR}", "-0"])
def test_a_count_of_nothing_gives_the_total_only(many: Scim, count: str) -> None:
    body = page(many.get(f"/Users?count={count}&filter=title+eq+%22odd%22"))
    assert (body["totalResults"], body["itemsPerPage"], body["Resources"]) == (6, 0, [])


@proves("PAG-005")
@pytest.mark.parametrize("index", [13, 9999, 2**31, 2**63, FAR])
def test_past_the_end_there_is_nothing_but_the_total(many: Scim, index: int) -> None:
    body = page(many.get(f"/Users?startIndex={index}"))
    assert (body["totalResults"], body["Resources"]) == (12, [])


@proves("PAG-006", "PAG-008")
def test_the_settings_bound_a_page(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db", page_size=3, max_page_size=5)
    scim = application.scim()
    for _ in range(7):
        scim.user()
    provider = scim.get("/ServiceProviderConfig").get_json()
    assert provider["filter"]["maxResults"] == 5
    assert provider["pagination"]["defaultPageSize"] == 3
    for query, size in (("", 3), ("?count=4", 4), ("?count=6", 5), (f"?count={FAR}", 5)):
        body = page(scim.get(f"/Users{query}"))
        assert (body["itemsPerPage"], body["totalResults"]) == (size, 7)
        body = page(scim.get(f"/Users{query or '?'}&cursor"))
        assert (body["itemsPerPage"], body["totalResults"]) == (size, 7)
    application.parts.database.close()


@proves("PAG-007")
@pytest.mark.parametrize("name", ["count", "startIndex"])
@pytest.mark.parametrize(
    "value", ["ten", "1.5", "1e3", "", "%20", "0x10", "1%202", "%D9%A3", "--1"]
)
def test_what_is_no_integer_is_refused(many: Scim, name: str, value: str) -> None:
    assert error(many.get(f"/Users?{name}={value}")) == (400, "invalidValue")


@proves("PAG-009")
@pytest.mark.parametrize("size", [1, 5, 12, 100])
@pytest.mark.parametrize("query", ["", "filter=title+eq+%22odd%22", "sortBy=title"])
def test_a_walk_yields_every_match_once(many: Scim, size: int, query: str) -> None:
    walked = [
        name
        for index in range(1, 13, size)
        for name in shown(many.get(f"/Users?count={size}&startIndex={index}&{query}"))
    ]
    every = [f"{number:02}" for number in range(12)]
    assert sorted(walked) == (every[1::2] if "odd" in query else every)
