"""How the demo talks: one line per thing that happened, with the seconds since it began."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    """A teller with a stopwatch."""

    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Return the seconds since the story began."""
        return time.monotonic() - self.began

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        print(f"\n{title}", flush=True)

    def tell(self, line: str) -> None:
        """Say what happened just now."""
        print(f"  {self.seconds():6.1f} s  {line}", flush=True)

    def show(self, text: str) -> None:
        """Print a block as it is, set in from the left."""
        print("\n".join(f"            {line}" for line in text.strip().splitlines()), flush=True)
