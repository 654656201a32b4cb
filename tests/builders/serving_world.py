"""A ModelDeployment with everything around it: versions, Deployments with their pods, the Service."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from builders import resources
from builders.k8s import NOW, SETTINGS, by_kind, condition, live, pod_of, stored
from weir_operator.plan.kinds import decide
from weir_operator.plan.observed import Observed
from weir_operator.plan.plan import Plan

Object = dict[str, Any]


def digest(version: str) -> str:
    return "sha256:" + version.encode().hex().ljust(64, "0")[:64]


def model_version(name: str, *, ready: str = "True", model: str = "tumour", **spec: Any) -> Object:
    artifact = {"uri": f"pvc://lake/{name}", "digest": digest(name)}
    thing = resources.model_version(name, model=model, artifact=artifact, **spec)
    status = {"conditions": [condition("Ready", ready, reason="Verified" if ready == "True" else "Verifying")]}
    return live(thing, uid=f"u-{name}", status=status)


@dataclass(frozen=True)
class World:
    """What one pass over a ModelDeployment sees.

    Attributes:
        workloads: the Deployments by version.
        pods: besides those that the Deployments' statuses count.
    """

    version: str = "a"
    replicas: int = 2
    spec: Object = field(default_factory=dict)
    status: Object | None = None
    versions: tuple[Object, ...] = (model_version("a"), model_version("b"), model_version("c"))
    workloads: dict[str, Object] = field(default_factory=dict)
    service: Object | None = None
    pods: tuple[Object, ...] = ()
    now: datetime = NOW

    @property
    def parent(self) -> Object:
        spec = {"version": self.version, "replicas": self.replicas, **self.spec}
        return live(resources.model_deployment("tumour", **spec), status=self.status)

    @property
    def observed(self) -> Observed:
        services = (self.service,) if self.service else ()
        children = (*self.workloads.values(), *services, *self.pods)
        return Observed(self.parent, self.now, SETTINGS, children, self.versions)

    @property
    def plan(self) -> Plan:
        return decide(self.observed)

    def passed(self) -> World:
        """Return the world after the plan was carried out; the cluster has not reacted yet."""
        plan = self.plan
        gone = {item["metadata"]["labels"]["weir.dev/version"] for item in plan.delete}
        workloads = {version: item for version, item in self.workloads.items() if version not in gone}
        service = self.service
        for manifest in plan.apply:
            if manifest["kind"] == "Deployment":
                version = manifest["metadata"]["labels"]["weir.dev/version"]
                workloads[version] = _merged(self.workloads.get(version), manifest)
            if manifest["kind"] == "Service":
                service = _merged(service, manifest)
        return replace(self, workloads=workloads, service=service, status=plan.status)

    def with_ready(self, version: str, ready: int | None = None) -> World:
        """Return the world with that many (else all) pods of a version ready."""
        workload = self.workloads[version]
        wanted = workload["spec"]["replicas"]
        status = {
            "observedGeneration": workload["metadata"]["generation"],
            "replicas": wanted,
            "updatedReplicas": wanted,
            "readyReplicas": wanted if ready is None else ready,
        }
        return replace(self, workloads=self.workloads | {version: workload | {"status": status}})

    def with_pod(self, version: str, *containers: Object, **fields: Any) -> World:
        return replace(self, pods=(*self.pods, pod_of(self.workloads[version], *containers, **fields)))

    def serving(self) -> World:
        """Return the world in which the version that the spec asks for answers with all its pods."""
        return self.passed().with_ready(self.version).passed().passed()

    @property
    def applied(self) -> dict[str, Object]:
        """What the plan applies: the Service, the budget, and Deployments as Deployment/<version>."""
        deployments = [item for item in self.plan.apply if item["kind"] == "Deployment"]
        others = by_kind(tuple(item for item in self.plan.apply if item["kind"] != "Deployment"))
        return others | {f"Deployment/{item['metadata']['labels']['weir.dev/version']}": item for item in deployments}

    @property
    def selected(self) -> str | None:
        """The version that the Service selects once the plan is carried out."""
        service = self.applied.get("Service", self.service)
        return service["spec"]["selector"]["weir.dev/version"] if service else None


def _merged(existing: Object | None, manifest: Object) -> Object:
    if existing is None:
        return stored(manifest)
    generation = existing["metadata"]["generation"] + (existing["spec"] != manifest["spec"])
    metadata = existing["metadata"] | manifest["metadata"] | {"generation": generation}
    return existing | manifest | {"metadata": metadata}
