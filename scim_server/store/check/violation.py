"""What ``scim-server check`` finds wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant of stored data.

    rule: ``V-04`` and so on, as in docs/threat-model.md
    kind: the resource type, or the table where no resource is concerned
    id:   the public id of the resource, or the key of the row
    what: what is wrong with it; never a value, which may be personal
    """

    rule: str
    tenant: int
    kind: str
    id: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: tenant {self.tenant}, {self.kind} {self.id}: {self.what}"
