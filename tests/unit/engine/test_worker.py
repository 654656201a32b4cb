"""An object's queue: woken by events or by time, one pass at a time, patient after failures. Time here is virtual."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import pytest

from weir_operator.api.v1alpha1 import Reason
from weir_operator.cluster.keys import Key
from weir_operator.engine.backoff import Backoff
from weir_operator.engine.failures import Meaning
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.metrics import Metrics
from weir_operator.engine.reconcile import Pass
from weir_operator.engine.wakes import Wakes
from weir_operator.engine.worker import Worker

pytestmark = pytest.mark.looptime

KEY = Key("ModelVersion", "team-a", "v")
SOON = Pass({}, failure=Meaning(Reason.APPLY_FAILED))
LATE = Pass({}, failure=Meaning(Reason.FORBIDDEN, waits=True))


@dataclass
class Passes:
    """A reconciler that takes some time, ends as told, and remembers when it was run."""

    ends: Callable[[int], Pass] = lambda _: Pass({})
    takes: float = 0.0
    began: list[float] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def run(self, key: Key, attempt: int = 1) -> Pass:
        assert key == KEY
        self.began.append(round(asyncio.get_running_loop().time(), 2))
        self.attempts.append(attempt)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(self.takes)
        self.running -= 1
        return self.ends(len(self.began))


@asynccontextmanager
async def working(passes: Passes, resync: float = 300.0) -> AsyncIterator[Worker]:
    backoff = Backoff(lambda: 1.0)
    worker = Worker(passes, Wakes(), backoff, Metrics(), Heartbeat(resync), resync)  # type: ignore[arg-type]
    task = asyncio.create_task(worker.work(KEY))
    await asyncio.sleep(0)
    yield worker
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_first_pass_is_made_at_once() -> None:
    passes = Passes()
    async with working(passes):
        await asyncio.sleep(1)
    assert passes.began == [0]


async def test_an_event_is_answered_within_a_tenth_of_a_second() -> None:
    passes = Passes()
    async with working(passes) as worker:
        await asyncio.sleep(10)
        worker.wakes.touch(KEY)
        await asyncio.sleep(1)
    assert passes.began == [0, 10.05]


async def test_a_burst_of_events_is_answered_once() -> None:
    passes = Passes()
    async with working(passes) as worker:
        await asyncio.sleep(1)
        for _ in range(10):
            worker.wakes.touch(KEY)
            await asyncio.sleep(0.004)
        await asyncio.sleep(10)
    assert passes.began == [0, 1.05]


async def test_an_event_during_a_pass_is_answered_by_another_one() -> None:
    passes = Passes(takes=2.0)
    async with working(passes) as worker:
        await asyncio.sleep(1)
        worker.wakes.touch(KEY)
        await asyncio.sleep(20)
    assert (passes.began, passes.most) == ([0, 2.05], 1)


async def test_time_passes_too() -> None:
    passes = Passes()
    async with working(passes, resync=100):
        await asyncio.sleep(250)
    assert passes.began == [0, 100.05, 200.1]


@pytest.mark.parametrize(("wanted", "second"), [(7.0, 7.05), (500.0, 100.05), (0.0, 0.15)])
async def test_a_plan_may_ask_to_be_made_again_sooner(wanted: float, second: float) -> None:
    passes = Passes(ends=lambda n: Pass({}, requeue_after=wanted if n == 1 else None))
    async with working(passes, resync=100):
        await asyncio.sleep(101)
    assert passes.began[1] == second


async def test_failures_are_tried_again_ever_later() -> None:
    passes = Passes(ends=lambda _: SOON)
    async with working(passes):
        await asyncio.sleep(60)
    gaps = [round(b - a) for a, b in zip(passes.began, passes.began[1:], strict=False)]
    assert gaps[:5] == [1, 2, 4, 8, 16]
    assert passes.attempts[:4] == [1, 2, 3, 4]


async def test_a_success_makes_it_forget_its_failures() -> None:
    passes = Passes(ends=lambda n: SOON if n < 3 else Pass({}))
    async with working(passes) as worker:
        await asyncio.sleep(30)
        worker.wakes.touch(KEY)
        await asyncio.sleep(1)
    assert passes.attempts == [1, 2, 3, 1]


async def test_what_soon_cannot_cure_waits_long_but_listens() -> None:
    passes = Passes(ends=lambda _: LATE)
    async with working(passes) as worker:
        await asyncio.sleep(100)
        worker.wakes.touch(KEY)
        await asyncio.sleep(1)
    assert passes.began == [0, 100.05]


async def test_no_wait_is_longer_than_the_heartbeat_has_patience_for() -> None:
    passes = Passes(ends=lambda _: LATE)
    async with working(passes, resync=10) as worker:
        await asyncio.sleep(100)
    assert max(b - a for a, b in zip(passes.began, passes.began[1:], strict=False)) < 11
    assert worker.resync == 10


async def test_telling_of_a_failure_does_not_start_the_next_try() -> None:
    passes = Passes(ends=lambda _: LATE)
    async with working(passes) as worker:
        for _ in range(40):
            worker.wakes.touch(KEY)
            await asyncio.sleep(0.1)
    assert passes.began == [0]


async def test_an_object_that_is_no_longer_looked_after_is_forgotten() -> None:
    async with working(Passes()) as worker:
        await asyncio.sleep(1)
    assert worker.heartbeat.complaints(monotonic() + 10**6) == []
    assert [metric.samples for metric in worker.metrics.collect()] == [[]]
