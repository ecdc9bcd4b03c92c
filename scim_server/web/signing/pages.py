"""The page that a link in a mail leads to where no application has one: a form, and no script.

To look at it tells whose it is and uses nothing up: mail programs fetch links before people do.
The path holds the token; the log knows paths only by their routes, and the page tells no other site
where it was.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flask import Blueprint, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scim_server.directory.signing.links import NOT_VALID, Purpose
from scim_server.directory.signing.password_rules import MOST_CHARACTERS
from scim_server.directory.signing.recovery import TO_ACTIVATE, TO_RECOVER, TO_VERIFY, Recovery
from scim_server.protocol.errors import InvalidValue, NotFound, ScimError
from scim_server.web.auth import Access, declared
from scim_server.web.errors import add_patience
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
USES = {
    Purpose.RECOVERY: TO_RECOVER,
    Purpose.ACTIVATION: TO_ACTIVATE,
    Purpose.INVITATION: TO_ACTIVATE,
    Purpose.VERIFICATION: TO_VERIFY,
}
DIFFER = "The two passwords differ."
STYLE = (FOLDER / "link.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class Stage(StrEnum):
    """What the page shows: a form to fill in, or that it has been, or that the link is over."""

    FORM = "form"
    DONE = "done"
    OVER = "over"


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
        """The form, or that the link is over."""
        wanted = Purpose(purpose)
        try:
            return _page(wanted, Stage.FORM, self._whose(wanted, token))
        except ScimError as fault:
            return _faulty(wanted, fault)

    def send(self, purpose: str, token: str) -> Response:
        """Do what the link is for; a fault is told on the page."""
        wanted, name = Purpose(purpose), ""
        try:
            form = read_form(self.body_bytes)
            name = self._whose(wanted, token)
            self._use(wanted, token, form)
        except ScimError as fault:
            return _faulty(wanted, fault, name)
        return _page(wanted, Stage.DONE, name)

    def _whose(self, purpose: Purpose, token: str) -> str:
        """Raises NotFound, Unavailable."""
        if len(token) > LONGEST_TOKEN:
            raise NotFound(NOT_VALID)
        return self.recovery.whose(token, USES[purpose])

    def _use(self, purpose: Purpose, token: str, form: dict[str, str]) -> None:
        """Raises NotFound, InvalidValue, Conflict, Unavailable."""
        password = form.get("password", "")
        if password != form.get("again", ""):
            raise InvalidValue(DIFFER)
        if purpose is Purpose.VERIFICATION:
            self.recovery.verify(attempt(), token, password)
        else:
            self.recovery.choose_password(attempt(), token, USES[purpose], password)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
)


def _faulty(purpose: Purpose, fault: ScimError, name: str = "") -> Response:
    stage = Stage.OVER if isinstance(fault, NotFound) else Stage.FORM
    response = _page(purpose, stage, name, fault.status, fault.detail)
    add_patience(response, fault)
    return response


def _page(
    purpose: Purpose, stage: Stage, name: str, status: int = 200, fault: str = ""
) -> Response:
    text = _ENVIRONMENT.get_template("link.html").render(
        title=TITLES[purpose],
        style=STYLE,
        fault=fault,
        stage=stage,
        user_name=name,
        most=MOST_CHARACTERS,
    )
    response = Response(text, status, mimetype="text/html")
    response.headers.update(HEADERS)
    return response
