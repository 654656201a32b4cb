"""What the conditions of a version say in each of its states. Ready follows Verified."""

from __future__ import annotations

from weir_operator.api.v1alpha1 import ConditionType, Reason
from weir_operator.plan import names
from weir_operator.plan.conditions import Finding, stalled
from weir_operator.plan.endings import Problem
from weir_operator.plan.runs import Ongoing


def ongoing(state: Ongoing) -> tuple[Finding, ...]:
    """Return the findings about a version that is not verified yet."""
    return (
        Finding(ConditionType.VERIFIED, None, state.reason, state.message),
        Finding(ConditionType.READY, holds=False, reason=state.reason, message=state.message),
    )


def verified(examples: int | None) -> tuple[Finding, ...]:
    """Return the findings about a version that passed; ``examples`` is how many golden examples it answered."""
    replayed = "" if examples is None else f"the artifact has its digest, and {examples} golden examples agree"
    return (
        Finding(ConditionType.VERIFIED, holds=True, reason=Reason.VERIFIED, message=replayed),
        Finding(ConditionType.READY, holds=True, reason=Reason.VERIFIED, message=replayed),
    )


def failed(problem: Problem, version: str) -> tuple[Finding, ...]:
    """Return the findings about a version that did not pass."""
    again = f"delete Job {names.verification(version)} to verify it again"
    return (
        Finding(ConditionType.VERIFIED, holds=False, reason=problem.reason, message=problem.message),
        Finding(ConditionType.READY, holds=False, reason=problem.reason, message=problem.message),
        stalled(problem.reason, f"the version cannot be used; when the cause is gone, {again}"),
    )
