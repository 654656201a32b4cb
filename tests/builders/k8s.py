"""Kubernetes objects as the API server would show them: what was applied, plus what the cluster made of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from weir_model.outcome import Outcome, encode
from weir_operator.plan.objects import format_time
from weir_operator.plan.observed import Observed, Settings

Object = dict[str, Any]

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SETTINGS = Settings("weir.dev/training:1", "weir.dev/serving:1", output_uri="pvc://lake/models")
UID = "u-1"


def ago(seconds: float) -> str:
    """Return the moment some seconds before ``NOW``, as Kubernetes writes it."""
    return format_time(NOW - timedelta(seconds=seconds))


def live(thing: Object, *, status: Object | None = None, uid: str = UID, generation: int = 1) -> Object:
    """Return a custom resource as it is read from the API server."""
    metadata = {"namespace": "team-a", "uid": uid, "generation": generation, "creationTimestamp": ago(60)}
    return copy.deepcopy(thing) | {"metadata": metadata | thing["metadata"]} | ({"status": status} if status else {})


def observed(
    parent: Object,
    *children: Object,
    related: tuple[Object, ...] = (),
    now: datetime = NOW,
    settings: Settings = SETTINGS,
) -> Observed:
    return Observed(parent, now, settings, children, related)


def stored(manifest: Object, *, uid: str = "", created: float = 30, generation: int = 1, **status: Any) -> Object:
    """Return a child as it is read from the API server, with fields of its status."""
    metadata = {
        **manifest["metadata"],
        "uid": uid or f"uid-of-{manifest['metadata']['name']}",
        "creationTimestamp": ago(created),
        "generation": generation,
    }
    return copy.deepcopy(manifest) | {"metadata": metadata} | ({"status": status} if status else {})


def condition(kind: str, status: str = "True", *, since: float = 1, **fields: str) -> Object:
    return {"type": kind, "status": status, "lastTransitionTime": ago(since), **fields}


def pod_of(
    workload: Object,
    *containers: Object,
    name: str = "",
    created: float = 20,
    init: tuple[Object, ...] = (),
    **status: Any,
) -> Object:
    """Return a pod of a Job or Deployment, with the statuses of its containers."""
    template = workload["spec"]["template"]
    owner = {"kind": workload["kind"], "name": workload["metadata"]["name"], "uid": workload["metadata"]["uid"]}
    name = name or f"{workload['metadata']['name']}-abcde"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "team-a",
            "uid": f"uid-of-{name}",
            "creationTimestamp": ago(created),
            "labels": template["metadata"]["labels"],
            "ownerReferences": [owner | {"controller": True}],
        },
        "spec": copy.deepcopy(template["spec"]),
        "status": {"containerStatuses": list(containers), "initContainerStatuses": list(init), **status},
    }


def terminated(name: str, exit_code: int, message: str | Outcome = "", *, reason: str = "Error") -> Object:
    return {"name": name, "image": "i", "state": {"terminated": _end(exit_code, message, reason)}}


def crashing(name: str, exit_code: int, message: str | Outcome = "", *, reason: str = "Error") -> Object:
    """Return a container that is started again and again."""
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    return {"name": name, "image": "i", "state": waiting, "lastState": {"terminated": _end(exit_code, message, reason)}}


def waiting(name: str, reason: str, message: str = "") -> Object:
    return {"name": name, "image": "weir.dev/x:1", "state": {"waiting": {"reason": reason, "message": message}}}


def running(name: str) -> Object:
    return {"name": name, "image": "i", "state": {"running": {"startedAt": ago(5)}}}


def told(status: Object | None) -> dict[str, tuple[str, str]]:
    """Return status and reason of every condition, by type."""
    return {entry["type"]: (entry["status"], entry["reason"]) for entry in (status or {})["conditions"]}


def message(status: Object | None, kind: str) -> str:
    return next(str(entry["message"]) for entry in (status or {})["conditions"] if entry["type"] == kind)


def by_kind(manifests: tuple[Object, ...]) -> dict[str, Object]:
    """Return manifests by kind, each kind once."""
    found = {manifest["kind"]: manifest for manifest in manifests}
    assert len(found) == len(manifests)
    return found


def environment(container: Mapping[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container["env"]}


def _end(exit_code: int, message: str | Outcome, reason: str) -> Object:
    text = message if isinstance(message, str) else encode(message).decode()
    return {"exitCode": exit_code, "reason": "Completed" if exit_code == 0 else reason, "message": text}
