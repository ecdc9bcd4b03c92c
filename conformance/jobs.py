"""Bulk jobs (RFC 7644 §3.7): sent, read, and tidied up after."""

from typing import Any

from conformance.story import Story
from conformance.urns import BULK_REQUEST
from conformance.wire import Answer, Json


def job(story: Story, *operations: Json, **members: object) -> Answer:
    """POST a job; what it made is deleted with the story."""
    body = {"schemas": [BULK_REQUEST], "Operations": list(operations), **members}
    return sent(story, body)


def sent(story: Story, body: object) -> Answer:
    """POST a body to /Bulk as it is."""
    answer = story.post("/Bulk", body)
    for each in results(answer):
        location = each.get("location")
        if code(each) == "201" and isinstance(location, str):
            story.made.append("/" + "/".join(location.rsplit("/", 2)[-2:]))
    return answer


def created(bulk_id: str, path: str, data: Json) -> Json:
    """An operation that makes a resource."""
    return {"method": "POST", "bulkId": bulk_id, "path": path, "data": data}


def results(answer: Answer) -> list[Json]:
    """The results of a job."""
    found = answer.document.get("Operations")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def code(result: Json) -> str:
    """The status of a result, also where it is an object or a number."""
    status: Any = result.get("status")
    return str(status.get("code") if isinstance(status, dict) else status)


def codes(answer: Answer) -> list[str]:
    """The status of each result."""
    return [code(each) for each in results(answer)]


def failed(answer: Answer) -> bool:
    """Whether a job was refused as a whole, or its last operation was."""
    if 400 <= answer.status < 500:
        return True
    found = codes(answer)
    return answer.status == 200 and bool(found) and found[-1].startswith("4")


def id_of(result: Json) -> str:
    """The id in a result's location."""
    return str(result.get("location") or "").rpartition("/")[2]
