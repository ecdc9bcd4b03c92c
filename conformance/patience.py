"""Ctrl-C: the check at work may tidy up before the examination ends."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

TIDIED = "interrupted, nothing is reported; what was made has been deleted"
LEFT = f"{TIDIED}, but perhaps not what was being made then: its name begins with conformance-"


@contextmanager
def patient(
    told: Callable[[str], None], warned: Callable[[str], None]
) -> Iterator[Callable[[str], None]]:
    """``told``, but it raises KeyboardInterrupt once Ctrl-C was pressed; twice raises at once."""
    pressed = False

    def press(_signal: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt(LEFT)
        pressed = True
        warned("Ends after this check. Ctrl-C once more ends at once.")

    def step(title: str) -> None:
        if pressed:
            raise KeyboardInterrupt(TIDIED)
        told(title)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield step
    finally:
        signal.signal(signal.SIGINT, before)
