"""A model server inside the test: settings, data plane, application, and a hand-over that remembers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

from builders.artifact import Artifact
from weir_model.handover import Answer
from weir_serving.process.listen import listen
from weir_serving.server.dataplane import DataPlane
from weir_serving.server.http import listener
from weir_serving.server.http.app import create_app
from weir_serving.server.settings import ServerSettings
from weir_serving.server.startup import load_data_plane


class Remembered:
    """A hand-over that keeps everything."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.running = False

    def offer(self, answer: Answer) -> None:
        self.answers.append(answer)

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False


def settings(artifact: Artifact, folder: Path, **changes: object) -> ServerSettings:
    usual = ServerSettings(
        model=artifact.model,
        version=artifact.version,
        digest=artifact.digest,
        folder=folder,
        socket=folder / "handover.sock",
        port=0,
        threads=1,
        timeout_seconds=30.0,
        max_request_bytes=1 << 20,
        drain_seconds=0.0,
    )
    return replace(usual, **changes)


@dataclass
class Server:
    """An application and what stands behind it."""

    settings: ServerSettings
    data_plane: DataPlane
    handover: Remembered
    client: httpx2.AsyncClient

    async def infer(self, body: object) -> httpx2.Response:
        return await self.client.post(f"/v2/models/{self.settings.model}/infer", json=body)

    async def predict(self, body: object) -> httpx2.Response:
        return await self.client.post(f"/v1/models/{self.settings.model}:predict", json=body)


@contextlib.asynccontextmanager
async def serving(artifact: Artifact, folder: Path, **changes: object) -> AsyncIterator[Server]:
    """Serve ``artifact`` without sockets."""
    chosen = settings(artifact, artifact.write(folder), **changes)
    data_plane, handover = load_data_plane(chosen), Remembered()
    app = create_app(chosen, data_plane, handover)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://weir") as client:
        yield Server(chosen, data_plane, handover, client)
    data_plane.close()


@contextlib.contextmanager
def listening(artifact: Artifact, folder: Path, **changes: object) -> Iterator[int]:
    """Serve ``artifact`` on a real socket, on another thread; yield the port."""
    chosen = settings(artifact, artifact.write(folder), **changes)
    data_plane = load_data_plane(chosen)
    options = listener.configure(create_app(chosen, data_plane, Remembered()), chosen)
    server = listener.DrainingServer(options, data_plane, 0.0)
    with listen(0) as sock:  # from here on clients may come; they wait until they are accepted
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)
