"""Why a container ended: read from its termination message, its exit code and what killed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from weir_model import contract
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, decode
from weir_operator.api.v1alpha1 import Reason
from weir_operator.plan.objects import Object, is_going

Terminated = Object  # a ContainerStateTerminated

_SIGNALS: Final = 128  # an exit code beyond it is a signal's number plus this


@dataclass(frozen=True)
class Problem:
    """Something that went wrong, or that is in the way.

    Attributes:
        data: what a run had read before it failed.
        metrics: what it had measured.
    """

    reason: Reason
    message: str
    data: DataLineage | None = None
    metrics: dict[str, float] = field(default_factory=dict)


def why(pod: Object, container: str, terminated: Terminated, crashed: Reason) -> Problem:
    """Return why a container of a pod ended without a result.

    Args:
        pod: the pod, for its own reason and the container's memory limit.
        container: the container's name.
        terminated: how it ended.
        crashed: the reason to give when nobody knows a better one.
    """
    status = pod.get("status", {})
    if status.get("reason") == "DeadlineExceeded":
        return Problem(Reason.DEADLINE_EXCEEDED, _with_tail("the pod took longer than its deadline", terminated))
    told = decode(terminated.get("message", ""))
    if isinstance(told, Failure):
        return Problem(reason_named(told.reason), told.message, told.data, told.metrics)
    if _ran_out_of_memory(terminated) or _trainer_was_killed(pod, container, terminated):
        limit = memory_limit(pod, container)
        text = f"the container needed more memory than its limit of {limit} and was killed"
        return Problem(Reason.OUT_OF_MEMORY, _with_tail(text, terminated))
    if status.get("reason"):
        return Problem(crashed, _with_tail(f"{status['reason']}: {status.get('message', '')}", terminated))
    return Problem(crashed, _with_tail(f"the container ended with {_exit(terminated)}", terminated))


def reason_named(text: str) -> Reason:
    """Return the reason of a name that is known to be one."""
    return next(reason for reason in Reason if reason.value == text)


def memory_limit(pod: Object, container: str) -> str:
    """Return a container's memory limit as it is written in the pod, or "(none)"."""
    spec = pod["spec"]
    for candidate in (*spec.get("containers", ()), *spec.get("initContainers", ())):
        if candidate["name"] == container:
            return str(candidate.get("resources", {}).get("limits", {}).get("memory", "(none)"))
    return "(none)"


def _ran_out_of_memory(terminated: Terminated) -> bool:
    """Return whether memory was the cause: in the container, or already when it was started."""
    return terminated.get("reason") == "OOMKilled" or "OOM-killed" in terminated.get("message", "")


def _trainer_was_killed(pod: Object, container: str, terminated: Terminated) -> bool:
    """Return whether somebody killed the trainer, though nobody had asked its pod to go.

    Where only the trainer's worker is killed, a container runtime may miss that it was for memory.
    """
    killed = container == contract.TRAINER_CONTAINER and terminated.get("exitCode") == contract.EXIT_OUT_OF_MEMORY
    return killed and not is_going(pod) and not pod.get("status", {}).get("reason")


def _exit(terminated: Terminated) -> str:
    if "exitCode" not in terminated:
        return "no known exit code"
    code = terminated["exitCode"]
    signal = f" (signal {code - _SIGNALS})" if code > _SIGNALS else ""
    return f"exit code {code}{signal}"


def _with_tail(text: str, terminated: Terminated) -> str:
    tail = terminated.get("message", "").strip()
    return f"{text}; the last lines of its log:\n{tail}" if tail else text
