"""How far the pods of one version are: read from its Deployment's status."""

from __future__ import annotations

from dataclasses import dataclass

from weir_operator.plan import labels
from weir_operator.plan.model_deployment.workload import DIGEST, TEMPLATE
from weir_operator.plan.objects import Object, annotation, condition, label


@dataclass(frozen=True)
class Rollout:
    """The pods of one version.

    Attributes:
        wanted: how many there should be.
        pods: how many there are, old and new.
        ready: how many can answer.
        complete: whether all of them are as they should be, and ready.
        digest: the digest that they must serve.
        blocked: why Kubernetes cannot make them, in its own words.
    """

    version: str
    wanted: int
    pods: int = 0
    ready: int = 0
    complete: bool = False
    digest: str | None = None
    blocked: str | None = None


def version_of(deployment: Object) -> str:
    """Return the version that a Deployment of ours runs."""
    return label(deployment, labels.VERSION) or ""


def read(deployments: tuple[Object, ...], version: str, replicas: int, template: str | None) -> Rollout:
    """Return how far ``version`` is on its way to ``replicas`` pods.

    Args:
        deployments: those of all versions.
        version: the one that is asked about.
        replicas: how many pods there should be.
        template: the fingerprint of the pods that there should be; None when that is not known any more.
    """
    found = next((item for item in deployments if version_of(item) == version), None)
    if found is None:
        return Rollout(version, replicas)
    status = found.get("status", {})
    current = (
        status.get("observedGeneration", 0) >= found["metadata"]["generation"]
        and found["spec"]["replicas"] == replicas
        and template in (None, annotation(found, TEMPLATE))
    )
    whole = status.get("readyReplicas", 0) >= replicas and status.get("updatedReplicas", 0) >= replicas
    surplus = status.get("replicas", 0) > replicas
    return Rollout(
        version=version,
        wanted=replicas,
        pods=status.get("replicas", 0),
        ready=status.get("readyReplicas", 0),
        complete=current and whole and not surplus,
        digest=found["spec"]["template"]["metadata"].get("annotations", {}).get(DIGEST),
        blocked=_blocked(found),
    )


def _blocked(deployment: Object) -> str | None:
    told = condition(deployment, "ReplicaFailure")
    return str(told.get("message", "")) if told and told["status"] == "True" else None
