"""The hand-over over a Unix stream socket.

One frame is under way at a time; what comes meanwhile waits in the backlog. A sidecar that is stuck therefore costs a
bounded amount of memory and no time, and one that is gone is looked for again in the background.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

from weir_model.handover import Answer, encode
from weir_serving.server.handover.backlog import ANSWERS_LIMIT, BYTES_LIMIT, Backlog

FLUSH_SECONDS = 0.01  # a batch is what was answered in this time
# What one turn of the event loop may spend on encoding: a backlog is worked off in pieces, so that requests get theirs.
FRAME_ANSWERS = 500
FRAME_BYTES = 1 << 20
RECONNECT_SECONDS = 0.5
GOODBYE_SECONDS = 1.0

_log = logging.getLogger(__name__)


class SocketHandover:
    """Hands answers over to the sidecar that listens at ``path``."""

    def __init__(self, path: Path, backlog: Backlog | None = None) -> None:
        self._path = path
        self._backlog = Backlog() if backlog is None else backlog
        self._link: _Link | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def offer(self, answer: Answer) -> None:
        """Take an answer; see `Handover`."""
        self._backlog.add(answer)
        self._schedule()

    async def start(self) -> None:
        """Begin connecting; see `Handover`."""
        self._task = asyncio.get_running_loop().create_task(self._keep_connected())

    async def stop(self) -> None:
        """Send what is waiting and end; see `Handover`."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._timer is not None:
            self._timer.cancel()
        self._send(ANSWERS_LIMIT, BYTES_LIMIT)
        if self._link is not None:
            await self._link.close()

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(OSError):
                _, link = await loop.create_unix_connection(lambda: _Link(self._schedule), str(self._path))
                _log.info("Connected to the sidecar")
                self._link = link
                self._schedule()
                lost = await asyncio.shield(link.lost)  # `stop` cancels this task, but still waits for the link
                self._link = None
                self._backlog.lose(lost)
                _log.warning("Lost the sidecar; answers wait for it, and are dropped and counted beyond a bound")
            await asyncio.sleep(RECONNECT_SECONDS)

    def _schedule(self) -> None:
        if self._timer is None and self._link is not None and self._link.free and len(self._backlog):
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._timer = None
        self._send(FRAME_ANSWERS, FRAME_BYTES)
        self._schedule()

    def _send(self, answers_limit: int, bytes_limit: int) -> None:
        if self._link is None or not self._link.free:
            return
        waiting = len(self._backlog)
        answers, dropped = self._backlog.take(answers_limit, bytes_limit)
        if answers or dropped:
            self._link.send(encode(answers, dropped=dropped, waiting=waiting), len(answers) + dropped)


class _Link(asyncio.Protocol):
    """One connection: knows whether the last frame has left, and how many answers are lost if it never does."""

    def __init__(self, on_free: Callable[[], None]) -> None:
        self._on_free = on_free
        self._in_flight = 0
        self._transport: asyncio.Transport | None = None
        self.free = False
        self.lost: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)  # then "writing is paused" means "the frame has not left"
        self.free = True

    def send(self, frame: bytes, answers: int) -> None:
        if self._transport is None:
            return
        self._in_flight = answers
        self._transport.write(frame)
        if self._transport.is_closing():
            self.free = False
        elif self.free:
            self._in_flight = 0

    def pause_writing(self) -> None:
        self.free = False

    def resume_writing(self) -> None:
        self.free = True
        self._in_flight = 0
        self._on_free()

    def connection_lost(self, _error: Exception | None) -> None:
        self.free = False
        if not self.lost.done():
            self.lost.set_result(self._in_flight)

    async def close(self) -> None:
        if self._transport is None:
            return
        self._transport.close()  # after what is in its buffer
        try:
            await asyncio.wait_for(asyncio.shield(self.lost), GOODBYE_SECONDS)
        except TimeoutError:
            self._transport.abort()
