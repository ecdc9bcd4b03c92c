"""What applications may ask of a token that somebody has come to them with (RFC 7662)."""

from scim_server.directory import tokens
from scim_server.directory.callers import INTROSPECT, Caller
from scim_server.directory.rights.keys import KeyTokens
from scim_server.directory.signing.session_tokens import SessionTokens
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Forbidden, Unauthorized
from scim_server.protocol.schema import Document


class Introspection:
    """Of sessions and of users' API keys; to ask is to use them."""

    def __init__(self, sessions: SessionTokens, keys: KeyTokens) -> None:
        self._told = {Use.SESSION: sessions.introspect, Use.KEY: keys.introspect}

    def introspect(self, caller: Caller, text: str) -> Document:
        """What is told of a token (§2.2). Raises Forbidden.

        Of one that is unknown, over, nobody's or another tenant's, only that it is not active.
        """
        if INTROSPECT not in caller.scopes:
            raise Forbidden(f'This needs the scope "{INTROSPECT}".')
        try:
            said = tokens.parse(text)
            if said.use in self._told and said.tenant == caller.tenant:
                return self._told[said.use](said, text)
        except (tokens.NoToken, Unauthorized):
            pass
        return {"active": False}
