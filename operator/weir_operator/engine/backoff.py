"""How long to wait after a failure: twice as long each time, up to a limit, spread so that objects do not keep step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """A policy of waiting.

    Attributes:
        first: seconds after the first failure.
        longest: seconds at most, and after failures that trying again soon cannot cure.
        random: returns a number in [0, 1).
    """

    random: Callable[[], float]
    first: float = 1.0
    longest: float = 300.0

    def after(self, attempt: int) -> float:
        """Return the seconds to wait after the ``attempt``-th failure in a row (from 1): half of it is chance."""
        return self._spread(min(self.longest, self.first * 2.0 ** min(attempt - 1, 30)))

    def late(self) -> float:
        """Return the seconds to wait when trying again soon is in vain."""
        return self._spread(self.longest)

    def around(self, seconds: float) -> float:
        """Return about that many seconds: objects that were first seen together need not be looked at together."""
        return seconds * (0.9 + self.random() / 10)

    def _spread(self, seconds: float) -> float:
        return seconds * (0.5 + self.random() / 2)
