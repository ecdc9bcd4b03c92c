"""Playing the steps of one dialogue: variables, repetition, paging, comparison."""

import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.client import HTTPException

from conformance.findings import Exchange, Failure
from conformance.manners import faults
from conformance.matching import differences, pick
from conformance.sending import THROTTLED, kept, wait, waited
from conformance.wire import Answer, Endpoint, Request

Step = Mapping[str, object]
VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class Unbound(Exception):
    """The step needs a variable that no earlier answer gave."""


@dataclass(slots=True)
class Player:
    """The variables bound and the resources made in one playing."""

    endpoint: Endpoint
    variables: dict[str, str] = field(default_factory=lambda: {"run": secrets.token_hex(4)})
    made: list[str] = field(default_factory=list)

    def play(self, steps: Iterable[Step]) -> list[Failure]:
        """Play step after step; end where the rest cannot be sent."""
        failures: list[Failure] = []
        for step in steps:
            try:
                failures += self._step(step)
            except (Unbound, OSError, HTTPException, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
                ended = f"the dialogue ends at {json.dumps(step['request'])}"
                return [*failures, Failure((reason, ended))]
        return failures

    def tidy(self) -> list[str]:
        """Delete what was made, the last first; returns what the server did not delete."""
        left = kept(self.endpoint, reversed(self.made))
        self.made.clear()
        return left

    def _step(self, step: Step) -> list[Failure]:
        if "until" in step:
            return self._until(step)
        if "advance" in step:
            return self._walk(step)
        return self._repeat(step)

    def _repeat(self, step: Step) -> list[Failure]:
        times = int(str(step.get("repeat", 1)))
        with ThreadPoolExecutor(int(str(step.get("parallel", 1)))) as pool:
            rounds = pool.map(lambda n: self._once(step, str(n)), range(1, times + 1))
            return [failure for failures in rounds for failure in failures]

    def _once(self, step: Step, n: str) -> list[Failure]:
        request = self._request(step["request"], {"n": n})
        answer = self._send(request)
        self._bind(step, answer, {"n": n})
        return self._compare(step, request, answer, {"n": n})

    def _until(self, step: Step) -> list[Failure]:
        """Repeat until the status comes, minding Retry-After; compare that answer.

        The step is often about 429 itself, which nothing but this loop may wait for.
        """
        request = self._request(step["request"], {})
        answer = self.endpoint.send(request)
        for _ in range(int(str(step["repeat"]))):
            if answer.status == step["until"]:
                break
            if answer.status == THROTTLED:
                time.sleep(wait(answer))
            answer = self.endpoint.send(request)
        return self._compare(step, request, answer, {})

    def _walk(self, step: Step) -> list[Failure]:
        """Read page after page; compare the last, with the resources of all of them."""
        failures: list[Failure] = []
        resources: list[object] = []
        for request, answer in self._pages(step):
            resources += pick(answer.body, "Resources")
            last = replace(answer, body={**(answer.body or {}), "Resources": resources})
            failures = self._compare(step, request, answer, {}, last)
        return failures

    def _pages(self, step: Step) -> Iterator[tuple[Request, Answer]]:
        """The pages from startIndex 1 on; ``meanwhile`` is sent after the first."""
        start, total = 1, 1
        while start <= total:
            request = self._request(step["request"], {"startIndex": str(start)})
            answer = self._send(request)
            yield request, answer
            if start == 1 and "meanwhile" in step:
                self._send(self._request(step["meanwhile"], {}))
            body = answer.body or {}
            advance = step["advance"]
            length = body.get("itemsPerPage", 0) if advance == "itemsPerPage" else advance
            total = int(str(body.get("totalResults", 0))) if int(str(length)) > 0 else 0
            start += int(str(length))

    def _send(self, request: Request) -> Answer:
        answer = self._answer(request)
        identifier = (answer.body or {}).get("id")
        if request.method == "POST" and answer.status == 201 and identifier:
            self.made.append(f"{request.path.partition('?')[0].rstrip('/')}/{identifier}")
        return answer

    def _answer(self, request: Request) -> Answer:
        """Sent once more where the connection was refused or reset, as clients do of themselves.

        But no POST that was reset: what it may have made would be made twice, and never deleted.
        """
        try:
            return waited(self.endpoint, request)
        except ConnectionError as fault:
            if request.method == "POST" and not isinstance(fault, ConnectionRefusedError):
                raise
            return waited(self.endpoint, request)

    def _bind(self, step: Step, answer: Answer, local: Mapping[str, str]) -> None:
        bind = step.get("bind", {})
        assert isinstance(bind, dict)
        for name, path in bind.items():
            for value in pick(answer.body, path)[:1]:
                self.variables[str(self._fill(name, local))] = str(value)

    def _compare(
        self,
        step: Step,
        request: Request,
        answer: Answer,
        local: Mapping[str, str],
        whole: Answer | None = None,
    ) -> list[Failure]:
        expected = self._fill(step["expect"], local)
        assert isinstance(expected, dict)
        reasons = [*faults(request, answer), *_unexpected(expected, whole or answer)]
        exchange = Exchange(self.endpoint.complete(request), answer)
        return [Failure(tuple(reasons), exchange)] if reasons else []

    def _request(self, raw: object, local: Mapping[str, str]) -> Request:
        filled = self._fill(raw, local)
        assert isinstance(filled, dict)
        body = filled.get("raw")
        if "body" in filled:
            body = json.dumps(filled["body"], ensure_ascii=False)
        return Request(filled["method"], filled["path"], filled.get("headers", {}), body)

    def _fill(self, value: object, local: Mapping[str, str]) -> object:
        """Put the variables in; the innermost first, so that ``{{user{{n}}}}`` works."""
        if isinstance(value, dict):
            return {str(self._fill(k, local)): self._fill(v, local) for k, v in value.items()}
        if isinstance(value, list):
            return [self._fill(item, local) for item in value]
        if not isinstance(value, str):
            return value
        while found := VARIABLE.search(value):
            known = local.get(found[1], self.variables.get(found[1]))
            if known is None:
                raise Unbound(f"{found[0]} was not in an earlier answer")
            value = value[: found.start()] + known + value[found.end() :]
        return value


def _unexpected(expected: Mapping[str, object], answer: Answer) -> list[str]:
    """Status, headers, body and absent members, in that order."""
    statuses = expected["status"] if isinstance(expected["status"], list) else [expected["status"]]
    if answer.status not in statuses:
        return [f"status is {answer.status}, expected {expected['status']}"]
    found = []
    headers = expected.get("headers", {})
    assert isinstance(headers, dict)
    for name, value in headers.items():
        found += differences(value, answer.headers.get(name.lower()), name)
    if "body" in expected and answer.status != 204:
        found += differences(expected["body"], answer.body)
    absent = expected.get("absent", [])
    assert isinstance(absent, list)
    return found + [f"{path} is there" for path in absent if pick(answer.body, path)]
