"""``python -m weir_serving.sidecar``."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from weir_serving.artifact.documents import read_profile
from weir_serving.artifact.integrity import read_manifest
from weir_serving.process import asgi
from weir_serving.process.exit import run
from weir_serving.process.listen import listen, listen_unix
from weir_serving.sidecar.app import create_app
from weir_serving.sidecar.collector import CountersCollector
from weir_serving.sidecar.counters import Counters
from weir_serving.sidecar.receiver import Receiver
from weir_serving.sidecar.settings import SidecarSettings

GOODBYE_SECONDS = 1  # for scrapes under way when asked to leave; one that is not read would be waited for in vain

_log = logging.getLogger(__name__)


def main(variables: Mapping[str, str]) -> None:
    """Read the profile, then count until a signal ends it."""
    settings = SidecarSettings.parse(variables)
    counters = load_counters(settings)
    asyncio.run(serve(settings, counters, listen(settings.port), listen_unix(settings.socket)))


def load_counters(settings: SidecarSettings) -> Counters:
    """Return the counters over the bins of the profile in the model folder, or without bins when it has none.

    Raises:
        StartupError: manifest or profile are not the approved ones.
    """
    manifest = read_manifest(settings.folder, settings.digest)
    profile = read_profile(settings.folder, manifest)
    if profile is None:
        _log.warning("The artifact has no profile: counting requests and latencies only")
    return Counters(manifest.signature, profile)


async def serve(settings: SidecarSettings, counters: Counters, scrapes: socket.socket, batches: socket.socket) -> None:
    """Answer ``scrapes`` and receive ``batches`` until a signal ends it."""
    registry = CollectorRegistry()
    registry.register(CountersCollector(counters, settings.model, settings.version, settings.deployment))
    receiver = Receiver(counters)
    handover = await receiver.listen(batches)
    app = create_app(registry)
    options = asgi.config(app, loop="asyncio", lifespan="off", timeout_graceful_shutdown=GOODBYE_SECONDS)
    server = asgi.Server(options)
    _log.info("Listening on port %d and %s", scrapes.getsockname()[1], settings.socket)
    await server.serve([scrapes])
    handover.close()
    receiver.close()


if __name__ == "__main__":
    run(main)
