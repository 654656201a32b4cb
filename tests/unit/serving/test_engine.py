"""Where the model runs, and the way from a folder to a data plane."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from builders.artifact import sums
from builders.serving import settings
from builders.waiting import until
from weir_serving.errors import DeadlineError, DigestMismatchError
from weir_serving.server.engine import Engine
from weir_serving.server.startup import load_data_plane

ROW = {"features": np.zeros((1, 2), np.float32)}


class Model:
    """A model that notes which thread it runs on, and runs until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.threads: list[str] = []
        self.cancelled: list[bool] = []

    def run(self, _inputs, cancellation):
        self.threads.append(threading.current_thread().name)
        self.go_on.wait(10)
        self.cancelled.append(cancellation is not None and cancellation.options.terminate)
        return {"prediction": np.zeros((1, 1), np.float32)}


@pytest.fixture
def model():
    found = Model()
    yield found
    found.go_on.set()


def soon() -> float:
    return asyncio.get_running_loop().time() + 10


async def test_the_first_run_is_off_the_event_loop_and_quick_ones_are_on_it(model: Model) -> None:
    engine = Engine(model, 1)
    await engine.run(ROW, 1, soon())
    await engine.run(ROW, 1, soon())
    engine.close()
    assert ["inference_0", threading.current_thread().name] == model.threads


async def test_big_batches_of_a_quick_model_are_off_the_event_loop(model: Model) -> None:
    engine = Engine(model, 1)
    engine._seconds_per_row = 1e-5
    await engine.run(ROW, 1000, soon())
    engine.close()
    assert model.threads == ["inference_0"]


async def test_a_run_that_turned_out_dear_sends_the_next_ones_off_the_event_loop_until_it_is_forgotten(
    model: Model,
) -> None:
    engine = Engine(model, 1)
    engine._seconds_per_row = 0.0011
    await engine.run(ROW, 1, soon())
    await engine.run(ROW, 1, soon())
    engine.close()
    assert ["inference_0", threading.current_thread().name] == model.threads


async def test_others_are_answered_while_a_slow_model_runs(model: Model) -> None:
    model.go_on.clear()
    engine = Engine(model, 1)
    slow = asyncio.create_task(engine.run(ROW, 1, soon()))
    await until(lambda: model.threads)
    assert not slow.done()
    model.go_on.set()
    assert (await slow)["prediction"].shape == (1, 1)
    engine.close()


async def test_a_run_beyond_its_deadline_is_given_up_and_told_to_stop(model: Model) -> None:
    model.go_on.clear()
    engine = Engine(model, 1)
    with pytest.raises(DeadlineError):
        await engine.run(ROW, 1, asyncio.get_running_loop().time() + 0.02)
    model.go_on.set()
    engine._pool.shutdown(wait=True)
    assert model.cancelled == [True]


async def test_a_run_that_nobody_waits_for_any_longer_is_told_to_stop(model: Model) -> None:
    model.go_on.clear()
    engine = Engine(model, 1)
    task = asyncio.create_task(engine.run(ROW, 1, soon()))
    await until(lambda: model.threads)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.go_on.set()
    engine._pool.shutdown(wait=True)
    assert model.cancelled == [True]


async def test_a_run_that_waits_for_a_thread_beyond_its_deadline_never_starts(model: Model) -> None:
    model.go_on.clear()
    engine = Engine(model, 1)
    first = asyncio.create_task(engine.run(ROW, 1, soon()))
    await until(lambda: model.threads)
    with pytest.raises(DeadlineError):
        await engine.run(ROW, 1, asyncio.get_running_loop().time() + 0.02)
    model.go_on.set()
    await first
    engine.close()
    assert len(model.threads) == 1


@pytest.mark.parametrize("name", ["model.onnx", "manifest.json", "profile.json", "golden.json"])
def test_the_server_hashes_every_file_again(tmp_path: Path, name: str) -> None:
    artifact = sums()
    path = artifact.write(tmp_path) / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DigestMismatchError, match=f"^{name}: expected sha256:"):
        load_data_plane(settings(artifact, tmp_path))


def test_what_was_loaded_is_ready(tmp_path: Path) -> None:
    data_plane = load_data_plane(settings(sums(), sums().write(tmp_path)))
    assert data_plane.ready
    data_plane.withdraw()
    assert not data_plane.ready
    data_plane.close()
