"""Why a pod does not run yet, where Kubernetes knows a reason that a person can act upon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from weir_operator.api.v1alpha1 import Reason
from weir_operator.plan.endings import Problem
from weir_operator.plan.objects import Object, condition

_MISSING_CLAIM: Final = re.compile(r'persistentvolumeclaim "([^"]+)" not found')
_REASONS: Final = {
    "ErrImagePull": Reason.IMAGE_PULL_FAILED,
    "ImagePullBackOff": Reason.IMAGE_PULL_FAILED,
    "ErrImageNeverPull": Reason.IMAGE_PULL_FAILED,
    "InvalidImageName": Reason.IMAGE_PULL_FAILED,
    "ImageInspectError": Reason.IMAGE_PULL_FAILED,
    "RegistryUnavailable": Reason.IMAGE_PULL_FAILED,
    "CreateContainerConfigError": Reason.CONTAINER_NOT_STARTED,
    "CreateContainerError": Reason.CONTAINER_NOT_STARTED,
    "RunContainerError": Reason.CONTAINER_NOT_STARTED,
}


def obstacle(pod: Object) -> Problem | None:
    """Return what keeps a pod from running; None when nothing known does."""
    scheduled = condition(pod, "PodScheduled")
    if scheduled and scheduled["status"] == "False" and scheduled.get("reason") == "Unschedulable":
        return _unschedulable(scheduled.get("message", ""))
    return next(_blocked(pod), None)


def _unschedulable(message: str) -> Problem:
    claim = _MISSING_CLAIM.search(message)
    if claim is None:
        return Problem(Reason.UNSCHEDULABLE, message)
    text = f"there is no PersistentVolumeClaim {claim[1]} in the namespace; create it, or correct the pvc:// URI"
    return Problem(Reason.CLAIM_NOT_FOUND, text)


def _blocked(pod: Object) -> Iterator[Problem]:
    for container in container_statuses(pod):
        waiting = container.get("state", {}).get("waiting", {})
        reason = _REASONS.get(waiting.get("reason", ""))
        if reason:
            text = f"container {container['name']} ({container['image']}): {waiting['reason']}"
            message = waiting.get("message")
            yield Problem(reason, f"{text}: {message}" if message else text)


def container_statuses(pod: Object) -> tuple[Object, ...]:
    """Return the statuses of all containers of a pod, init containers first."""
    status = pod.get("status", {})
    return (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ()))
