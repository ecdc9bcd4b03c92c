"""What clients see of a resource: the stored document and what is computed around it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass

from scim_server.directory.ports import Membership, Reference, Relations, Resource
from scim_server.directory.rights import entitlements
from scim_server.protocol import etag, references
from scim_server.protocol.projection import Projection, project, wants
from scim_server.protocol.schema import Document, Registry, ResourceType
from scim_server.protocol.storage import STANDING

NONE = Relations()


@dataclass(frozen=True, slots=True)
class View:
    """A representation; ``document`` None shows nothing but the version and the place.

    ``members`` come apart: they may be a million, and are read once; ``source`` holds what they
    are read from, until it is left or closed.
    """

    document: Document | None
    tag: str
    location: str
    members_name: str | None = None
    members: Iterable[Document] = ()
    source: ExitStack | None = None


class Renderer:
    """Makes views; every link begins with the configured public URL (security rule 19)."""

    def __init__(self, registry: Registry, base_url: str) -> None:
        self.registry = registry
        self.base_url = base_url

    def location(self, kind: str, id: str) -> str:
        """``meta.location``."""
        return f"{self.base_url}{self.registry.kinds[kind].endpoint}/{id}"

    def tag(self, resource: Resource, relations: Relations) -> str:
        """The entity tag: the version, and a digest of what others say of the resource."""
        if relations == NONE:
            return etag.make(resource.version, None)
        shown = [[g.group, g.display, g.direct] for g in relations.groups]
        named = sorted([r.id, r.display] for r in relations.references.values())
        parts: tuple[object, ...] = (shown, named)
        if relations.applications:
            parts += ([[each.id, each.name] for each in relations.applications],)
        digest = hashlib.sha256(repr(parts).encode()).digest()
        return etag.make(resource.version, digest)

    def whole(self, resource: Resource, relations: Relations) -> Document:
        """The document with ``id``, ``meta`` and all that is computed, members apart."""
        kind, document = resource.kind, resource.document
        if relations.references:
            # The resource may yet be stored, when its transaction is tried again.
            document = deepcopy(document)
            references.fill(kind, document, self._look_up(relations))
        view = {"schemas": document["schemas"], "id": resource.id, **document}
        if kind.storage.account:
            account = view.get(kind.storage.account, {})
            view[kind.storage.account] = _standing(resource) | account
        if kind.storage.member_of and relations.groups:
            view[kind.storage.member_of] = [self._membership(g) for g in relations.groups]
        entitlements.show(kind, view, relations.applications)
        view["meta"] = self.meta(resource, self.tag(resource, relations))
        return view

    def meta(self, resource: Resource, tag: str) -> Document:
        """RFC 7643 §3.1."""
        return {
            "resourceType": resource.kind.name,
            "created": f"{resource.created}Z",
            "lastModified": f"{resource.modified}Z",
            "location": self.location(resource.kind.name, resource.id),
            "version": tag,
        }

    def view(
        self,
        resource: Resource,
        relations: Relations,
        projection: Projection,
        members: Iterable[Reference] | None = None,
    ) -> View:
        """The representation that was asked for; ``members`` None leaves them out."""
        kind, whole = resource.kind, self.whole(resource, relations)
        shown = project(kind, whole, projection)
        urn = kind.storage.account
        if urn in shown and urn not in shown["schemas"]:
            urns = {urn, *shown["schemas"]}
            known = (kind.schema.id, *(extension.schema.id for extension in kind.extensions))
            shown["schemas"] = [each for each in known if each in urns]
        name = kind.storage.members if members is not None else None
        return View(
            shown,
            whole["meta"]["version"],
            whole["meta"]["location"],
            name,
            self._members(kind, projection, members or ()),
        )

    def unshown(self, resource: Resource, relations: Relations) -> View:
        """Only the version and the place, for 204."""
        tag = self.tag(resource, relations)
        return View(None, tag, self.location(resource.kind.name, resource.id))

    def _members(
        self, kind: ResourceType, projection: Projection, members: Iterable[Reference]
    ) -> Iterator[Document]:
        name = kind.storage.members
        if name is None:
            return
        for member in members:
            whole = project(kind, {name: [self._member(member)]}, projection)
            yield from whole.get(name, ())

    def _member(self, member: Reference) -> Document:
        shown = {
            "value": member.id,
            "$ref": self.location(member.kind, member.id),
            "type": member.kind,
        }
        return shown if member.display is None else shown | {"display": member.display}

    def _membership(self, membership: Membership) -> Document:
        shown = {
            "value": membership.group,
            "$ref": self.location(membership.kind, membership.group),
            "type": "direct" if membership.direct else "indirect",
        }
        return shown if membership.display is None else shown | {"display": membership.display}

    def _look_up(
        self, relations: Relations
    ) -> Callable[[str, tuple[str, ...]], tuple[str, str | None] | None]:
        def look_up(id: str, kinds: tuple[str, ...]) -> tuple[str, str | None] | None:
            target = relations.references.get(id)
            if target is None or target.kind not in kinds:
                return None
            return self.location(target.kind, target.id), target.display

        return look_up


def _standing(resource: Resource) -> Document:
    """What is kept of an account beside its document, see schema.STANDING."""
    signed_in = resource.signed_in and f"{resource.signed_in}Z"
    values = (resource.status, resource.source, resource.role, signed_in)
    return {name: value for name, value in zip(STANDING, values, strict=True) if value is not None}


def wants_members(kind: ResourceType, projection: Projection) -> bool:
    """Whether members are to be read at all: with a million of them, that is the whole cost."""
    return kind.storage.members is not None and wants(kind, projection, kind.storage.members)
