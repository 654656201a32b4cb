"""What became of a Job: read from its conditions and from its pods' termination messages.

A Job's pod may be gone while its Job is still there, and either may be seen before the other. So a result counts as
soon as a pod has it, a failure only once Kubernetes has given the Job up, and a result that is missing only after the
pod had time to show up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from weir_model.outcome import TrainingResult, VerificationResult, decode
from weir_operator.api.v1alpha1 import Reason
from weir_operator.plan.endings import Problem, why
from weir_operator.plan.objects import Object, condition, is_going, is_true, owner_uid, parse_time, uid
from weir_operator.plan.waiting import container_statuses, obstacle

PATIENCE: Final = timedelta(seconds=15)  # how much later than its Job's end a pod may be seen
NO_POD_AFTER: Final = timedelta(seconds=15)  # Jobs normally have their pod within one second

R = TypeVar("R", TrainingResult, VerificationResult)


@dataclass(frozen=True)
class Ongoing:
    """The Job has no result yet.

    Attributes:
        requeue_after: seconds after which the passing of time alone may have changed this.
    """

    reason: Reason
    message: str
    requeue_after: float | None = None


@dataclass(frozen=True)
class Reading(Generic[R]):
    """How a Job is read.

    Attributes:
        result: what the container leaves behind when all went well.
        container: the container that has the result.
        running: the reason while it runs.
        crashed: the reason when it ends without one.
    """

    result: type[R]
    container: str
    running: Reason
    crashed: Reason


def read(job: Object, pods: tuple[Object, ...], reading: Reading[R], now: datetime) -> Ongoing | Problem | R:
    """Return what became of ``job``; ``pods`` may contain those of other Jobs."""
    mine = sorted((pod for pod in pods if owner_uid(pod) == uid(job)), key=_age, reverse=True)
    ended = [(pod, end) for pod in mine if (end := _end(pod, reading.container)) is not None]
    for _, end in ended:
        told = decode(end.get("message", ""))
        if isinstance(told, reading.result) and end.get("exitCode") == 0:
            return told
    if _is_over(job):
        return _failure(job, mine, ended, reading, now)
    return _ongoing(job, mine, reading, now)


def _is_over(job: Object) -> bool:
    return any(is_true(job, kind) for kind in ("Failed", "FailureTarget", "Complete"))


def _failure(
    job: Object, pods: list[Object], ended: list[tuple[Object, Object]], reading: Reading[R], now: datetime
) -> Ongoing | Problem:
    if ended:
        pod, end = ended[0]
        return why(pod, reading.container, end, reading.crashed)
    dead = next((pod for pod in pods if pod.get("status", {}).get("phase") == "Failed"), None)
    if dead is not None:
        return why(dead, reading.container, {}, reading.crashed)
    over = next(c for kind in ("Failed", "FailureTarget", "Complete") if (c := condition(job, kind)))
    left = parse_time(over["lastTransitionTime"]) + PATIENCE - now
    if left > timedelta(0):
        return Ongoing(reading.running, "the Job ended; its pod's result is yet to be seen", left.total_seconds())
    told = over.get("message") or over.get("reason") or over["type"]
    return Problem(Reason.RESULT_LOST, f"the Job ended ({told}), but no pod of it is left to read the result from")


def _ongoing(job: Object, pods: list[Object], reading: Reading[R], now: datetime) -> Ongoing:
    live = [pod for pod in pods if _end(pod, reading.container) is None and not is_going(pod)]
    if not live:
        return _podless(job, pods, now)
    found = obstacle(live[0])
    if found:
        return Ongoing(found.reason, found.message)
    started = any("running" in status.get("state", {}) for status in container_statuses(live[0]))
    if started:
        return Ongoing(reading.running, f"pod {live[0]['metadata']['name']} is running")
    return Ongoing(Reason.PENDING, f"pod {live[0]['metadata']['name']} is starting")


def _podless(job: Object, pods: list[Object], now: datetime) -> Ongoing:
    name = job["metadata"]["name"]
    if pods:
        return Ongoing(Reason.PENDING, f"Job {name} is about to try again")
    left = parse_time(job["metadata"]["creationTimestamp"]) + NO_POD_AFTER - now
    if left > timedelta(0):
        return Ongoing(Reason.PENDING, f"Job {name} was created", left.total_seconds())
    return Ongoing(Reason.POD_NOT_CREATED, f"Job {name} has no pod; `kubectl describe job {name}` says why")


def _end(pod: Object, container: str) -> Object | None:
    """Return how the container ended, or None when it has not."""
    for status in container_statuses(pod):
        if status["name"] == container:
            ended: Object | None = status.get("state", {}).get("terminated")
            return ended
    return None


def _age(pod: Object) -> str:
    return str(pod["metadata"]["creationTimestamp"])
