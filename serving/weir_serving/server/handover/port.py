"""What the server needs of a hand-over."""

from __future__ import annotations

from typing import Protocol

from weir_model.handover import Answer


class Handover(Protocol):
    """Takes answers off the request path."""

    def offer(self, answer: Answer) -> None:
        """Take an answer, or drop and count it; returns at once in either case and never raises."""

    async def start(self) -> None:
        """Begin handing over, on the running event loop."""

    async def stop(self) -> None:
        """Hand over what is waiting, within a bounded time, and end."""
