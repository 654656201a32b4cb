"""From the server to the sidecar: frames, the backlog, and a socket that never makes a request wait."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artifact import sums
from builders.waiting import until
from weir_model import handover
from weir_model.errors import HandoverError
from weir_model.handover import PREFIX, Answer, Batch, decode, encode, sizes
from weir_serving.process.listen import listen_unix
from weir_serving.server.handover.backlog import Backlog, weight
from weir_serving.server.handover.socket import SocketHandover
from weir_serving.sidecar.counters import Counters
from weir_serving.sidecar.receiver import Receiver

FAILED = Answer("v2-rest", 400, 0.001, error="invalid_input")


def answered(*rows: float) -> Answer:
    """Return an answer of the sums model."""
    features = np.array([[row, row] for row in rows], np.float32)
    outputs = {"prediction": features.sum(axis=1, keepdims=True)}
    return Answer("v2-rest", 200, 0.001, len(rows), None, {"features": features}, outputs)


def there_and_back(*answers: Answer, **counts: int) -> Batch:
    frame = encode(answers, **counts)
    header, body = sizes(frame[: PREFIX.size])
    assert len(frame) == PREFIX.size + header + body
    return decode(frame[PREFIX.size : PREFIX.size + header], frame[PREFIX.size + header :])


def bare(answer: Answer) -> Answer:
    return replace(answer, inputs={}, outputs={})


def test_a_batch_arrives_with_its_tensors_joined() -> None:
    first, second = answered(1, 2), answered(3)
    batch = there_and_back(first, FAILED, second, dropped=3, waiting=7)
    assert (bare(first), FAILED, bare(second)) == batch.answers
    assert batch.inputs["features"].tolist() == [[1, 1], [2, 2], [3, 3]]
    assert batch.outputs["prediction"].tolist() == [[2], [4], [6]]
    assert (batch.dropped, batch.waiting) == (3, 7)


@pytest.mark.parametrize(
    "array",
    [
        np.array([True, False]),
        np.array([[1.5], [np.nan]], np.float16),
        np.array([2**64 - 1], np.uint64),
        np.array([[-1, 1]], np.int8),
        np.arange(6, dtype=np.float32).reshape(2, 3).T,
        np.zeros((0, 2), np.float64),
    ],
)
def test_numbers_arrive_as_they_were(array: np.ndarray) -> None:
    batch = there_and_back(replace(FAILED, outputs={"y": array}))
    np.testing.assert_array_equal(array, batch.outputs["y"])
    assert array.dtype == batch.outputs["y"].dtype


@given(st.lists(st.text() | st.just("\ud800"), max_size=6))
def test_texts_arrive_as_they_were(texts: list[str]) -> None:
    array = np.array([[text] for text in texts], np.object_).reshape(-1, 1)
    assert array.tolist() == there_and_back(replace(FAILED, inputs={"x": array})).inputs["x"].tolist()


def test_texts_of_fixed_width_arrive_too() -> None:
    assert there_and_back(replace(FAILED, inputs={"x": np.array(["a", "bc"])})).inputs["x"].tolist() == ["a", "bc"]


@pytest.mark.parametrize("prefix", [bytes(PREFIX.size), PREFIX.pack(b"WHO1", 1, handover.FRAME_LIMIT)])
def test_a_prefix_that_is_none_is_refused(prefix: bytes) -> None:
    with pytest.raises(HandoverError):
        sizes(prefix)


def header_with(**tensor: object) -> bytes:
    tensor = {"role": "inputs", "name": "x", "datatype": "FP32", "shape": [1], "size": 4} | tensor
    return json.dumps({"answers": [], "dropped": 0, "waiting": 0, "tensors": [tensor]}).encode()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"", b""),
        (b"[]", b""),
        (b'{"answers": [["p"]], "tensors": [], "dropped": 0, "waiting": 0}', b""),
        (header_with(shape=[2]), bytes(4)),
        (header_with(size=8), bytes(4)),
        (header_with(role="elsewhere"), bytes(4)),
        (header_with(datatype="FP31"), bytes(4)),
        (header_with(datatype="BYTES", size=5), b"\x02\x00\x00\x00a"),
        (header_with(datatype="BYTES", size=5), b"\x01\x00\x00\x00\xff"),
        (header_with(datatype="BYTES", shape=[2], size=4), bytes(4)),
    ],
)
def test_what_is_no_batch_is_refused(header: bytes, body: bytes) -> None:
    with pytest.raises(HandoverError):
        decode(header, body)


def test_the_backlog_is_bounded_in_number() -> None:
    backlog = Backlog(answers_limit=2)
    for answer in (FAILED, answered(1), FAILED, FAILED):
        backlog.add(answer)
    answers, dropped = backlog.take()
    assert (sorted(answer.code for answer in answers), dropped) == ([200, 400], 2)
    assert backlog.take() == ([], 0)


def test_the_backlog_is_bounded_in_bytes() -> None:
    backlog = Backlog(bytes_limit=weight(answered(1)) * 2)
    backlog.add(answered(*range(10_000)))
    backlog.add(answered(1))
    backlog.add(answered(2))
    backlog.add(answered(3))
    answers, dropped = backlog.take()
    assert (len(answers), dropped) == (2, 2)


def test_the_backlog_is_taken_in_pieces_oldest_first() -> None:
    backlog = Backlog()
    for row in range(5):
        backlog.add(answered(row))
    backlog.lose(1)
    sizes = []
    while len(backlog):
        answers, dropped = backlog.take(answers_limit=3, bytes_limit=2 * weight(answered(0)))
        sizes.append((len(answers), dropped))
    assert sizes == [(2, 1), (2, 0), (1, 0)]


def test_an_answer_that_is_larger_than_a_piece_is_a_piece() -> None:
    backlog = Backlog()
    backlog.add(answered(*range(100)))
    assert len(backlog.take(bytes_limit=1)[0]) == 1


def test_what_was_lost_on_the_way_counts_as_dropped() -> None:
    backlog = Backlog()
    backlog.lose(4)
    assert backlog.take() == ([], 4)


@given(st.lists(st.text(), max_size=5))
def test_nothing_is_longer_on_the_wire_than_it_weighs(texts: list[str]) -> None:
    answer = replace(FAILED, inputs={"x": np.array(texts, np.object_), "y": np.zeros(len(texts))})
    assert len(encode([answer])) <= weight(answer)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "handover.sock"


@contextlib.asynccontextmanager
async def handing_over(path: Path, backlog: Backlog | None = None) -> AsyncIterator[SocketHandover]:
    running = SocketHandover(path, backlog)
    await running.start()
    yield running
    await running.stop()


@contextlib.asynccontextmanager
async def counting(path: Path) -> AsyncIterator[Counters]:
    """Run a sidecar's receiver."""
    counters = Counters(sums().signature, None)
    receiver = Receiver(counters)
    server = await receiver.listen(listen_unix(path))
    yield counters
    server.close()
    receiver.close()


async def test_what_is_offered_is_counted(path: Path) -> None:
    async with counting(path) as counters, handing_over(path) as running:
        running.offer(answered(1, 2))
        running.offer(FAILED)
        await until(lambda: counters.requests.total() == 2)
    assert counters.requests == {("v2-rest", 200): 1, ("v2-rest", 400): 1}
    assert (counters.rows, counters.dropped) == (2, 0)


async def test_answers_wait_for_a_sidecar_that_is_late(path: Path) -> None:
    async with handing_over(path) as running:
        for _ in range(1200):
            running.offer(FAILED)
        async with counting(path) as counters:
            await until(lambda: counters.requests.total() == 1200)
    assert (counters.waiting, counters.dropped) == (200, 0)


async def test_a_sidecar_that_comes_back_is_found(path: Path) -> None:
    async with handing_over(path) as running:
        async with counting(path) as first:
            running.offer(FAILED)
            await until(lambda: first.requests.total() == 1)
        async with counting(path) as second:
            running.offer(FAILED)
            running.offer(FAILED)
            await until(lambda: second.requests.total() + second.dropped == 2)


async def test_what_is_waiting_is_handed_over_before_the_end(path: Path) -> None:
    async with counting(path) as counters:
        async with handing_over(path) as running:
            running.offer(FAILED)
            await until(lambda: counters.requests.total() == 1)
            for _ in range(10):
                running.offer(FAILED)
        await until(lambda: counters.requests.total() == 11)


async def test_a_stuck_sidecar_costs_bounded_memory_and_no_time(path: Path) -> None:
    """A sidecar that accepts and never reads: thousands of offers return at once, and what is given up is counted."""
    backlog = Backlog(answers_limit=50)
    big = answered(*range(100_000))  # more than the socket's buffers hold
    loop = asyncio.get_running_loop()
    with listen_unix(path):
        async with handing_over(path, backlog) as running:
            await until(lambda: running._link is not None)
            running.offer(big)
            await until(lambda: not running._link.free)
            slowest = 0.0
            for _ in range(1000):
                started = loop.time()
                running.offer(big)
                slowest = max(slowest, loop.time() - started)
                await asyncio.sleep(0)
            answers, dropped = backlog.take()
            running._link._transport.abort()
    assert len(answers) + dropped == 1000
    assert len(answers) < 50
    assert slowest < 0.05


async def test_what_was_under_way_to_a_sidecar_that_died_is_counted_as_dropped(path: Path) -> None:
    dying = listen_unix(path)
    async with handing_over(path) as running:
        await until(lambda: running._link is not None)
        running.offer(answered(*range(500_000)))  # more than the socket's buffers hold
        await until(lambda: not running._link.free)
        connection, _ = dying.accept()
        connection.close()
        dying.close()
        async with counting(path) as counters:
            running.offer(FAILED)
            await until(lambda: counters.requests.total() == 1)
        assert counters.dropped == 1


async def test_without_a_sidecar_the_end_does_not_wait(path: Path) -> None:
    async with asyncio.timeout(1):
        async with handing_over(path) as running:
            running.offer(FAILED)


async def test_a_connection_that_sends_nonsense_is_closed(path: Path) -> None:
    async with counting(path) as counters:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        async with handing_over(path) as running:
            running.offer(FAILED)
            await until(lambda: counters.requests.total() == 1)
