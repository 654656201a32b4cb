"""An API server at the end of a socket: enough of one for kopf and the client to work, and to be mistreated.

It knows discovery, lists, watches, the patches that they send, finalizers and uids. It has no controllers, no schemas
and no field ownership: what depends on those is tested on a real one.
"""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonpatch
from aiohttp import web

from weir_operator.cluster.permissions import RESOURCES

Object = dict[str, Any]
Name = tuple[str, str, str]  # plural, namespace, name

APPLY, JSON_PATCH = "application/apply-patch+yaml", "application/json-patch+json"
_VERBS = ["get", "list", "watch", "create", "patch", "delete"]
# kopf waits until these are served, even when it is told not to look at them.
_AWAITED = {
    "v1": [("namespaces", "Namespace")],
    "apiextensions.k8s.io/v1": [("customresourcedefinitions", "CustomResourceDefinition")],
}
_KINDS = {resource.plural: resource for resource in RESOURCES}


class FakeApiServer:
    """Runs in a thread of its own; its methods may be called from the test's."""

    def __init__(self) -> None:
        self.objects: dict[Name, Object] = {}
        self.refused: dict[str, int] = {}  # plural -> the HTTP status that writes to it get
        self.delay = 0.0  # seconds that a status write takes
        self.busiest: Counter[Name] = Counter()  # the most requests for an object at the same time
        self.writes: Counter[str] = Counter()  # by "METHOD plural"
        self._busy: Counter[Name] = Counter()
        self._numbers: Iterator[int] = itertools.count(1)
        self._history: list[tuple[Name, Object]] = []
        self._watches: list[tuple[str, str, asyncio.Queue[Object | None]]] = []
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.port = 0

    def __enter__(self) -> FakeApiServer:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    @property
    def kubeconfig(self) -> Object:
        cluster = {"name": "fake", "cluster": {"server": f"http://127.0.0.1:{self.port}"}}
        context = {"name": "fake", "context": {"cluster": "fake", "user": "fake"}}
        user = {"name": "fake", "user": {"token": "x"}}
        return {"clusters": [cluster], "contexts": [context], "users": [user], "current-context": "fake"}

    def put(self, thing: Object) -> Object:
        """Create or change an object as a user would; return it."""
        return self._call(self._put, thing)

    def get(self, plural: str, name: str, namespace: str = "team-a") -> Object | None:
        return copy.deepcopy(self.objects.get((plural, namespace, name)))

    def delete(self, plural: str, name: str, namespace: str = "team-a") -> None:
        self._call(self._delete, (plural, namespace, name))

    def hang_up(self) -> None:
        """Break off every watch."""
        self._call(self._hang_up)

    def _call(self, function: Any, *arguments: Any) -> Any:
        async def called() -> Any:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", self._handle)
        runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self._started.set()
        await self._stopped.wait()
        self._hang_up()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        parts = request.path.strip("/").split("/")
        if parts == ["version"]:
            return web.json_response({"major": "1", "minor": "35"})
        if parts == ["api"]:
            return web.json_response({"versions": ["v1"]})
        if parts == ["apis"]:
            return web.json_response({"groups": _groups()})
        parts = parts[2:] if parts[0] == "api" else parts[3:]
        if not parts:
            return web.json_response({"resources": _served(request.path)})
        namespace, parts = (parts[1], parts[2:]) if parts[0] == "namespaces" else ("", parts)
        if len(parts) == 1 and request.method == "GET":
            return await self._list(request, parts[0], namespace)
        return await self._one(request, (parts[0], namespace, *parts[1:2]), parts[2:])

    async def _list(self, request: web.Request, plural: str, namespace: str) -> web.StreamResponse:
        found = [thing for name, thing in self.objects.items() if name[0] == plural and namespace in ("", name[1])]
        if "watch" not in request.query:
            metadata = {"resourceVersion": str(next(self._numbers))}
            return web.json_response({"kind": "List", "items": found, "metadata": metadata})
        queue: asyncio.Queue[Object | None] = asyncio.Queue()
        if "sendInitialEvents" in request.query:
            for thing in found:
                queue.put_nowait({"type": "ADDED", "object": thing})
            queue.put_nowait(_bookmark(plural, next(self._numbers)))
        else:
            for event in self._since(int(request.query["resourceVersion"]), plural, namespace):
                queue.put_nowait(event)
        self._watches.append((plural, namespace, queue))
        response = web.StreamResponse()
        await response.prepare(request)
        while event := await queue.get():
            await response.write(json.dumps(event).encode() + b"\n")
        return response

    async def _one(self, request: web.Request, name: tuple[str, ...], rest: list[str]) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        if len(name) == 2:
            name = (*name, body["metadata"]["name"])
        key: Name = (name[0], name[1], name[2])
        self._busy[key] += 1
        self.busiest[key] = max(self.busiest[key], self._busy[key])
        try:
            return await self._answer(request, key, body, status=rest == ["status"])
        finally:
            self._busy[key] -= 1

    async def _answer(self, request: web.Request, key: Name, body: Any, *, status: bool) -> web.StreamResponse:
        if request.method != "GET":
            self.writes[f"{request.method} {key[0]}"] += 1
            if key[0] in self.refused:
                return _refusal(self.refused[key[0]])
            await asyncio.sleep(self.delay if status else 0)
        missing = key not in self.objects and (request.method in ("GET", "DELETE") or status)
        if missing:
            return _refusal(404)
        if request.method == "PATCH":
            self._patch(key, request.content_type, body, status=status)
        elif request.method == "POST":
            self._put(body)
        elif request.method == "DELETE":
            self._delete(key)
        return web.json_response(self.objects.get(key, {}))

    def _patch(self, key: Name, content: str, body: Any, *, status: bool) -> None:
        before = self.objects.get(key, {})
        if content == APPLY:
            changed = {**before, "status": body["status"]} if status else _applied(before, body)
        elif content == JSON_PATCH:
            changed = jsonpatch.apply_patch(before, body)
        else:
            changed = _merged(before, body)
        self._store(key, changed)

    def _put(self, thing: Object) -> Object:
        plural = next(resource.plural for resource in RESOURCES if resource.kind == thing["kind"])
        key = (plural, thing["metadata"]["namespace"], thing["metadata"]["name"])
        self._store(key, _applied(self.objects.get(key, {}), thing))
        return copy.deepcopy(self.objects[key])

    def _delete(self, key: Name) -> None:
        thing = self.objects[key]
        gone = {"deletionTimestamp": "2026-11-21T12:00:00Z"}
        self._store(key, {**thing, "metadata": {**thing["metadata"], **gone}})

    def _store(self, key: Name, thing: Object) -> None:
        before = self.objects.get(key)
        number = next(self._numbers)
        made = {"uid": f"uid-{number}", "generation": 1, "creationTimestamp": "2026-11-21T12:00:00Z"}
        metadata = {**made, **thing["metadata"], "resourceVersion": str(number)}
        if before and before.get("spec") != thing.get("spec"):
            metadata["generation"] += 1
        stored = {**thing, "metadata": metadata}
        if "deletionTimestamp" in metadata and not metadata.get("finalizers"):
            self.objects.pop(key, None)
            self._tell("DELETED", key, stored)
        elif before is None or {**before, "metadata": {**before["metadata"], "resourceVersion": str(number)}} != stored:
            self.objects[key] = stored
            self._tell("MODIFIED" if before else "ADDED", key, stored)

    def _tell(self, kind: str, key: Name, thing: Object) -> None:
        event = {"type": kind, "object": copy.deepcopy(thing)}
        self._history.append((key, event))
        for plural, namespace, queue in self._watches:
            if plural == key[0] and namespace in ("", key[1]):
                queue.put_nowait(event)

    def _since(self, number: int, plural: str, namespace: str) -> Iterator[Object]:
        """Yield what a watch has missed that saw everything up to a resource version."""
        for key, event in self._history:
            missed = int(event["object"]["metadata"]["resourceVersion"]) > number
            if missed and plural == key[0] and namespace in ("", key[1]):
                yield event

    def _hang_up(self) -> None:
        for _, _, queue in self._watches:
            queue.put_nowait(None)
        self._watches.clear()


def _groups() -> list[Object]:
    versions = sorted({(resource.group, resource.version) for resource in RESOURCES if resource.group})
    return [
        {"name": group, "preferredVersion": {"version": version}, "versions": [{"version": version}]}
        for group, version in (*versions, ("apiextensions.k8s.io", "v1"))
    ]


def _served(path: str) -> list[Object]:
    api_version = path.removeprefix("/apis/").removeprefix("/api/")
    served = [resource for resource in RESOURCES if resource.api_version == api_version]
    found = [_resource(resource.plural, resource.kind) for resource in served]
    return found + [_resource(plural, kind) for plural, kind in _AWAITED.get(api_version, ())]


def _resource(plural: str, kind: str) -> Object:
    return {"name": plural, "singularName": kind.lower(), "kind": kind, "namespaced": True, "verbs": _VERBS}


def _bookmark(plural: str, number: int) -> Object:
    metadata = {"resourceVersion": str(number), "annotations": {"k8s.io/initial-events-end": "true"}}
    return {"type": "BOOKMARK", "object": {"kind": _KINDS[plural].kind, "metadata": metadata}}


def _refusal(code: int) -> web.Response:
    return web.json_response({"kind": "Status", "message": f"refused with {code}", "code": code}, status=code)


def _applied(before: Object, manifest: Object) -> Object:
    metadata = {**before.get("metadata", {}), **manifest["metadata"]}
    return copy.deepcopy({**before, **manifest, "metadata": metadata})


def _merged(before: Object, changes: Object) -> Object:
    found = dict(before)
    for field, value in changes.items():
        if value is None:
            found.pop(field, None)
        else:
            found[field] = _merged(found.get(field) or {}, value) if isinstance(value, dict) else value
    return found
