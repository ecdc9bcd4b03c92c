"""The mutants, a file for each part of the catalogue; each file is found by being here."""

import pkgutil
from importlib import import_module


def load() -> None:
    """Import every file, so that its mutants are registered."""
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        import_module(f"{__name__}.{module}")
