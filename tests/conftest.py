"""What every test folder needs."""

from __future__ import annotations

import asyncio


def pytest_configure() -> None:
    """Say that the main thread has no event loop.

    pytest-asyncio asks for the current one before it makes its own; up to Python 3.11 asking makes one that nobody
    closes, and the warning about it would fail whichever test runs while it is collected.
    """
    asyncio.set_event_loop(None)
