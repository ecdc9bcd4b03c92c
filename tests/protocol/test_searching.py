"""Queries by URL and by body: one meaning (RFC 7644 §3.4.2, §3.4.3, RFC 9865)."""

import pytest

from scim_server.protocol.errors import (
    InvalidCount,
    InvalidFilter,
    InvalidSyntax,
    InvalidValue,
    ScimError,
)
from scim_server.protocol.messages import SEARCH_SCHEMA
from scim_server.protocol.schema import Document
from scim_server.protocol.searching import SearchRequest, parse_search, search_from_query

LARGEST = 2**31 - 1
proves = pytest.mark.proves


@pytest.mark.parametrize(
    ("args", "request_"),
    [
        ({}, SearchRequest()),
        pytest.param({"foo": ["1"]}, SearchRequest(), marks=proves("HTP-008")),
        ({"filter": ["title pr"], "sortBy": ["title"]},
         SearchRequest(filter="title pr", sort_by="title")),
        pytest.param({"attributes": ["userName, name", "title,"]},
                     SearchRequest(attributes=("userName", "name", "title")),
                     marks=proves("PRJ-005")),
        ({"excludedAttributes": ["members"], "attributes": [""]},
         SearchRequest(excluded=("members",))),
        pytest.param({"startIndex": ["0"]}, SearchRequest(), marks=proves("PAG-001")),
        pytest.param({"startIndex": ["-5"]}, SearchRequest(), marks=proves("PAG-001")),
        pytest.param({"count": ["0"]}, SearchRequest(count=0), marks=proves("PAG-003")),
        pytest.param({"count": ["-1"]}, SearchRequest(count=0), marks=proves("PAG-003")),
        pytest.param({"count": ["9" * 5000]}, SearchRequest(count=LARGEST),
                     marks=proves("PAG-006")),
        ({"startIndex": ["0" * 5000 + "12"]}, SearchRequest(start_index=12)),
        ({"startIndex": ["-" + "9" * 5000]}, SearchRequest()),
        pytest.param({"cursor": [""], "count": ["10"]}, SearchRequest(cursor="", count=10),
                     marks=proves("CUR-001")),
        pytest.param({"cursor": ["abc"], "count": ["-1"]}, SearchRequest(cursor="abc", count=0),
                     marks=proves("CUR-005")),
        pytest.param({"sortOrder": ["descending"]}, SearchRequest(descending=True),
                     marks=proves("SRT-002")),
    ],
)  # fmt: skip
def test_parameters_are_read(args: dict[str, list[str]], request_: SearchRequest) -> None:
    assert search_from_query(args) == request_


@pytest.mark.parametrize(
    ("args", "refusal"),
    [
        pytest.param({"filter": [" "]}, InvalidFilter, marks=proves("FIL-003")),
        ({"filter": ["title pr", "name pr"]}, InvalidValue),
        ({"sortBy": [""]}, InvalidValue),
        pytest.param({"sortOrder": ["up"]}, InvalidValue, marks=proves("SRT-002")),
        pytest.param({"count": ["ten"]}, InvalidValue, marks=proves("PAG-007")),
        pytest.param({"count": ["1.5"]}, InvalidValue, marks=proves("PAG-007")),
        pytest.param({"count": ["٣"]}, InvalidValue, marks=proves("PAG-007")),
        pytest.param({"startIndex": [""]}, InvalidValue, marks=proves("PAG-007")),
        pytest.param({"cursor": [""], "count": ["ten"]}, InvalidCount, marks=proves("CUR-008")),
        pytest.param({"cursor": [""], "startIndex": ["1"]}, InvalidValue, marks=proves("CUR-013")),
        pytest.param({"attributes": ["a"], "excludedAttributes": ["b"]}, InvalidValue,
                     marks=proves("PRJ-004")),
    ],
)  # fmt: skip
def test_bad_parameters_are_refused(args: dict[str, list[str]], refusal: type[ScimError]) -> None:
    with pytest.raises(refusal):
        search_from_query(args)


@pytest.mark.proves("SCH-003", "CUR-014")
def test_a_body_means_what_the_url_means() -> None:
    body = {
        "schemas": [SEARCH_SCHEMA],
        "ATTRIBUTES": ["userName", "name"],
        "filter": "title pr",
        "sortBy": "title",
        "sortOrder": "descending",
        "count": 5,
        "cursor": "",
        "startIndex": None,
    }
    args = {
        "attributes": ["userName,name"],
        "filter": ["title pr"],
        "sortBy": ["title"],
        "sortOrder": ["descending"],
        "count": ["5"],
        "cursor": [""],
    }
    assert parse_search(body) == search_from_query(args)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        pytest.param({"schemas": []}, InvalidSyntax, marks=proves("SCH-002")),
        pytest.param({"count": "10"}, InvalidValue, marks=proves("SCH-004")),
        pytest.param({"count": True}, InvalidValue, marks=proves("SCH-004")),
        pytest.param({"startIndex": 1.0}, InvalidValue, marks=proves("SCH-004")),
        pytest.param({"cursor": "", "count": "1"}, InvalidCount, marks=proves("CUR-008")),
        ({"cursor": 1}, InvalidValue),
        ({"filter": 1}, InvalidValue),
        ({"filter": ""}, InvalidFilter),
        ({"attributes": "userName"}, InvalidValue),
        ({"attributes": [1]}, InvalidValue),
        ({"fitler": "title pr"}, InvalidSyntax),
    ],
)
def test_a_bad_search_request_is_refused(more: Document, refusal: type[ScimError]) -> None:
    with pytest.raises(refusal):
        parse_search({"schemas": [SEARCH_SCHEMA], **more})
