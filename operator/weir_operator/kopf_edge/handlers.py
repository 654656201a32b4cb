"""kopf's handlers. Each names an object and hands it over; none decides anything.

One daemon per object is its work queue. Events of the object, of its children and of what it refers to only raise its
flag. Indexes keep the last seen state of everything, so that a pass need not ask for it.
"""

from __future__ import annotations

from typing import Any, Final

import kopf

from weir_operator.api.v1alpha1 import KINDS
from weir_operator.cluster.keys import Key
from weir_operator.kopf_edge.login import log_in
from weir_operator.kopf_edge.operator import Operator, parent_of, slim
from weir_operator.kopf_edge.tuning import CHILDREN

# A pass may be cut short anywhere, so a worker is cancelled at once and needs no time to end.
_CANCELLATION_SECONDS: Final = 10.0


def registry_of(operator: Operator) -> kopf.OperatorRegistry:
    """Return a registry with everything that kopf should do for ``operator``."""
    registry = kopf.OperatorRegistry()
    _lifecycle(registry, operator)
    for kind in KINDS:
        _kind(registry, operator, (kind.GROUP, kind.VERSION, kind.PLURAL))
    for resource in CHILDREN:
        _child(registry, operator, resource)
    return registry


def _lifecycle(registry: kopf.OperatorRegistry, operator: Operator) -> None:
    @kopf.on.startup(registry=registry, errors=kopf.ErrorsMode.PERMANENT)
    async def start(settings: kopf.OperatorSettings, **kwargs: Any) -> None:
        await operator.start(settings, kwargs["objects"], kwargs["children"])

    @kopf.on.cleanup(registry=registry)
    async def stop(**_: Any) -> None:
        await operator.stop()

    @kopf.on.probe(registry=registry, id="heartbeat", errors=kopf.ErrorsMode.PERMANENT)
    async def heartbeat(**_: Any) -> str:
        return operator.check()

    kopf.on.login(registry=registry)(log_in)


def _kind(registry: kopf.OperatorRegistry, operator: Operator, resource: tuple[str, str, str]) -> None:
    @kopf.index(*resource, registry=registry, id="objects")
    async def objects(body: kopf.Body, **_: Any) -> dict[Key, Any]:
        return {Key.of(dict(body)): slim(body.items())}

    @kopf.on.event(*resource, registry=registry, id="touched")
    async def touched(body: kopf.Body, **_: Any) -> None:
        operator.touch(Key.of(dict(body)))

    @kopf.daemon(*resource, registry=registry, id="work", cancellation_timeout=_CANCELLATION_SECONDS)
    async def work(body: kopf.Body, **_: Any) -> None:
        await operator.work(Key.of(dict(body)))


def _child(registry: kopf.OperatorRegistry, operator: Operator, resource: tuple[str, str, str]) -> None:
    @kopf.index(*resource, registry=registry, id="children")
    async def children(body: kopf.Body, **_: Any) -> dict[Key, Any]:
        item = slim(body.items())
        parent = parent_of(item)
        return {parent: item} if parent else {}

    @kopf.on.event(*resource, registry=registry, id="child_touched")
    async def child_touched(body: kopf.Body, **_: Any) -> None:
        operator.touch_parent(dict(body))
