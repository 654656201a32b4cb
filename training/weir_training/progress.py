"""What a run says while it runs: one JSON object per line on standard output, and its stage to the supervisor.

Knows nothing of what the stages do. A line is for people and log stores; the stage lets the supervisor say where a
run was when its time was up or its process died.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Writes progress lines and announces stages."""

    def __init__(self, announce: Callable[[str], None] = lambda _: None, stream: TextIO | None = None) -> None:
        """Announce stages through ``announce``; write lines to ``stream``, standard output when None."""
        self._announce = announce
        self._stream = stream or sys.stdout
        self._started = time.monotonic()

    def say(self, event: str, **facts: object) -> None:
        """Write one line: seconds since the start, what happened, and the numbers that go with it."""
        line = {"seconds": round(time.monotonic() - self._started, 3), "event": event, **facts}
        self._stream.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")
        self._stream.flush()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce a stage, report how long it took, and turn the warnings that libraries raise in it into lines."""
        self._announce(name)
        started = time.monotonic()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            warnings.simplefilter("ignore", DeprecationWarning)  # meant for the authors of libraries
            try:
                yield
            finally:
                self._say_warnings(name, caught)
        self.say("stage done", stage=name, took=round(time.monotonic() - started, 3))

    def _say_warnings(self, stage: str, caught: Iterable[warnings.WarningMessage]) -> None:
        for text in dict.fromkeys(f"{warning.category.__name__}: {warning.message}" for warning in caught):
            self.say("warning", stage=stage, text=text)
