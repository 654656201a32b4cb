"""The Job around one container that works once and leaves its result in the termination message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from weir_model import contract
from weir_operator.plan import pods
from weir_operator.plan.objects import Object

# What cannot get better is not tried again; what the cluster did to the pod does not count as a try.
_IGNORE_DISRUPTIONS: Final = {
    "action": "Ignore",
    "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
}
_HOPELESS: Final = (contract.EXIT_USER_ERROR, contract.EXIT_DEADLINE, contract.EXIT_OUT_OF_MEMORY)


@dataclass(frozen=True)
class Work:
    """What is to be done once.

    Attributes:
        metadata: the Job's; its labels are also those of its pod.
        pod: what of the pod's spec is the work's own: placement, volumes.
        container: what of the container is the work's own: image, command, environment, resources, mounts.
        retries: how often a crash is tried again.
        deadline_seconds: after which Kubernetes ends the pod, as a backstop to the container's own deadline.
    """

    metadata: Object
    container: Object
    pod: Object
    retries: int
    deadline_seconds: int
    service_account: str | None = None


def job(work: Work) -> Object:
    """Return the Job for some work."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": work.metadata,
        "spec": {
            "backoffLimit": work.retries,
            "podFailurePolicy": {"rules": [_IGNORE_DISRUPTIONS, _fail_at_once(work.container["name"])]},
            "template": {"metadata": {"labels": work.metadata["labels"]}, "spec": _pod(work)},
        },
    }


def _fail_at_once(container: str) -> Object:
    exit_codes = {"containerName": container, "operator": "In", "values": sorted(_HOPELESS)}
    return {"action": "FailJob", "onExitCodes": exit_codes}


def _pod(work: Work) -> Object:
    spec = {
        **work.pod,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": work.deadline_seconds,
        "volumes": [*work.pod.get("volumes", ()), pods.empty_dir(pods.TMP)],
        "containers": [_container(work.container)],
    }
    return pods.hardened(spec, service_account=work.service_account)


def _container(container: Object) -> Object:
    return {
        **container,
        "securityContext": pods.container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [*container.get("volumeMounts", ()), pods.mount(pods.TMP, pods.TMP_DIR)],
    }
