"""Templates to letters: plain Jinja, the subject in the first line, perhaps with an HTML twin.

A folder of the operator's comes before the bundled one, file by file.
"""

from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
)

from scim_server.directory.mail.courier import Letter, Opening, Undelivered, in_words
from scim_server.directory.mail.outbox import Mail

BUNDLED = Path(__file__).parent.parent / "templates"
LONGEST_SUBJECT = 200


class Templates:
    """directory.courier.Stationery over ``mail/NAME.txt`` and ``mail/NAME.html``."""

    def __init__(self, *folders: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([*folders, BUNDLED]),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def write(self, mail: Mail, opening: Opening | None) -> Letter:
        """Raises Undelivered: the template is faulty, or there is none."""
        values = {name: one_line(value) for name, value in mail.values.items()}
        if opening is not None:
            values |= {"link": opening.url, "lifetime": in_words(opening.lifetime)}
        try:
            first, _, rest = self._rendered(f"{mail.template}.txt", values).partition("\n")
            html = self._html(mail, values)
        except Exception as fault:  # An operator's template may do whatever Jinja can.
            raise Undelivered(f"{mail.template}: {type(fault).__name__}: {fault}") from fault
        subject = one_line(first)[:LONGEST_SUBJECT]
        return Letter(mail.id, mail.address, subject, rest.lstrip("\n"), html)

    def _rendered(self, name: str, values: dict[str, str]) -> str:
        return self._environment.get_template(f"mail/{name}").render(values)

    def _html(self, mail: Mail, values: dict[str, str]) -> str | None:
        try:
            self._environment.get_template(f"mail/{mail.template}.html")
        except TemplateNotFound:
            return None
        return self._rendered(f"{mail.template}.html", values)


def one_line(text: str) -> str:
    """Without line breaks and other controls: nothing can be made to begin a header or a line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
