"""An API server in memory, as far as the engine's ports go. The integration ring holds it to the real one's manners."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from builders.k8s import ago
from weir_operator.cluster.errors import ClusterError, ConflictError, NotFoundError
from weir_operator.cluster.keys import Key

Object = dict[str, Any]


class FakeCluster:
    """Objects by key, the calls that were made, and failures to be met."""

    def __init__(self, *objects: Object) -> None:
        self._uids: Iterator[int] = itertools.count(1)
        self.objects: dict[Key, Object] = {}
        self.calls: list[str] = []
        self.failures: dict[str, ClusterError] = {}
        for item in objects:
            self.objects[Key.of(item)] = item

    def fail(self, call: str, error: ClusterError) -> None:
        """Let calls fail from now on; ``call`` is like "apply Job"."""
        self.failures[call] = error

    async def get(self, key: Key) -> Object | None:
        self._called("get", key)
        return copy.deepcopy(self.objects.get(key))

    async def apply(self, manifest: Object) -> Object:
        key = Key.of(manifest)
        self._called("apply", key)
        existing = self.objects.get(key)
        self.objects[key] = self._new(manifest) if existing is None else _merged(existing, manifest)
        return copy.deepcopy(self.objects[key])

    async def apply_status(self, thing: Object, status: Object) -> Object:
        key = Key.of(thing)
        self._called("status", key)
        self.objects[key] = self._found(key, thing["metadata"]["uid"]) | {"status": copy.deepcopy(status)}
        return copy.deepcopy(self.objects[key])

    async def delete(self, key: Key, uid: str) -> None:
        self._called("delete", key)
        if key in self.objects:
            self._found(key, uid)
            del self.objects[key]

    async def create(self, manifest: Object) -> Object:
        key = Key.of(manifest)
        self._called("create", key)
        if key in self.objects:
            raise ConflictError("already exists")
        self.objects[key] = self._new(manifest)
        return copy.deepcopy(self.objects[key])

    def _called(self, verb: str, key: Key) -> None:
        self.calls.append(f"{verb} {key.kind} {key.name}")
        failure = self.failures.get(f"{verb} {key.kind}")
        if failure:
            raise failure

    def _found(self, key: Key, uid: str) -> Object:
        if key not in self.objects:
            raise NotFoundError(f"{key} not found")
        if self.objects[key]["metadata"]["uid"] != uid:
            raise ConflictError("the uid is another one")
        return self.objects[key]

    def _new(self, manifest: Object) -> Object:
        made = {"uid": f"uid-{next(self._uids)}", "generation": 1, "creationTimestamp": ago(0)}
        return copy.deepcopy(manifest) | {"metadata": {**manifest["metadata"], **made}}


def _merged(existing: Object, manifest: Object) -> Object:
    generation = existing["metadata"]["generation"] + (existing.get("spec") != manifest.get("spec"))
    metadata = {**existing["metadata"], **manifest["metadata"], "generation": generation}
    return copy.deepcopy({**existing, **manifest, "metadata": metadata})
