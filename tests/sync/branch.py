"""A branch office whose source is a real directory or another server, run by the real engine."""

from pathlib import Path

from scim_server.sync.files.sources import SourceFile, SourceFiles
from tests.application import Application
from tests.ldap.slapd import PASSWORD, READER, Tree
from tests.sync.office import Office

SECRET = "SECRET"
"""The variable that has the password."""

FILE = f"""
type = "ldap"
[ldap]
url = "{{url}}"
tls = "none"
bind = "{READER}"
password_env = "{SECRET}"
base = "{{base}}"
"""


class Branch(Office):
    """As an Office, but that its people are elsewhere; ``text`` is the file of its source."""

    def __init__(
        self, application: Application, folder: Path, text: str, secret: str = PASSWORD
    ) -> None:
        self.text = text
        self.secret = secret
        super().__init__(application, folder, "corp")

    def configure(self, settings: str = "", tables: str = "") -> None:
        """Write the file of the source."""
        (self.folder / f"{self.name}.toml").write_text(f"{settings}\n{self.text}\n{tables}")

    def file(self) -> SourceFile:
        """The file of the source, read anew."""
        environment = {SECRET: self.secret}
        return SourceFiles(self.folder, environment, self.application.parts.registry).read(
            self.name
        )

    def write(self) -> None:
        """What its people are is written elsewhere."""

    def members(self, group: str) -> set[str]:
        """What a group's members are shown as, groups among them."""
        return {each["display"] for each in self.group(group).get("members", ())}


def branch(application: Application, folder: Path, tree: Tree) -> Branch:
    """Whose people and groups are those of a part of a directory."""
    made = Branch(application, folder, FILE.format(url=tree.server.url, base=tree.base))
    made.configure(tables="[groups]")
    return made
