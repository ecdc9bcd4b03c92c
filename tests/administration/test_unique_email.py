"""Where the policy has it, an e-mail address is one account's, however many ask for it at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.application import Admin, Application, Scim

MANY = 20


@pytest.mark.shows("e-mail address is unique, where the policy has it")
@pytest.mark.parametrize("others", [{}, {"email": "other-{}@example.com"}])
def test_of_many_at_once_one_gets_it(
    application: Application, world: Scim, admin: Admin, others: dict[str, str]
) -> None:
    admin.patch("/policy", {"uniqueEmail": True})
    users = [Admin(application, admin.bearer) for _ in range(MANY)]

    def make(number: int) -> int:
        mine = {name: value.format(number) for name, value in others.items()}
        shared = {"secondaryEmail" if mine else "email": "Ada@Example.com"}
        body = {"userName": f"ada-{number}"} | mine | shared
        return users[number].post("/users", body).status_code

    with ThreadPoolExecutor(MANY) as pool:
        codes = Counter(pool.map(make, range(MANY)))
    assert codes == {201: 1, 409: MANY - 1}
    assert admin.get("/users").get_json()["total"] == 1


@pytest.mark.shows("e-mail address is unique, where the policy has it")
def test_of_many_changes_at_once_one_gets_it(
    application: Application, world: Scim, admin: Admin
) -> None:
    admin.patch("/policy", {"uniqueEmail": True})
    made = [admin.post("/users", {"userName": f"ada-{n}"}).get_json()["id"] for n in range(MANY)]
    callers = [Admin(application, admin.bearer) for _ in made]

    def change(number: int) -> int:
        body = {"email": "ada@example.com"}
        return callers[number].patch(f"/users/{made[number]}", body).status_code

    with ThreadPoolExecutor(MANY) as pool:
        codes = Counter(pool.map(change, range(MANY)))
    assert codes == {200: 1, 409: MANY - 1}


@pytest.mark.shows("e-mail address is unique, where the policy has it")
def test_it_is_off_by_default(admin: Admin) -> None:
    for name in ("ada", "bob"):
        made = admin.post("/users", {"userName": name, "email": "team@example.com"})
        assert made.status_code == 201, made.text
