"""Who wants to be woken by what.

Every object has a flag that its own events and those of its children set. Besides, a pass subscribes its object to
the objects that it refers to, so that a ModelDeployment hears of the ModelVersion that it waits for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic

from weir_operator.cluster.keys import Key


class Wake:
    """One object's flag, and since when it is up."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._since: float | None = None

    def set(self) -> None:
        """Raise the flag; that it is up already is fine."""
        if self._since is None:
            self._since = monotonic()
        self._event.set()

    def lower(self) -> float:
        """Lower the flag; return how many seconds it was up."""
        waited = monotonic() - self._since if self._since is not None else 0.0
        self._since = None
        self._event.clear()
        return waited

    async def wait(self, seconds: float) -> None:
        """Return when the flag is up, or after some seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return


class Wakes:
    """The flags of all objects that are being looked after."""

    def __init__(self) -> None:
        self._flags: dict[Key, Wake] = {}
        self._wants: dict[Key, frozenset[Key]] = {}

    def flag(self, key: Key) -> Wake:
        """Return the flag of an object, from now on looked after."""
        return self._flags.setdefault(key, Wake())

    def forget(self, key: Key) -> None:
        """Stop looking after an object."""
        self._flags.pop(key, None)
        self._wants.pop(key, None)

    def subscribe(self, key: Key, wanted: Iterable[Key]) -> None:
        """Let the events of ``wanted``, and no longer those of earlier subscriptions, wake ``key``."""
        self._wants[key] = frozenset(wanted)

    def touch(self, key: Key) -> None:
        """Wake an object and those that subscribed to it: it has changed."""
        self.wake(key)
        for other, wanted in self._wants.items():
            if key in wanted:
                self.wake(other)

    def wake(self, key: Key) -> None:
        """Wake an object; one that nobody looks after is nobody's concern."""
        if key in self._flags:
            self._flags[key].set()
