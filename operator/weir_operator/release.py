"""What the chart runs before it is uninstalled: stop the operator, then take its finalizer off every object.

    python -m weir_operator.release --namespace weir-system --deployment weir-operator

Nothing is deleted: served models keep serving. The operator goes first, because it would put the finalizer back.
A program of its own, with rights of its own; it shares only names with the operator that it stops.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from kubernetes import client, config

from weir_operator.api.v1alpha1 import KINDS, Kind
from weir_operator.api.v1alpha1.common import FINALIZER

Object = dict[str, Any]

JSON_PATCH = "application/json-patch+json"
POLL_SECONDS = 1.0
PAGE = 200
CHANGED_MEANWHILE = frozenset({404, 409, 422})  # gone, or its finalizers are not those that were listed


class Cluster(Protocol):
    """What a release needs from a cluster."""

    def stop(self) -> None:
        """Scale the operator to zero; no operator is fine."""
        ...

    def running(self) -> int:
        """Return how many pods the operator still has."""
        ...

    def objects(self, kind: type[Kind]) -> Iterable[Object]:
        """Return every object of ``kind`` in the watched namespaces."""
        ...

    def patch(self, kind: type[Kind], namespace: str, name: str, operations: list[Object]) -> bool:
        """Apply a JSON patch; return False when the object has changed or gone meanwhile."""
        ...


def release(cluster: Cluster, pause: Callable[[], None], say: Callable[[str], None]) -> None:
    """Stop the operator, wait until it is gone, and free every object of its finalizer."""
    cluster.stop()
    while count := cluster.running():
        say(f"waiting for {count} operator pod(s) to end")
        pause()
    for kind in KINDS:
        while held := [thing for thing in cluster.objects(kind) if _operations(thing)]:
            freed = sum(_free(cluster, kind, thing) for thing in held)
            say(f"freed {freed} of {len(held)} {kind.PLURAL}")
            if freed < len(held):
                pause()


def _free(cluster: Cluster, kind: type[Kind], thing: Object) -> bool:
    metadata = thing["metadata"]
    return cluster.patch(kind, metadata["namespace"], metadata["name"], _operations(thing))


def _operations(thing: Object) -> list[Object]:
    """Return the JSON patch that removes our finalizer and no one else's; empty when the object does not have it."""
    finalizers = thing["metadata"].get("finalizers", [])
    if FINALIZER not in finalizers:
        return []
    path = f"/metadata/finalizers/{finalizers.index(FINALIZER)}"
    return [{"op": "test", "path": path, "value": FINALIZER}, {"op": "remove", "path": path}]


class KubernetesCluster:
    """The cluster that the pod runs in, or that the kubeconfig names.

    Args:
        namespace: the operator's own.
        deployment: the operator's name.
        watched: namespaces whose objects are freed; empty for all.
    """

    def __init__(self, namespace: str, deployment: str, watched: Sequence[str]) -> None:
        self._namespace, self._deployment, self._watched = namespace, deployment, watched
        self._apps = client.AppsV1Api()
        self._core = client.CoreV1Api()
        self._custom = client.CustomObjectsApi()

    def stop(self) -> None:
        """Scale the operator to zero; no operator is fine."""
        try:
            self._apps.patch_namespaced_deployment_scale(self._deployment, self._namespace, {"spec": {"replicas": 0}})
        except client.ApiException as error:
            if error.status != 404:
                raise

    def running(self) -> int:
        """Return how many pods the operator still has."""
        try:
            deployment = self._apps.read_namespaced_deployment(self._deployment, self._namespace)
        except client.ApiException as error:
            if error.status == 404:
                return 0
            raise
        labels = ",".join(f"{key}={value}" for key, value in deployment.spec.selector.match_labels.items())
        return len(self._core.list_namespaced_pod(self._namespace, label_selector=labels).items)

    def objects(self, kind: type[Kind]) -> Iterator[Object]:
        """Yield every object of ``kind`` in the watched namespaces; none when the kind is not installed."""
        place: Object = {"group": kind.GROUP, "version": kind.VERSION, "plural": kind.PLURAL}
        for namespace in self._watched:
            yield from _pages(self._custom.list_namespaced_custom_object, place | {"namespace": namespace})
        if not self._watched:
            yield from _pages(self._custom.list_cluster_custom_object, place)

    def patch(self, kind: type[Kind], namespace: str, name: str, operations: list[Object]) -> bool:
        """Apply a JSON patch; return False when the object has changed or gone meanwhile."""
        try:
            self._custom.patch_namespaced_custom_object(
                kind.GROUP, kind.VERSION, namespace, kind.PLURAL, name, operations, _content_type=JSON_PATCH
            )
        except client.ApiException as error:
            if error.status in CHANGED_MEANWHILE:
                return False
            raise
        return True


def _pages(fetch: Callable[..., Any], place: Object) -> Iterator[Object]:
    token = ""
    while True:
        try:
            page = fetch(**place, limit=PAGE, **({"_continue": token} if token else {}))
        except client.ApiException as error:
            if error.status == 404:
                return
            raise
        yield from page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            return


def main(arguments: Sequence[str] | None = None) -> None:
    """Release the objects of the operator that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--namespace", required=True, help="the operator's namespace")
    parser.add_argument("--deployment", required=True, help="the operator's Deployment")
    parser.add_argument("--watch-namespace", action="append", default=[], help="a watched namespace; none means all")
    options = parser.parse_args(arguments)
    config.load_config()
    cluster = KubernetesCluster(options.namespace, options.deployment, options.watch_namespace)
    release(cluster, pause=lambda: time.sleep(POLL_SECONDS), say=lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
