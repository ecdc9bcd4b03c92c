"""Chromium, as the system has it, without a window."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MILLISECONDS = 120_000
"""For one step; a machine may be busy with much else."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, until the block ends."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "Chromium is missing: apt install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found)
        try:
            yield launched
        finally:
            launched.close()
