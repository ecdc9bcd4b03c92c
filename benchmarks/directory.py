"""The users and groups that the benchmark has put into one server."""

import itertools
import json
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from benchmarks import population
from benchmarks.drive import drive
from benchmarks.endpoint import Endpoint
from benchmarks.measure import NotMeasured
from benchmarks.servers import Server

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
BATCH = 1_000
MEMBERS_AT_ONCE = 10_000


class Directory:
    """What one endpoint holds; ``ids`` are those of the loaded users, by rank."""

    def __init__(self, server: Server) -> None:
        self.endpoint = Endpoint(server.base_url, server.token)
        self.server = server
        self.ids: list[str] = []
        self._others: list[Endpoint] = []
        self._next_rank = 0
        self._group_numbers = itertools.count(1)

    def beside(self, path: str) -> Endpoint:
        """Return another API of the same server, with the same credential."""
        origin = urlsplit(self.server.base_url)
        endpoint = Endpoint(f"{origin.scheme}://{origin.netloc}{path}", self.server.token)
        self._others.append(endpoint)
        return endpoint

    def close(self) -> None:
        """Close every connection."""
        for endpoint in (self.endpoint, *self._others):
            endpoint.close()

    def load(self, count: int, progress: Callable[[int], None]) -> None:
        """Create ``count`` users by Bulk (RFC 7644 §3.7). Raises NotMeasured."""
        connections = self.endpoint.connections(2)
        while len(self.ids) < count:
            sizes = [min(BATCH, count - at) for at in range(len(self.ids), count, BATCH)][
                : 2 * len(connections)
            ]
            sent = drive(connections, [self.bulk(size) for size in sizes])
            if sent.failures:
                raise NotMeasured(f"the load stopped: {sent.failures[0]}")
            for position in range(len(sizes)):
                self.ids += created_ids(sent.bodies[position])
            progress(len(self.ids))

    def fresh_ranks(self, count: int) -> range:
        """Return ranks that no user has yet."""
        first, self._next_rank = self._next_rank, self._next_rank + count
        return range(first, first + count)

    def create(self) -> bytes:
        """Return a request that creates one new user."""
        return self.endpoint.message("POST", "/Users", population.user(self.fresh_ranks(1)[0]))

    def bulk(self, size: int) -> bytes:
        """Return a Bulk request that creates ``size`` new users."""
        operations = [
            {
                "method": "POST",
                "path": "/Users",
                "bulkId": f"b{rank}",
                "data": population.user(rank),
            }
            for rank in self.fresh_ranks(size)
        ]
        body = {"schemas": [BULK_REQUEST], "Operations": operations}
        return self.endpoint.message("POST", "/Bulk", body)

    def create_group(self, members: Sequence[str]) -> str:
        """Create a group, its first members in the POST and the rest by PATCH; return its path.

        Raises: NotMeasured.
        """
        values = [{"value": member} for member in members]
        document = {
            "schemas": [GROUP],
            "displayName": f"Benchmark group {next(self._group_numbers)}",
            "members": values[:MEMBERS_AT_ONCE],
        }
        messages = [self.endpoint.message("POST", "/Groups", document)]
        sent = drive(self.endpoint.connections(1), messages)
        if sent.failures:
            raise NotMeasured(f"no group of {len(members)}: {sent.failures[0]}")
        path = f"/Groups/{json.loads(sent.bodies[0])['id']}"
        for at in range(MEMBERS_AT_ONCE, len(values), MEMBERS_AT_ONCE):
            add = {"op": "add", "path": "members", "value": values[at : at + MEMBERS_AT_ONCE]}
            more = drive(self.endpoint.connections(1), [self.endpoint.patch(path, add)])
            if more.failures:
                raise NotMeasured(f"no group of {len(members)}: {more.failures[0]}")
        return path

    def members(self, path: str) -> set[str]:
        """Return the ids of the members of a group. Raises NotMeasured."""
        response = self.endpoint.call("GET", path)
        if response.status != 200:
            raise NotMeasured(response.excerpt())
        return {member["value"] for member in response.json().get("members", ())}


def created_ids(body: bytes) -> list[str]:
    """Return the ids that a Bulk response reports, in order. Raises NotMeasured."""
    results = json.loads(body)["Operations"]
    refused = [result for result in results if str(result["status"]) != "201"]
    if refused:
        raise NotMeasured(f"{len(refused)} Bulk operations refused: {str(refused[0])[:200]}")
    return [result["location"].rpartition("/")[2] for result in results]
