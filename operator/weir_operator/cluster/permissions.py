"""Everything that the operator touches in a cluster, and what it may do there.

The client refuses a kind that is not listed here, and the chart's roles are tested against ``PERMISSIONS``: code and
RBAC cannot drift apart. Names only: what the kinds mean is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

OBSERVE: Final = ("get", "list", "watch")
APPLY: Final = ("create", "patch")  # server-side apply creates what is not there yet, which needs both


@dataclass(frozen=True)
class Resource:
    """One kind, where it is served and the verbs that the operator needs on it.

    Attributes:
        subresources: verbs by subresource.
    """

    api_version: str
    kind: str
    plural: str
    verbs: tuple[str, ...]
    subresources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The API group; empty for the core one."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version within the group."""
        return self.api_version.rpartition("/")[2]


@dataclass(frozen=True)
class Permission:
    """A line of a role."""

    group: str
    resource: str
    verbs: tuple[str, ...]


# kopf patches the finalizer in; `update` on finalizers is what OwnerReferencesPermissionEnforcement asks of whoever
# sets blockOwnerDeletion.
_OURS: Final = {"status": ("patch",), "finalizers": ("update",)}

RESOURCES: Final = (
    Resource("weir.dev/v1alpha1", "TrainingJob", "trainingjobs", (*OBSERVE, "patch"), _OURS),
    Resource("weir.dev/v1alpha1", "ModelVersion", "modelversions", (*OBSERVE, *APPLY), _OURS),
    Resource("weir.dev/v1alpha1", "ModelDeployment", "modeldeployments", (*OBSERVE, "patch"), _OURS),
    Resource("batch/v1", "Job", "jobs", (*OBSERVE, *APPLY, "delete")),
    Resource("v1", "Pod", "pods", ("list", "watch")),
    Resource("v1", "Service", "services", (*OBSERVE, *APPLY)),
    Resource("apps/v1", "Deployment", "deployments", (*OBSERVE, *APPLY, "delete")),
    Resource("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", (*OBSERVE, *APPLY)),
    Resource("events.k8s.io/v1", "Event", "events", ("create",)),
)


def _lines() -> Iterator[Permission]:
    for resource in RESOURCES:
        yield Permission(resource.group, resource.plural, resource.verbs)
        for name, verbs in resource.subresources.items():
            yield Permission(resource.group, f"{resource.plural}/{name}", verbs)


PERMISSIONS: Final = tuple(_lines())
