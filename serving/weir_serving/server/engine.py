"""Running the model: on the event loop when that is quicker than telling a thread, in a thread otherwise."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy.typing as npt

from weir_serving.errors import DeadlineError
from weir_serving.runtime.session import Arrays, Cancellation, OnnxModel

INLINE_SECONDS = 0.001  # how long the event loop may be kept from everybody else
FORGET = 0.8  # how much of the dearest row is still believed after one run that was cheaper


class Engine:
    """Runs one model for many concurrent callers."""

    def __init__(self, model: OnnxModel, threads: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(threads, "inference")
        self._seconds_per_row: float | None = None  # until the first run, which goes to a thread

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
        if self._seconds_per_row is not None and self._seconds_per_row * rows <= INLINE_SECONDS:
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
        started = time.thread_time()  # not the wall's: in a thread, that counts waiting for the interpreter as well
        outputs = self._model.run(inputs, cancellation)
        spent = (time.thread_time() - started) / rows
        self._seconds_per_row = max(spent, FORGET * (self._seconds_per_row or 0.0))
        return outputs
