"""An object's work queue: pass after pass, woken by events or by time, until the object is gone.

There is one worker per object, so passes over the same object never overlap.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Final

from weir_operator.cluster.keys import Key
from weir_operator.engine.backoff import Backoff
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.metrics import Metrics
from weir_operator.engine.reconcile import Pass, Reconciler
from weir_operator.engine.wakes import Wake, Wakes

SETTLE_SECONDS: Final = 0.05  # events come in bursts; one pass answers all that come within this time
DEAF_SECONDS: Final = 5.0  # telling of a failure is an event, too, and must not be what starts the next try
SHORTEST_SECONDS: Final = 0.1  # a plan that asks for less would spin


@dataclass(frozen=True)
class Worker:
    """Works on objects, each in its own task.

    Attributes:
        resync: seconds after which an object is looked at again, whether or not anything happened.
    """

    reconciler: Reconciler
    wakes: Wakes
    backoff: Backoff
    metrics: Metrics
    heartbeat: Heartbeat
    resync: float

    async def work(self, key: Key) -> None:
        """Look after an object until cancelled."""
        flag = self.wakes.flag(key)
        failures = 0
        try:
            while True:
                ended = await self._pass(key, flag, failures + 1)
                failures = failures + 1 if ended.failure else 0
                pause = self._pause(ended, failures)
                deaf = min(pause, DEAF_SECONDS) if ended.failure else 0.0
                await asyncio.sleep(deaf)
                await flag.wait(pause - deaf)
                await asyncio.sleep(SETTLE_SECONDS)
        finally:
            self.wakes.forget(key)
            self.heartbeat.forget(key)
            self.metrics.forget(key)

    async def _pass(self, key: Key, flag: Wake, attempt: int) -> Pass:
        self.heartbeat.beat(key, monotonic())
        self.metrics.waited(key, flag.lower())
        started = monotonic()
        ended = await self.reconciler.run(key, attempt)
        self.metrics.passed(key, ended, monotonic() - started)
        self.heartbeat.beat(key, monotonic())
        return ended

    def _pause(self, ended: Pass, failures: int) -> float:
        """Return the seconds until the next pass: never more than the heartbeat has patience for."""
        if ended.failure:
            wanted = self.backoff.late() if ended.failure.waits else self.backoff.after(failures)
        else:
            wanted = self.backoff.around(self.resync) if ended.requeue_after is None else ended.requeue_after
        return max(SHORTEST_SECONDS, min(wanted, self.resync))
