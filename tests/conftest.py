"""What every test folder needs."""

from __future__ import annotations

import asyncio

from hypothesis import settings


def pytest_configure() -> None:
    """Say that the main thread has no event loop, and that no example is too slow.

    pytest-asyncio asks for the current one before it makes its own; up to Python 3.11 asking makes one that nobody
    closes, and the warning about it would fail whichever test runs while it is collected. Hypothesis's deadline for one
    example is wall-clock time, which a busy machine exceeds for no fault of the test's.
    """
    asyncio.set_event_loop(None)
    settings.register_profile("weir", deadline=None)
    settings.load_profile("weir")
