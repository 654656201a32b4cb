"""A namespace whose pods never run: the test plays the kubelet and says what became of them.

Everything else is real: the API server, the garbage collector, and the controllers of Jobs and Deployments.
"""

from __future__ import annotations

from typing import Any

from builders import resources
from builders.k8s_operator import eventually
from integration.api_server import MERGE, PLURALS, ApiServer, RefusedError
from weir_model.outcome import Outcome, VerificationResult, encode

Object = dict[str, Any]

NOWHERE = {"weir.dev/no-such-node": "true"}
STARTED, ENDED = "2026-11-21T12:00:00Z", "2026-11-21T12:00:03Z"

_PATHS = {
    "Job": "/apis/batch/v1",
    "Pod": "/api/v1",
    "Service": "/api/v1",
    "Deployment": "/apis/apps/v1",
    "PodDisruptionBudget": "/apis/policy/v1",
    "Event": "/apis/events.k8s.io/v1",
}
_BUILT_IN = {
    "Job": "jobs",
    "Pod": "pods",
    "Service": "services",
    "Deployment": "deployments",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "Event": "events",
}


class Stage:
    """One namespace."""

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self.server, self.namespace = server, namespace

    def run(self, name: str, **spec: Any) -> Object:
        """Apply a TrainingJob."""
        spec = {"output": {"uri": "pvc://lake/models"}, "nodeSelector": NOWHERE, "backoffLimit": 0, **spec}
        return self.server.create(self.namespace, resources.training_job(name, **spec))

    def version(self, name: str, **spec: Any) -> Object:
        """Apply a ModelVersion; its claim does not exist, so nothing verifies it but the test."""
        return self.server.create(self.namespace, resources.model_version(name, **spec))

    def ready_version(self, name: str, **spec: Any) -> Object:
        """Apply a ModelVersion and say that it was verified."""
        made = self.version(name, **spec)
        pod = self.pod_of("ModelVersion", name)
        self.ends(pod, "verifier", 0, VerificationResult(made["spec"]["artifact"]["digest"], 16))
        self.told("ModelVersion", name, "Ready", "True")
        return made

    def endpoint(self, name: str, version: str, **spec: Any) -> Object:
        """Apply a ModelDeployment."""
        wanted = resources.model_deployment(name, version=version, nodeSelector=NOWHERE, **spec)
        return self.server.create(self.namespace, wanted)

    def change(self, kind: str, name: str, spec: Object) -> None:
        self.server.patch(self.namespace, kind, name, {"spec": spec})

    def get(self, kind: str, name: str) -> Object | None:
        try:
            return self.server.send("get", self.path(kind, name))
        except RefusedError as error:
            if error.code == 404:
                return None
            raise

    def all(self, child: str, kind: str = "", name: str = "") -> list[Object]:
        """Return all objects of a kind, or only the children of a parent."""
        selector = f"weir.dev/kind={kind},weir.dev/name={name}" if kind else ""
        found: list[Object] = self.server.send("get", self.path(child), labelSelector=selector)["items"]
        return found

    def delete(self, kind: str, name: str) -> None:
        self.server.send("delete", self.path(kind, name), {"propagationPolicy": "Background"}, fieldValidation="Ignore")

    def appears(self, kind: str, name: str, *, unlike: Object | None = None) -> Object:
        """Wait for an object; ``unlike`` is one of that name that it must not be."""
        uid = unlike["metadata"]["uid"] if unlike else None

        def look() -> Object | None:
            found = self.get(kind, name)
            return found if found and found["metadata"]["uid"] != uid else None

        found = eventually(look, what=f"{kind} {name} appears")
        assert found
        return found

    def disappears(self, kind: str, name: str) -> None:
        eventually(lambda: self.get(kind, name) is None, what=f"{kind} {name} disappears")

    def told(self, kind: str, name: str, condition: str, status: str, reason: str | None = None) -> Object:
        """Wait until a condition has a status (and reason); return the object."""

        def look() -> Object | None:
            found = self.get(kind, name) or {}
            for each in found.get("status", {}).get("conditions", ()):
                if each["type"] == condition and each["status"] == status and reason in (None, each["reason"]):
                    return found
            return None

        found = eventually(look, what=f"{kind} {name}: {condition}={status} {reason or ''}: {self.get(kind, name)}")
        assert found
        return found

    def pod_of(self, kind: str, name: str) -> str:
        """Wait for the first pod of a parent; return its name."""
        pods = eventually(lambda: self.all("Pod", kind=kind, name=name), what=f"a pod of {kind} {name}")
        return str(pods[0]["metadata"]["name"])

    def ends(
        self, pod: str, container: str, exit_code: int, message: Outcome | str = "", reason: str = "Error"
    ) -> None:
        """Say that a pod's only container ended."""
        text = message if isinstance(message, str) else encode(message).decode()
        end = {
            "exitCode": exit_code,
            "reason": reason if exit_code else "Completed",
            "message": text,
            "startedAt": STARTED,
            "finishedAt": ENDED,
        }
        phase = "Failed" if exit_code else "Succeeded"
        self.says(pod, phase=phase, containerStatuses=[_status(container, {"terminated": end})])

    def answers(self, pod: str) -> None:
        """Say that a serving pod is ready."""
        ready = [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady")]
        running = _status("server", {"running": {"startedAt": STARTED}}) | {"ready": True, "started": True}
        self.says(pod, phase="Running", conditions=ready, containerStatuses=[running])

    def cannot_load(self, pod: str, failure: Outcome) -> None:
        """Say that a serving pod's fetch container ends again and again."""
        end = {"exitCode": 42, "reason": "Error", "message": encode(failure).decode()}
        again = {"waiting": {"reason": "CrashLoopBackOff"}}
        fetch = _status("fetch", again) | {"lastState": {"terminated": end}, "restartCount": 3}
        self.says(pod, phase="Pending", initContainerStatuses=[fetch])

    def says(self, pod: str, **status: Any) -> None:
        self.server.send("patch", f"{self.path('Pod', pod)}/status", {"status": status}, content=MERGE)

    def path(self, kind: str, name: str = "") -> str:
        group = _PATHS.get(kind, "/apis/weir.dev/v1alpha1")
        plural = _BUILT_IN.get(kind) or PLURALS[kind]
        return f"{group}/namespaces/{self.namespace}/{plural}" + (f"/{name}" if name else "")


def _status(container: str, state: Object) -> Object:
    common = {"name": container, "image": "i", "imageID": "i", "ready": False, "restartCount": 0}
    return common | {"state": state}
