"""What somebody types."""

from click.testing import CliRunner, Result

from conformance.__main__ import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)
