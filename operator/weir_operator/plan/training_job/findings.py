"""What the conditions of a run say in each of its states."""

from __future__ import annotations

from typing import Final

from weir_model.manifest import DataLineage
from weir_operator.api.v1alpha1 import ConditionType, Reason
from weir_operator.plan.conditions import Finding, stalled
from weir_operator.plan.endings import Problem
from weir_operator.plan.runs import Ongoing

# Failures that are the data's fault.
_REFUSED_DATA: Final = frozenset(
    {
        Reason.DATA_NOT_FOUND,
        Reason.DATA_UNREADABLE,
        Reason.INVALID_COLUMN,
        Reason.INVALID_SPLIT,
        Reason.NO_ROWS,
        Reason.SINGLE_CLASS,
        Reason.TARGET_MISSING,
        Reason.TARGET_NOT_CATEGORICAL,
        Reason.TARGET_NOT_NUMERIC,
    }
)


def ongoing(state: Ongoing) -> tuple[Finding, ...]:
    """Return the findings about a run without a result yet."""
    return (
        Finding(ConditionType.DATA_ACCEPTED, None, state.reason, state.message),
        Finding(ConditionType.SUCCEEDED, None, state.reason, state.message),
    )


def succeeded(version: str, data: DataLineage | None) -> tuple[Finding, ...]:
    """Return the findings about a run that made a version."""
    return (
        Finding(ConditionType.DATA_ACCEPTED, holds=True, reason=Reason.DATA_READ, message=_read(data)),
        Finding(ConditionType.SUCCEEDED, True, Reason.SUCCEEDED, f"the run made ModelVersion {version}"),
    )


def failed(problem: Problem) -> tuple[Finding, ...]:
    """Return the findings about a run that ended badly, or that may not start."""
    return (
        _data(problem),
        Finding(ConditionType.SUCCEEDED, holds=False, reason=problem.reason, message=problem.message),
        stalled(problem.reason, problem.message),
    )


def _data(problem: Problem) -> Finding:
    if problem.data is not None:
        return Finding(ConditionType.DATA_ACCEPTED, True, Reason.DATA_READ, _read(problem.data))
    holds = False if problem.reason in _REFUSED_DATA else None
    return Finding(ConditionType.DATA_ACCEPTED, holds, problem.reason, problem.message)


def _read(data: DataLineage | None) -> str:
    return f"{data.rows} rows and {data.columns} columns were read from {data.uri}" if data else ""
