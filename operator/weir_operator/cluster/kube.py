"""The only file that talks to Kubernetes: get, server-side apply, delete, create, by name.

Objects are plain dicts, as the API server sends them. Kinds are looked up in permissions.py instead of by discovery:
that saves the round trips and the cache file, and a kind without a line in the roles cannot be used by accident.
"""

from __future__ import annotations

from typing import Any, Final

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.dynamic import DynamicClient
from kubernetes.aio.dynamic import Resource as DynamicResource
from kubernetes.aio.dynamic.exceptions import DynamicApiError

from weir_operator.cluster.errors import ConflictError, NotFoundError, TransientError, from_response
from weir_operator.cluster.keys import Key, Object
from weir_operator.cluster.permissions import RESOURCES, Resource

FIELD_MANAGER: Final = "weir-operator"
STATUS_FIELD_MANAGER: Final = "weir-operator-status"
APPLY_PATCH: Final = "application/apply-patch+yaml"
REQUEST_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)
_STATUS_ATTEMPTS: Final = 3

_KINDS: Final = {resource.kind: resource for resource in RESOURCES}


class Kube:
    """Requests to one API server.

    Every method raises a ``ClusterError`` of the kind that says what to do about the failure, and nothing else.
    """

    def __init__(self, configuration: Any) -> None:
        self._api = ApiClient(configuration)
        self._api.user_agent = FIELD_MANAGER
        self._client = DynamicClient(self._api)

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def get(self, key: Key) -> Object | None:
        """Return the object as it is right now, or None when there is none."""
        try:
            return await self._send("get", _path(key))
        except NotFoundError:
            return None

    async def apply(self, manifest: Object) -> Object:
        """Make the object's fields those of ``manifest``, and no longer ours those that it does not have any more.

        Returns:
            The object as the API server stored it.
        """
        path = _path(Key.of(manifest))
        return await self._apply(path, manifest, FIELD_MANAGER)

    async def apply_status(self, thing: Object, status: Object) -> Object:
        """Make ``status`` the status of ``thing``, through the subresource: its generation stays as it is.

        The API server does not compare uids here, but it does compare resource versions. So the write names the
        version that it was made for, and when that has passed it is tried again if the object is still the same one.

        Raises:
            NotFoundError: the object is gone; it is not made again.
            ConflictError: there is another object of that name now, or it keeps changing.
        """
        key, current = Key.of(thing), thing
        for _ in range(_STATUS_ATTEMPTS):
            try:
                return await self._apply_status(current, status)
            except ConflictError:
                current = await self._send("get", _path(key))
                if current["metadata"]["uid"] != thing["metadata"]["uid"]:
                    raise
        return await self._apply_status(current, status)

    async def _apply_status(self, thing: Object, status: Object) -> Object:
        identity = {field: thing["metadata"][field] for field in ("name", "namespace", "uid", "resourceVersion")}
        body = {"apiVersion": thing["apiVersion"], "kind": thing["kind"], "metadata": identity, "status": status}
        return await self._apply(f"{_path(Key.of(thing))}/status", body, STATUS_FIELD_MANAGER)

    async def delete(self, key: Key, uid: str) -> None:
        """Delete the object, unless it is gone or another one of that name has taken its place.

        Raises:
            ConflictError: there is another object of that name now.
        """
        body = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
        try:
            await self._send("delete", _path(key), body=body)
        except NotFoundError:
            return

    async def create(self, manifest: Object) -> Object:
        """Create an object.

        Raises:
            ConflictError: it is there already.
        """
        key = Key.of(manifest)
        path = _resource(key.kind).path(namespace=key.namespace)
        return await self._send("post", path, body=manifest)

    async def server_version(self) -> tuple[int, int]:
        """Return the API server's major and minor version."""
        version = await self._send("get", "/version")
        return int(version["major"]), int(version["minor"].rstrip("+"))

    async def missing_kinds(self) -> list[str]:
        """Return the plurals of those kinds that the API server does not serve (yet)."""
        missing = []
        for api_version in sorted({resource.api_version for resource in RESOURCES}):
            served = await self._served(api_version)
            wanted = (resource.plural for resource in RESOURCES if resource.api_version == api_version)
            missing += [f"{plural} ({api_version})" for plural in wanted if plural not in served]
        return missing

    async def _served(self, api_version: str) -> set[str]:
        prefix = "/apis" if "/" in api_version else "/api"
        try:
            found = await self._send("get", f"{prefix}/{api_version}")
        except NotFoundError:
            return set()
        return {resource["name"] for resource in found["resources"]}

    async def _apply(self, path: str, body: Object, manager: str) -> Object:
        return await self._send(
            "patch", path, body=body, content_type=APPLY_PATCH, field_manager=manager, force_conflicts=True
        )

    async def _send(self, method: str, path: str, **arguments: Any) -> Object:
        action = f"{method} {path}"
        try:
            response = await self._client.request(
                method, path, serialize=False, _request_timeout=REQUEST_TIMEOUT, **arguments
            )
            answer: Object = await response.json()
        except DynamicApiError as error:
            raise from_response(error.status, error.reason, error.body, action=action) from error
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: not JSON
            raise TransientError(f"{type(error).__name__}: {error}", action=action) from error
        return answer


def _path(key: Key) -> str:
    path: str = _resource(key.kind).path(name=key.name, namespace=key.namespace)
    return path


def _resource(kind: str) -> Any:
    known: Resource = _KINDS[kind]
    return DynamicResource(
        prefix="apis" if known.group else "api",
        group=known.group,
        api_version=known.version,
        kind=known.kind,
        name=known.plural,
        namespaced=True,
    )
