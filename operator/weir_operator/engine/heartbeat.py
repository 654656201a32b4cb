"""Whether the operator is alive in the sense that matters: it passes over its objects, and it sees them change.

A watch can die while everything else goes on; then objects are looked at by time only, from a picture that no longer
changes. Each pass reads its object from the API server anyway, so a generation that the watch has not shown for a
while betrays a dead one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from weir_operator.cluster.keys import Key

OVERDUE_RESYNCS: Final = 3
STALE_SECONDS: Final = 60.0


@dataclass
class Heartbeat:
    """The signs of life of all workers; times are seconds of a monotonic clock.

    Attributes:
        resync: seconds between passes over an object to which nothing happens.
    """

    resync: float
    _beats: dict[Key, float] = field(default_factory=dict)
    _behind: dict[Key, float] = field(default_factory=dict)

    def beat(self, key: Key, now: float) -> None:
        """Note that a pass over an object began or ended."""
        self._beats[key] = now

    def saw(self, key: Key, live: int, watched: int, now: float) -> None:
        """Note an object's generation at the API server, and the one that the watch has shown."""
        if live > watched:
            self._behind.setdefault(key, now)
        else:
            self._behind.pop(key, None)

    def forget(self, key: Key) -> None:
        """Expect nothing more from an object."""
        self._beats.pop(key, None)
        self._behind.pop(key, None)

    def complaints(self, now: float) -> list[str]:
        """Return what is wrong, in sentences; nothing when all is well."""
        overdue = OVERDUE_RESYNCS * self.resync
        late = [f"{key}: no pass for {now - at:.0f} s" for key, at in self._beats.items() if now - at > overdue]
        stale = [
            f"{key}: the watch has not shown its change for {now - at:.0f} s"
            for key, at in self._behind.items()
            if now - at > STALE_SECONDS
        ]
        return late + stale
