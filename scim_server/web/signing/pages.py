"""The page that a link in a mail leads to where no application has one: a form, and no script.

To look at it uses nothing up: mail programs fetch links before people do. The path holds the token;
the log knows paths only by their routes, and the page tells no other site where it was.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scim_server.directory.links import NOT_VALID, Purpose
from scim_server.directory.passwords import MOST_CHARACTERS
from scim_server.directory.recovery import TO_ACTIVATE, TO_RECOVER, Recovery
from scim_server.protocol.errors import InvalidValue, NotFound, ScimError
from scim_server.web.auth import Access, declared
from scim_server.web.gate import read_form
from scim_server.web.signing.recovery import attempt
from scim_server.web.signing.sign_in import LONGEST_TOKEN

FOLDER = Path(__file__).parent.parent / "templates"
PURPOSES = "recovery,activation,invitation,verification"
TITLES = {
    Purpose.RECOVERY: "Set a new password",
    Purpose.ACTIVATION: "Activate your account",
    Purpose.INVITATION: "Activate your account",
    Purpose.VERIFICATION: "Confirm your address",
}
DIFFER = "The two passwords differ."
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1c2733;background:#f4f6f8;margin:0;"
    "padding:1.5rem}main{max-width:24rem;margin:10vh auto 0;background:#fff;padding:1.5rem;"
    "border:1px solid #d5dce3;border-radius:.5rem}h1{font-size:1.25rem;margin:0 0 1rem}"
    "label{display:block;margin:0 0 1rem}input{display:block;box-sizing:border-box;width:100%;"
    "font:inherit;padding:.5rem;border:1px solid #8595a5;border-radius:.25rem}button{font:inherit;"
    "padding:.5rem 1rem;border:0;border-radius:.25rem;background:#1f5fa8;color:#fff}"
    ".fault{color:#a3161a}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class LinkPages:
    """``/auth/links/{purpose}/{token}``."""

    recovery: Recovery
    body_bytes: int

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        rule = f"/<any({PURPOSES}):purpose>/<token>"
        self._add(blueprint, "GET", rule, self.show)
        self._add(blueprint, "POST", rule, self.send)

    def _add(
        self, blueprint: Blueprint, method: str, rule: str, view: Callable[..., Response]
    ) -> None:
        name = f"{method.lower()}_link"
        blueprint.add_url_rule(rule, name, declared(Access.ANYONE, view), methods=[method])

    def show(self, purpose: str, token: str) -> Response:
        """The form, whatever the token: whether it opens anything, only its use tells."""
        return _page(Purpose(purpose), 200)

    def send(self, purpose: str, token: str) -> Response:
        """Do what the link is for; a fault is told on the page."""
        wanted = Purpose(purpose)
        try:
            self._use(wanted, token, read_form(self.body_bytes))
        except ScimError as fault:
            is_over = isinstance(fault, NotFound)
            return _page(wanted, fault.status, fault=fault.detail, form=not is_over)
        return _page(wanted, 200, form=False, done=True)

    def _use(self, purpose: Purpose, token: str, form: dict[str, str]) -> None:
        """Raises NotFound, InvalidValue, Conflict, Unavailable."""
        if len(token) > LONGEST_TOKEN:
            raise NotFound(NOT_VALID)
        password = form.get("password", "")
        if password != form.get("again", ""):
            raise InvalidValue(DIFFER)
        if purpose is Purpose.VERIFICATION:
            self.recovery.verify(attempt(), token, password)
        else:
            purposes = TO_RECOVER if purpose is Purpose.RECOVERY else TO_ACTIVATE
            self.recovery.choose_password(attempt(), token, purposes, password)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
)


def _page(
    purpose: Purpose, status: int, *, fault: str = "", form: bool = True, done: bool = False
) -> Response:
    text = _ENVIRONMENT.get_template("link.html").render(
        title=TITLES[purpose],
        style=STYLE,
        fault=fault,
        form=form,
        done=done,
        most=MOST_CHARACTERS,
    )
    response = Response(text, status, mimetype="text/html")
    response.headers.update(HEADERS)
    return response
