"""Questions to a list: how its URL is written, and a few users to ask about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from conformance.story import Interrupted, Story
from conformance.wire import Answer, Json

Row = tuple[str, str, str, str]
"""Requirement, attributes that it is about, filter, and who is found: ``a b ?c``.

``?c`` may be found or not; ``!`` means that a refusal is right as well.
"""
COMMON = frozenset({"externalId"})
"""What every resource has, though schemas do not name it (RFC 7643 §3.1)."""
REFUSED = frozenset({400, 501})


def asked(path: str, **parameters: object) -> str:
    """The path with a query; spaces as ``%20``."""
    return f"{path}?{urlencode(parameters, quote_via=quote)}" if parameters else path


def rows(answer: Answer) -> list[Json]:
    """The resources of a ListResponse."""
    found = answer.document.get("Resources")
    return found if isinstance(found, list) else []


def ids(answer: Answer) -> list[str]:
    """The ids on a page, in its order."""
    return [str(row["id"]) for row in rows(answer)]


def begins(story: Story, mark: str) -> str:
    """A filter for users by the beginning of their names, which the server has been seen to take.

    Raises Interrupted: it refuses ``sw``, as RFC 7644 §3.12 Table 9 lets it.
    """
    filter = f'userName sw "{mark}"'
    answer = story.get(asked(story.subject.endpoint_of("User"), filter=filter))
    if answer.status in REFUSED:
        raise Interrupted(f"users cannot be told apart by how their names begin: {answer}")
    return filter


@dataclass(slots=True)
class Cohort:
    """Users of one check, each known by a short key, and what filters find among them.

    mark:     begins every userName, so that a filter can leave out everybody else
    narrowed: whether the server has been seen to take a filter with that beginning
    """

    story: Story
    mark: str
    keys: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Json] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    narrowed: bool = False

    def add(self, key: str, **attributes: object) -> None:
        """Make one more; attributes that the server does not publish are left out."""
        subject = self.story.subject
        known = COMMON | {place.path() for place in subject.attributes("User")}
        urns = {place.urn for place in subject.attributes("User") if place.urn}
        body = {name: value for name, value in attributes.items() if name in known | urns}
        body = {"userName": self.name(key), **body}
        schemas = [subject.types["User"]["schema"], *(urn for urn in urns if urn in body)]
        made = self.story.make("User", **body, schemas=schemas)
        self.keys[str(made["id"])] = key
        self.shown[key] = made
        self.sent[key] = body

    def name(self, key: str) -> str:
        """The userName of one."""
        return f"{self.mark}-{key}{self.story.subject.domain}"

    def id(self, key: str) -> str:
        """The id of one."""
        return str(self.shown[key]["id"])

    def keeps(self, *attributes: str) -> bool:
        """Whether each attribute is somebody's, and came back as it was sent."""
        return all(self._keeps(name) for name in attributes)

    def _keeps(self, name: str) -> bool:
        havers = [key for key, sent in self.sent.items() if sent.get(name) is not None]
        return bool(havers) and all(
            _covers(self.shown[key].get(name), self.sent[key][name]) for key in havers
        )

    def url(self, filter: str, **parameters: object) -> str:
        """The list of users with a filter that is narrowed to these.

        Raises Interrupted: the server refuses ``sw``.
        """
        if not self.narrowed:
            begins(self.story, f"{self.mark}-")
            self.narrowed = True
        text = f"({filter})" if " or " in filter.lower() else filter
        narrowed = f"{self.everybody} and {text}" if text else self.everybody
        users = self.story.subject.endpoint_of("User")
        return asked(users, filter=narrowed, **parameters)

    @property
    def everybody(self) -> str:
        """The filter that finds these and nobody else."""
        return f'userName sw "{self.mark}-"'

    def all_url(self) -> str:
        """The list of these."""
        return asked(self.story.subject.endpoint_of("User"), filter=self.everybody)

    def ask(self, filter: str = "", **parameters: object) -> Answer:
        """Who of these matches."""
        return self.story.get(self.url(filter, **parameters))

    def found(self, answer: Answer) -> list[str] | None:
        """Their keys, in the order of the list; who is not of these by id; None: no list.

        Raises Interrupted: the page is smaller than this handful.
        """
        if answer.status != 200:
            return None
        found = [self.keys.get(id, id) for id in ids(answer)]
        total = answer.document.get("totalResults")
        if isinstance(total, int) and len(found) < total <= len(self.keys):
            raise Interrupted("the server's pages are too small for this question")
        return found

    def judge(self, *table: Row) -> None:
        """Ask each filter whose attributes the server has, and expect who is to be found."""
        for requirement, attributes, text, wanted in table:
            if self.keeps(*attributes.split()):
                self.expect(requirement, self.ask(self._filled(text)), wanted)

    def _filled(self, text: str) -> str:
        """``{m}`` is the mark, ``{a}`` the userName of a."""
        for key in self.sent:
            text = text.replace(f"{{{key}}}", self.name(key))
        return text.replace("{m}", self.mark)

    def expect(self, requirement: str, answer: Answer, wanted: str) -> None:
        """Expect an answer to have these."""
        marks = wanted.split()
        must = {mark for mark in marks if mark[0] not in "?!"}
        may = {mark[1:] for mark in marks if mark[0] == "?"}
        found = self.found(answer)
        right = found is not None and must <= set(found) <= must | may
        allowed = "!" in marks and answer.status in REFUSED
        names = ", ".join(self.name(key) for key in sorted(must)) or "nobody"
        self.story.expect(requirement, right or allowed, f"to be found: {names}")


def cohort(story: Story, **people: Mapping[str, object]) -> Cohort:
    """Users with these attributes."""
    made = Cohort(story, story.name())
    for key, attributes in people.items():
        made.add(key, **attributes)
    return made


def _covers(shown: object, sent: object) -> bool:
    if isinstance(sent, dict):
        return isinstance(shown, dict) and all(
            _covers(shown.get(name), value) for name, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(shown, list) and all(
            any(_covers(each, value) for each in shown) for value in sent
        )
    return shown == sent
