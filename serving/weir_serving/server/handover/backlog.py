"""Answers that wait for the sidecar: bounded in number and in bytes; what does not fit is counted instead."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy.typing as npt

from weir_model.handover import Answer

ANSWERS_LIMIT = 20_000
BYTES_LIMIT = 16 << 20

_ANSWER_BYTES = 500  # an answer without tensors
_CHARACTER_BYTES = 4  # the most that UTF-8 needs


class Backlog:
    """A bounded queue of answers."""

    def __init__(self, answers_limit: int = ANSWERS_LIMIT, bytes_limit: int = BYTES_LIMIT) -> None:
        self._answers_limit = answers_limit
        self._bytes_limit = bytes_limit
        self._waiting: deque[tuple[Answer, int]] = deque()
        self._bytes = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, answer: Answer) -> None:
        """Queue ``answer``, or count it as dropped when there is no room."""
        size = weight(answer)
        if len(self._waiting) >= self._answers_limit or self._bytes + size > self._bytes_limit:
            self._dropped += 1
            return
        self._waiting.append((answer, size))
        self._bytes += size

    def lose(self, answers: int) -> None:
        """Count ``answers`` that were taken, but did not arrive."""
        self._dropped += answers

    def take(self, answers_limit: int = ANSWERS_LIMIT, bytes_limit: int = BYTES_LIMIT) -> tuple[list[Answer], int]:
        """Take the oldest answers up to both limits, at least one, and how many were dropped since the last time."""
        taken: list[Answer] = []
        size = 0
        while self._waiting and len(taken) < answers_limit:
            answer, own = self._waiting[0]
            if taken and size + own > bytes_limit:
                break
            self._waiting.popleft()
            taken.append(answer)
            size += own
        self._bytes -= size
        dropped, self._dropped = self._dropped, 0
        return taken, dropped


def weight(answer: Answer) -> int:
    """Return a size in bytes that ``answer`` does not exceed on the wire."""
    arrays = (*answer.inputs.values(), *answer.outputs.values())
    return _ANSWER_BYTES + sum(map(_array_weight, arrays))


def _array_weight(array: npt.NDArray[Any]) -> int:
    if array.dtype.kind not in "OU":
        return array.nbytes
    return 4 * array.size + _CHARACTER_BYTES * sum(map(len, array.ravel().tolist()))
