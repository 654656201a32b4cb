"""uvicorn as server and sidecar use it."""

from __future__ import annotations

from types import FrameType
from typing import Any

import uvicorn

from weir_serving.process.listen import BACKLOG


def config(app: Any, **options: Any) -> uvicorn.Config:
    """Return a configuration: our logging, no access log, no web sockets, nothing that a client could forge."""
    return uvicorn.Config(
        app,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        **options,
    )


class Server(uvicorn.Server):
    """A server for which being asked to leave is a normal end: the process exits with 0."""

    def handle_exit(self, _signal: int, _frame: FrameType | None) -> None:
        """Shut down gracefully. uvicorn would also raise the signal again afterwards, for an outer server's sake."""
        self.should_exit = True
