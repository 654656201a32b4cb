"""Everything that lives as long as the process: connections, workers, signs of life. Put together in one place."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import kopf
from aiohttp import web

from weir_operator.cluster.errors import TransientError
from weir_operator.cluster.events import EventWriter
from weir_operator.cluster.keys import Key, Object
from weir_operator.cluster.kube import Kube
from weir_operator.cluster.login import configuration as credentials
from weir_operator.engine.backoff import Backoff
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.metrics import Metrics
from weir_operator.engine.reconcile import Reconciler
from weir_operator.engine.wakes import Wakes
from weir_operator.engine.worker import Worker
from weir_operator.kopf_edge import endpoint
from weir_operator.kopf_edge.configuration import Configuration
from weir_operator.kopf_edge.observe import Index, Observer
from weir_operator.kopf_edge.tuning import tune
from weir_operator.plan import labels
from weir_operator.plan.objects import label

_LOG: Final = logging.getLogger(__name__)
_KINDS_POLL_SECONDS: Final = 2.0


class Operator:
    """One running operator. Nothing of it is global, so that tests may run several."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.wakes = Wakes()
        self.heartbeat = Heartbeat(configuration.resync)
        self.metrics = Metrics()
        self._kube: Kube | None = None
        self._worker: Worker | None = None
        self._endpoint: web.AppRunner | None = None

    async def start(self, settings: kopf.OperatorSettings, objects: Index, children: Index) -> None:
        """Connect, wait until our kinds are served, and get ready to work."""
        self._kube = kube = Kube(await credentials())
        await _kinds_are_served(kube)
        tune(settings, await kube.server_version())
        observer = Observer(kube, self.configuration.settings, _now, self.wakes, self.heartbeat, objects, children)
        events = EventWriter(kube, self.configuration.instance)
        reconciler = Reconciler(observer, kube, events)
        backoff = Backoff(random.random)
        resync = self.configuration.resync
        self._worker = Worker(reconciler, self.wakes, backoff, self.metrics, self.heartbeat, resync)
        self._endpoint = await endpoint.serve(self.metrics.registry, "", self.configuration.metrics_port)

    async def stop(self) -> None:
        """Let go of everything."""
        if self._endpoint:
            await self._endpoint.cleanup()
        if self._kube:
            await self._kube.close()

    async def work(self, key: Key) -> None:
        """Look after an object until cancelled."""
        if self._worker is None:
            raise RuntimeError("work before start")
        await self._worker.work(key)

    def touch(self, key: Key) -> None:
        """Note that something happened to an object of ours."""
        self.wakes.touch(key)

    def touch_parent(self, child: Object) -> None:
        """Note that something happened to a child."""
        parent = parent_of(child)
        if parent:
            self.wakes.wake(parent)

    def check(self) -> str:
        """Return that all is well.

        Raises:
            RuntimeError: it is not; the message says what is wrong.
        """
        complaints = self.heartbeat.complaints(monotonic())
        if complaints:
            raise RuntimeError("; ".join(complaints))
        return "ok"


def parent_of(child: Object) -> Key | None:
    """Return the key of the object that a child's labels name, or None when they name none."""
    kind, name = label(child, labels.PARENT_KIND), label(child, labels.PARENT_NAME)
    return Key(kind, child["metadata"]["namespace"], name) if kind and name else None


def slim(items: Iterable[tuple[str, object]]) -> Object:
    """Return an object as a plain dict, without what nobody reads and what is often half of its size."""
    found = dict(items)
    metadata = found.get("metadata")
    if isinstance(metadata, dict):
        found["metadata"] = {key: value for key, value in metadata.items() if key != "managedFields"}
    return found


async def _kinds_are_served(kube: Kube) -> None:
    """Return when the API server is up and serves every kind; kopf would not notice those that come later."""
    while missing := await _missing(kube):
        _LOG.warning("Waiting for the API server, which does not serve yet: %s", missing)
        await asyncio.sleep(_KINDS_POLL_SECONDS)


async def _missing(kube: Kube) -> str:
    try:
        return ", ".join(await kube.missing_kinds())
    except TransientError as error:
        return str(error)


def _now() -> datetime:
    return datetime.now(UTC)
