"""What this server is and knows (RFC 7644 §4): the same for everybody, made once at the start."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from scim_server.directory.callers import ACCOUNTS
from scim_server.protocol.errors import Forbidden, NotFound
from scim_server.protocol.restriction import restricted_schema
from scim_server.protocol.schema import Document, Registry, fold_name
from scim_server.web import answers
from scim_server.web.auth import Access, caller, declared


@dataclass(frozen=True, slots=True)
class Discovery:
    """``/ServiceProviderConfig``, ``/ResourceTypes``, ``/Schemas``.

    profiles: by name, the paths of attributes that its clients are not told of
    """

    registry: Registry
    provider: Document
    base_url: str
    profiles: Mapping[str, Collection[str]]

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        for rule, view in (
            ("/ServiceProviderConfig", self.config),
            ("/ResourceTypes", self.resource_types),
            ("/ResourceTypes/<id>", self.resource_type),
            ("/Schemas", self.schemas),
            ("/Schemas/<id>", self.schema),
        ):
            blueprint.add_url_rule(
                rule,
                f"discovery_{view.__name__}",
                declared(Access.DISCOVERY, view),
                methods=["GET"],
            )

    def config(self) -> Response:
        """One object, not a list (RFC 7643 §5)."""
        refuse_filter()
        place = f"{self.base_url}/ServiceProviderConfig"
        meta = {"resourceType": "ServiceProviderConfig", "location": place}
        return answers.body(self.provider | {"meta": meta})

    def resource_types(self) -> Response:
        """Paging and sorting have no effect here (§4)."""
        refuse_filter()
        every = [self._type(name) for name in self.registry.kinds]
        return answers.everything(every)

    def resource_type(self, id: str) -> Response:
        """One of them by name."""
        refuse_filter()
        if id not in self.registry.kinds:
            raise NotFound(f'There is no resource type "{id[:100]}".')
        return answers.body(self._type(id))

    def schemas(self) -> Response:
        """Paging and sorting have no effect here (§4)."""
        refuse_filter()
        every = [self._schema(urn) for urn in self.registry.schemas]
        return answers.everything(every)

    def schema(self, id: str) -> Response:
        """One of them by URN, in any letter case."""
        refuse_filter()
        urn = {fold_name(urn): urn for urn in self.registry.schemas}.get(fold_name(id))
        if urn is None:
            raise NotFound(f'There is no schema "{id[:200]}".')
        return answers.body(self._schema(urn))

    def _type(self, name: str) -> Document:
        meta = {"resourceType": "ResourceType", "location": f"{self.base_url}/ResourceTypes/{name}"}
        return self.registry.kinds[name].document | {"meta": meta}

    def _schema(self, urn: str) -> Document:
        document = self._document(urn)
        if "caller" in g:
            hidden = self.profiles.get(g.client.profile, ())
            document = caller().intake.advertised(document, hidden)
        meta = {"resourceType": "Schema", "location": f"{self.base_url}/Schemas/{urn}"}
        return document | {"meta": meta}

    def _document(self, urn: str) -> Document:
        """The account extension is readOnly to whoever has no scope for it."""
        schema = self.registry.schemas[urn]
        is_account = any(urn == kind.storage.account for kind in self.registry.kinds.values())
        may_write = "caller" in g and ACCOUNTS in caller().scopes
        return (
            schema.document if may_write or not is_account else restricted_schema(schema).document
        )


def refuse_filter() -> None:
    """Raises Forbidden: a filter is not to be ignored here (§4)."""
    if "filter" in {name.lower() for name in request.args}:
        raise Forbidden("Discovery cannot be filtered.")
