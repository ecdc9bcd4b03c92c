"""A hundred changes in a company's directory, and whether they have arrived with us."""

from collections.abc import Iterable, Mapping
from typing import Any

import ldap3

from benchmarks import company
from benchmarks.company import Company, Directory
from benchmarks.contents import Contents
from benchmarks.measure import NotMeasured
from benchmarks.population import user_name

TITLES, ENTRIES, EXITS, JOINERS, LEAVERS = 70, 10, 10, 5, 5
TITLE = "Head of everything"
Users = Mapping[str, tuple[str, dict[str, Any]]]


class Hundred:
    """People get titles, enter groups and exit from them, join, and leave altogether."""

    def __init__(self, staff: Company) -> None:
        # Nobody's managers: whoever names one that goes, would change as well.
        first = staff.people // company.REPORTS
        ranks = iter(range(first, staff.people, (staff.people - first) // 100))
        self._staff = staff
        self._titled, self._entering, self._exiting, self._leaving = (
            [next(ranks) for _ in range(number)] for number in (TITLES, ENTRIES, EXITS, LEAVERS)
        )
        self._joining = range(staff.people, staff.people + JOINERS)

    def make(self, there: Directory) -> None:
        """Raises NotMeasured."""
        for rank in self._titled:
            there.change(company.person(rank), ldap3.MODIFY_REPLACE, "title", TITLE)
        for rank in self._entering:
            there.change(company.group(self._other(rank)), *_member(ldap3.MODIFY_ADD, rank))
        for rank in self._exiting:
            there.change(company.group(self._own(rank)), *_member(ldap3.MODIFY_DELETE, rank))
        for rank in self._joining:
            there.put(company.person(rank), company.attributes_of(rank))
            there.change(company.group(0), *_member(ldap3.MODIFY_ADD, rank))
        for rank in self._leaving:
            for number in self._staff.groups_of(rank):
                there.change(company.group(number), *_member(ldap3.MODIFY_DELETE, rank))
            there.delete(company.person(rank))

    def require(self, before: Contents, after: Contents) -> None:
        """Raises NotMeasured: they have not all arrived, or something else has changed."""
        if after.groups != self._groups(before.groups):
            raise NotMeasured("the groups are not those of the directory")
        gone, new, titled = map(_names, (self._leaving, self._joining, self._titled))
        if {after.users[name][0] for name in gone} != {"Suspended"}:
            raise NotMeasured("somebody who has left is not suspended")
        if after.users.keys() - before.users.keys() != new:
            raise NotMeasured("the joiners are not those of the directory")
        expected = {
            name: (status, document | ({"title": TITLE} if name in titled else {}))
            for name, (status, document) in before.users.items()
        }
        if _without(after.users, gone | new) != _without(expected, gone):
            raise NotMeasured("the users are not those of the directory")

    def _groups(self, before: Mapping[str, frozenset[str]]) -> Mapping[str, set[str]]:
        gone = _names(self._leaving)
        found = {name: set(members - gone) for name, members in before.items()}
        for rank in self._entering:
            found[company.group_name(self._other(rank))].add(user_name(rank))
        for rank in self._exiting:
            found[company.group_name(self._own(rank))].remove(user_name(rank))
        found[company.group_name(0)] |= _names(self._joining)
        return found

    def _own(self, rank: int) -> int:
        return max(self._staff.groups_of(rank))

    def _other(self, rank: int) -> int:
        own = self._staff.groups_of(rank)
        return next(number for number in range(self._staff.groups) if number not in own)


def _member(how: str, rank: int) -> tuple[str, str, str]:
    return how, "member", company.person(rank)


def _names(ranks: Iterable[int]) -> set[str]:
    return {user_name(rank) for rank in ranks}


def _without(users: Users, names: set[str]) -> Users:
    return {name: user for name, user in users.items() if name not in names}
