"""Waits for a condition with a deadline. Knows nothing of the condition."""

import time
from collections.abc import Callable

from machine.errors import HackError


def until(holds: Callable[[], bool], seconds: float, what: str, poll: float = 0.1) -> None:
    """Return as soon as the condition holds; raise a HackError that says what was waited for."""
    if not holds_within(holds, seconds, poll):
        raise HackError(f"waited {seconds:.0f} s in vain for {what}")


def holds_within(holds: Callable[[], bool], seconds: float, poll: float = 0.1) -> bool:
    """Say whether the condition came to hold before the deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(poll)
    return True
