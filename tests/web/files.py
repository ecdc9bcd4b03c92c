"""Files of accounts, as an administrator sends and takes them."""

from typing import Any

import orjson
from werkzeug.test import TestResponse

from scim_server.config import ADMIN_PATH
from tests.application import Admin, Application, Scim, problem


class Files:
    """Sends files and takes them."""

    def __init__(self, application: Application, scim: Scim) -> None:
        self.admin: Admin = application.admin(scim.tenant)
        self.bearer = {"Authorization": f"Bearer {self.admin.bearer}"}
        self.client = application.flask.test_client()

    def put(self, data: bytes | str, kind: str = "text/csv", **query: Any) -> TestResponse:
        return self.client.open(
            f"{ADMIN_PATH}/users/import",
            method="POST",
            data=data,
            content_type=kind,
            headers=self.bearer,
            query_string=query,
            buffered=True,
        )

    def done(self, data: bytes | str, kind: str = "text/csv", **query: Any) -> dict[str, Any]:
        answer = self.put(data, kind, **query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def get(self, **query: Any) -> TestResponse:
        answer = self.admin.get("/users/export", **query)
        assert answer.status_code == 200, answer.text
        return answer

    def users(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(self.get(format="json").data)
        return found

    def faults(self, answer: TestResponse) -> dict[str, str]:
        assert problem(answer)[0] == 400
        return {each["pointer"]: each["detail"] for each in answer.get_json()["errors"]}
