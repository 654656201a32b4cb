"""Running the model: on the event loop when that is quicker than telling a thread, in a thread otherwise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy.typing as npt

from weir_serving.errors import DeadlineError
from weir_serving.runtime.session import Cancellation, OnnxModel

Arrays = Mapping[str, npt.NDArray[Any]]

INLINE_SECONDS = 0.001  # how long the event loop may be kept from everybody else


class Engine:
    """Runs one model for many concurrent callers."""

    def __init__(self, model: OnnxModel, threads: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(threads, "inference")
        # The cheapest row seen so far; until one was, every run goes to a thread.
        self._seconds_per_row = float("inf")

    async def run(self, inputs: Arrays, rows: int, deadline: float) -> dict[str, npt.NDArray[Any]]:
        """Return the outputs by name.

        Args:
            inputs: one array per input, as the signature says.
            rows: how many rows they have.
            deadline: on the event loop's clock.

        Raises:
            DeadlineError: the model did not answer in time.
            InferenceError: it failed.
        """
        if self._seconds_per_row * rows <= INLINE_SECONDS:
            return self._timed(inputs, rows, None)
        cancellation = Cancellation()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline):
                return await loop.run_in_executor(self._pool, self._timed, inputs, rows, cancellation)
        except TimeoutError as error:
            raise DeadlineError(f"the model did not answer {rows} rows in time") from error
        finally:
            cancellation.cancel()  # whyever nobody waits any longer; after a run that is through it means nothing

    def close(self) -> None:
        """Let go of the threads; runs that have not started are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _timed(self, inputs: Arrays, rows: int, cancellation: Cancellation | None) -> dict[str, npt.NDArray[Any]]:
        started = time.perf_counter()
        outputs = self._model.run(inputs, cancellation)
        self._seconds_per_row = min(self._seconds_per_row, (time.perf_counter() - started) / rows)
        return outputs
