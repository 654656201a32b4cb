"""Looks at an object: the object itself from the API server, everything around it from the watches' indexes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from weir_operator.cluster.keys import Key, Object
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.ports import Clock, Cluster
from weir_operator.engine.wakes import Wakes
from weir_operator.plan.kinds import PLANNERS
from weir_operator.plan.objects import is_going
from weir_operator.plan.observed import Observed, Settings

Index = Mapping[Key, Iterable[Object]]


@dataclass(frozen=True)
class Observer:
    """Puts what a plan needs to see into one picture.

    The object is read anew each time, because its status decides what has been done already, and the watch may lag
    behind what this very process wrote. Children may lag: applying one twice changes nothing.

    Attributes:
        objects: our own kinds, as the watch has shown them last, by key.
        children: what carries our labels, by the key of the parent.
    """

    cluster: Cluster
    settings: Settings
    clock: Clock
    wakes: Wakes
    heartbeat: Heartbeat
    objects: Index
    children: Index

    async def observe(self, key: Key) -> Observed | None:
        """Return what there is to see; None when the object is gone or on its way out."""
        parent = await self.cluster.get(key)
        if parent is None or is_going(parent):
            return None
        self._compare(key, parent)
        children = tuple(self.children.get(key, ()))
        wanted = self._wanted(key, parent, children)
        self.wakes.subscribe(key, wanted)
        related = tuple(item for each in wanted for item in self.objects.get(each, ()))
        return Observed(parent, self.clock(), self.settings, children, related)

    def _wanted(self, key: Key, parent: Object, children: tuple[Object, ...]) -> list[Key]:
        named = PLANNERS[key.kind].refers_to(parent, children)
        return sorted((Key(each.kind, key.namespace, each.name) for each in named), key=str)

    def _compare(self, key: Key, parent: Object) -> None:
        """Tell the heartbeat how far the watch is behind."""
        watched = max((_generation(item) for item in self.objects.get(key, ())), default=0)
        self.heartbeat.saw(key, _generation(parent), watched, monotonic())


def _generation(item: Object) -> int:
    return int(item["metadata"].get("generation", 0))
