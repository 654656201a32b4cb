"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DEADLINE = 10  # seconds


async def until(condition: Callable[[], object]) -> None:
    """Let everything else run until ``condition`` holds."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110  (the other side of a socket or thread has no event to wait for)
            await asyncio.sleep(0.001)
