"""Pods that could not load or serve their version, and why: what a person would look up in logs and events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from weir_operator.api.v1alpha1 import Reason
from weir_operator.api.v1alpha1.model_deployment import LOAD_FAILURES_LIMIT, LoadFailure
from weir_operator.plan import labels
from weir_operator.plan.conditions import shortened
from weir_operator.plan.endings import Problem, why
from weir_operator.plan.objects import Object, is_going, is_true, label
from weir_operator.plan.waiting import container_statuses, obstacle

_MESSAGE_LIMIT: Final = 2048  # characters of one failure; there may be several


@dataclass(frozen=True)
class PodProblem:
    """What is wrong with one pod."""

    pod: str
    version: str
    container: str
    problem: Problem


def failures(pods: tuple[Object, ...]) -> tuple[PodProblem, ...]:
    """Return the containers that failed in pods that are not ready, the newest pods first.

    A crash that the pod has recovered from is history, not a failure.
    """
    suspects = [pod for pod in pods if not is_going(pod) and not is_true(pod, "Ready")]
    suspects.sort(key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]), reverse=True)
    return tuple(found for pod in suspects for found in _of(pod))


def status(found: tuple[PodProblem, ...]) -> tuple[LoadFailure, ...]:
    """Return the failures as they are told in the status, no more than fit there."""
    return tuple(
        LoadFailure(
            pod=each.pod,
            container=each.container,
            reason=each.problem.reason.value,
            message=shortened(each.problem.message, _MESSAGE_LIMIT),
        )
        for each in found[:LOAD_FAILURES_LIMIT]
    )


def problem(pods: tuple[Object, ...], found: tuple[PodProblem, ...], version: str) -> Problem | None:
    """Return what stands in the way of ``version``: a failure of one of its pods, or that they cannot start."""
    failed = next((each.problem for each in found if each.version == version), None)
    waiting = (obstacle(pod) for pod in pods if label(pod, labels.VERSION) == version and not is_going(pod))
    return failed or next((found for found in waiting if found), None)


def _of(pod: Object) -> Iterator[PodProblem]:
    for container in container_statuses(pod):
        ended = _failed_end(container)
        if ended is not None:
            problem = why(pod, container["name"], ended, Reason.SERVER_CRASHED)
            yield PodProblem(pod["metadata"]["name"], label(pod, labels.VERSION) or "", container["name"], problem)


def _failed_end(container: Object) -> Object | None:
    """Return how the container ended badly: just now, or the last time if it is being started again."""
    for state in (container.get("state", {}), container.get("lastState", {})):
        ended: Object | None = state.get("terminated")
        if ended is not None:
            return ended if ended.get("exitCode") != 0 else None
    return None
