"""uvicorn with a drain: between SIGTERM and the closing of the listener everything is still answered.

Kubernetes removes a pod from its Services while it terminates, not before. Until every node has heard of it, new
connections keep coming and must be answered; connections that are open must be told to go elsewhere. So on SIGTERM

1. readiness goes false, and every answer to a new request carries ``Connection: close``;
2. after ``drain_seconds`` the listener closes, as well as connections without a request under way;
3. requests under way finish, up to the request timeout; then the process exits with 0.

A second SIGTERM, or SIGINT, skips the first step.
"""

from __future__ import annotations

import logging
import math
import signal
import socket
import time
from types import FrameType

import uvicorn
from fastapi import FastAPI

from weir_model.contract import VERSION_HEADER
from weir_serving.process import asgi
from weir_serving.server.dataplane import DataPlane
from weir_serving.server.http.protocol import BoundedHeadProtocol
from weir_serving.server.settings import ServerSettings

# Longer than clients' pools usually keep an idle connection: the side that closes must not be the one that is asked.
KEEP_ALIVE_SECONDS = 75

_CLOSE = (b"connection", b"close")

_log = logging.getLogger(__name__)


class DrainingServer(asgi.Server):
    """A server that drains before it shuts down."""

    def __init__(self, config: uvicorn.Config, data_plane: DataPlane, drain_seconds: float) -> None:
        super().__init__(config)
        self._data_plane = data_plane
        self._drain_seconds = drain_seconds
        self._drained_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain on the first SIGTERM; shut down at once on any other signal."""
        if sig != signal.SIGTERM or self._drained_at is not None:
            super().handle_exit(sig, frame)
            return
        self._drained_at = time.monotonic() + self._drain_seconds
        self._data_plane.withdraw()
        # uvicorn builds the default headers anew every second, from these, so both must know.
        self.config.encoded_headers.append(_CLOSE)
        self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]

    async def on_tick(self, counter: int) -> bool:
        """Shut down when drained, or when uvicorn has a reason of its own."""
        if self._drained_at is not None and time.monotonic() >= self._drained_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say where."""
        await super().startup(sockets)
        for listener in sockets or []:
            _log.info("Listening on port %d", listener.getsockname()[1])


def configure(app: FastAPI, settings: ServerSettings) -> uvicorn.Config:
    """Return uvicorn's configuration for ``app``."""
    return asgi.config(
        app,
        http=BoundedHeadProtocol,
        loop="uvloop",
        lifespan="on",
        # As a default header it is on everything, also on what uvicorn answers without asking the application.
        headers=[(VERSION_HEADER, settings.version)],
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(settings.timeout_seconds),
    )


def serve(app: FastAPI, settings: ServerSettings, data_plane: DataPlane, listener: socket.socket) -> None:
    """Serve ``app`` on ``listener`` until a signal ends it."""
    DrainingServer(configure(app, settings), data_plane, settings.drain_seconds).run([listener])
