"""What the conditions of an endpoint say. Each answers one question; Ready is all of them together.

Available is about now, Progressing about the way to what the spec asks for: a version that cannot be loaded stops the
one, while the version before it keeps the other.
"""

from __future__ import annotations

from typing import Final

from weir_operator.api.v1alpha1 import ConditionType, Reason
from weir_operator.plan.conditions import Finding, stalled
from weir_operator.plan.endings import Problem
from weir_operator.plan.model_deployment.rollout import Rollout
from weir_operator.plan.model_deployment.view import View

# Failures that the pods' trying again cannot cure.
_FINAL: Final = frozenset(
    {
        Reason.ARTIFACT_NOT_FOUND,
        Reason.DIGEST_MISMATCH,
        Reason.GOLDEN_MISMATCH,
        Reason.LOAD_FAILED,
        Reason.OUT_OF_MEMORY,
    }
)


def findings(view: View) -> tuple[Finding, ...]:
    """Return everything that there is to say."""
    told = (_available(view), _progressing(view), _traffic_applied(view))
    return (*told, _ready(told), *_stalled(view))


def _available(view: View) -> Finding:
    kind = ConditionType.AVAILABLE
    if view.deployment.spec.replicas == 0:
        return Finding(kind, holds=False, reason=Reason.SCALED_TO_ZERO)
    if view.current is None:
        return _not_yet(view, kind)
    serving = view.rollout(view.current)
    if serving.ready:
        return Finding(kind, holds=True, reason=Reason.SERVING, message=_count(serving))
    problem = view.problem(view.current)
    if problem:
        return Finding(kind, holds=False, reason=problem.reason, message=problem.message)
    reason = Reason.NO_READY_REPLICAS if view.has_answered else Reason.ROLLING_OUT
    return Finding(kind, holds=False, reason=reason, message=_count(serving))


def _not_yet(view: View, kind: ConditionType) -> Finding:
    if view.refused:
        return Finding(kind, holds=False, reason=view.refused.reason, message=view.refused.message)
    return Finding(kind, False, Reason.ROLLING_OUT, f"the pods of version {view.goal} are being created")


def _progressing(view: View) -> Finding:
    kind = ConditionType.PROGRESSING
    if view.refused:
        return Finding(kind, holds=False, reason=view.refused.reason, message=view.refused.message)
    wanted = view.rollout(view.deployment.spec.version)
    problem = _obstacle(view, wanted)
    if problem and not wanted.complete:
        return Finding(kind, holds=False, reason=problem.reason, message=problem.message)
    if view.current != wanted.version or not view.has_answered:
        return Finding(kind, holds=True, reason=Reason.ROLLING_OUT, message=_count(wanted))
    if wanted.complete:
        return Finding(kind, holds=True, reason=Reason.COMPLETE, message=_count(wanted))
    return Finding(kind, holds=True, reason=Reason.SCALING, message=_change(wanted))


def _obstacle(view: View, wanted: Rollout) -> Problem | None:
    if wanted.blocked is not None:
        return Problem(Reason.APPLY_FAILED, wanted.blocked)
    return view.problem(wanted.version)


def _traffic_applied(view: View) -> Finding:
    kind, wanted = ConditionType.TRAFFIC_APPLIED, view.deployment.spec.version
    if view.selection and view.selection.version == wanted:
        return Finding(kind, True, Reason.SERVING, f"version {wanted} has all the traffic")
    instead = f"version {view.selection.version} has it" if view.selection else "no version has it"
    if view.refused:
        text = f"version {wanted} may not have the traffic, {instead}: {view.refused.message}"
        return Finding(kind, holds=False, reason=view.refused.reason, message=text)
    return Finding(kind, False, Reason.ROLLING_OUT, f"version {wanted} is to have the traffic; {instead}")


def _ready(told: tuple[Finding, ...]) -> Finding:
    """Return Ready: the trouble that explains the others first, else that all is well."""
    available, progressing, applied = told
    for finding in (progressing, available, applied):
        if not finding.holds:
            return Finding(ConditionType.READY, holds=False, reason=finding.reason, message=finding.message)
    if progressing.reason != Reason.COMPLETE:
        return Finding(ConditionType.READY, False, progressing.reason, progressing.message)
    return Finding(ConditionType.READY, holds=True, reason=Reason.SERVING, message=available.message)


def _stalled(view: View) -> tuple[Finding, ...]:
    if view.refused:
        return (stalled(view.refused.reason, view.refused.message),) if view.refused.final else ()
    wanted = view.rollout(view.deployment.spec.version)
    problem = view.problem(wanted.version)
    if problem and problem.reason in _FINAL and not wanted.complete:
        return (stalled(problem.reason, problem.message),)
    return ()


def _count(rollout: Rollout) -> str:
    return f"{rollout.ready} of {rollout.wanted} pods of version {rollout.version} are ready"


def _change(rollout: Rollout) -> str:
    enough = rollout.ready >= rollout.wanted
    return f"{_count(rollout)}; pods are being replaced or removed" if enough else _count(rollout)
