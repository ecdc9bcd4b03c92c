"""What tests say that they prove or show, read from their sources."""

import ast
from collections.abc import Iterator


def marked(source: str, mark: str) -> Iterator[str]:
    """The texts that a module gives to a mark, or to a function that makes one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(mark):
            yield from (str(text.value) for text in node.args if isinstance(text, ast.Constant))
