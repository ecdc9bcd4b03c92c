"""Programs that others wrote: PyPI's scim2-tester finds no fault, scim2-client can work here."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ListResponse, PatchOp, Resource, SearchRequest
from scim2_models.exceptions import NotFoundException, PreconditionFailedException
from scim2_tester import Status, check_server

from tests.application import ACCOUNT
from tests.conformance.serving import Server

MODES = ("tolerant", "strict")
PAIRS = [("sqlite", "tolerant"), ("postgresql", "strict")]
"""Each mode and each database once: what differs by their pair is crossed by other tests."""
AnyResource = Resource[Any]
Connect = Callable[[Server, str], SyncSCIMClient]
T = TypeVar("T")


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients of a new tenant that know nothing of the server yet."""
    with ExitStack() as stack:

        def client(server: Server, mode: str) -> SyncSCIMClient:
            headers = {"Authorization": f"Bearer {server.token(mode)}"}
            http = httpx2.Client(base_url=server.url, headers=headers)
            return SyncSCIMClient(stack.enter_context(http))

        yield client


def on_a_short_stack(judge: Callable[[], T]) -> T:
    """In a thread: for each model that it makes, pydantic looks at every frame of the stack."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(judge).result()


class Story:
    """A client that has discovered the server and works with its models."""

    def __init__(self, client: SyncSCIMClient) -> None:
        self.client = client
        on_a_short_stack(client.discover)

    def create(self, kind: str, **attributes: Any) -> AnyResource:
        model = self.client.get_resource_model(kind)
        assert model is not None
        created = self.client.create(model(**attributes))
        assert isinstance(created, Resource)
        return created

    def patch(self, resource: AnyResource, op: str, path: str, value: object = None) -> AnyResource:
        operation = {"op": op, "path": path} | ({} if value is None else {"value": value})
        message = PatchOp[type(resource)].model_validate({"Operations": [operation]})  # type: ignore[misc]
        patched = self.client.modify(resource, message)
        assert isinstance(patched, Resource)
        return patched

    def found(self, kind: str, filter: str) -> list[str | None]:
        search: SearchRequest[Any] = SearchRequest.model_validate({"filter": filter})
        page = self.client.query(kind, query_parameters=search)
        assert isinstance(page, ListResponse)
        return [each.id for each in page.resources or []]


# It adds to the list of free attributes twice, once with the whole extension, and expects the
# second addition alone; RFC 7644 §3.5.2.1 has an addition keep what is there.
@pytest.mark.parametrize(("new_database", "mode"), PAIRS, indirect=["new_database"])
def test_scim2_tester_finds_no_fault_but_that_an_addition_adds(
    server: Server, connect: Connect, mode: str
) -> None:
    results = on_a_short_stack(lambda: check_server(connect(server, mode)))
    faults = [result for result in results if result.status is not Status.SUCCESS]
    assert [fault.title for fault in faults] == ["check_add_attribute"]
    assert f"unexpected value for '{ACCOUNT}:attributes'" in str(faults[0].reason)
    assert {"User", "Group"} <= {result.resource_type for result in results}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("kind", "given", "filter", "path"),
    [
        (
            "User",
            {"user_name": "ada", "emails": [{"value": "a@example.com"}]},
            'emails.value eq "A@example.com"',
            "nick_name",
        ),
        ("Group", {"display_name": "Poets"}, 'displayName sw "po"', "external_id"),
        (
            "Device",
            {"display_name": "Door", "serial_number": "D-1", "port_count": 3},
            "portCount ge 3",
            "asset_tag",
        ),
    ],
    ids=["User", "Group", "Device"],
)
def test_scim2_client_creates_finds_changes_and_deletes(
    extended: Server,
    connect: Connect,
    mode: str,
    kind: str,
    given: dict[str, object],
    filter: str,
    path: str,
) -> None:
    story = Story(connect(extended, mode))
    made = story.create(kind, **given)
    assert story.found(kind, filter) == [made.id]
    name = str(type(made).model_fields[path].serialization_alias)
    assert getattr(story.patch(made, "add", name, "first"), path) == "first"
    fresh = story.client.query(made)
    assert isinstance(fresh, Resource)
    setattr(fresh, path, "second")
    assert getattr(story.client.replace(fresh), path) == "second"
    with pytest.raises(PreconditionFailedException):
        story.client.delete(made)
    story.client.delete(type(made), made.id)
    assert story.found(kind, filter) == []
    with pytest.raises(NotFoundException):
        story.client.query(type(made), made.id)


@pytest.mark.parametrize("mode", MODES)
def test_scim2_client_adds_and_removes_members(server: Server, connect: Connect, mode: str) -> None:
    story = Story(connect(server, mode))
    ada, bob = (story.create("User", user_name=name) for name in ("ada", "bob"))
    group = story.create("Group", display_name="Poets", members=[{"value": ada.id}])
    group = story.patch(group, "add", "members", [{"value": bob.id}])
    assert story.found("Group", f'members.value eq "{bob.id}"') == [group.id]
    group = story.patch(group, "remove", f'members[value eq "{ada.id}"]')
    assert story.found("User", f'groups.value eq "{group.id}"') == [bob.id]
    story.client.delete(bob)
    assert story.found("Group", "members pr") == []
