"""Conditions: what was found out, written the way Kubernetes wants it, and the Events that follow from changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from weir_operator.api.v1alpha1 import Condition, ConditionType, Reason
from weir_operator.api.v1alpha1.conditions import ConditionStatus
from weir_operator.plan.plan import Event

MESSAGE_LIMIT: Final = 4096  # characters; a log's tail may be long, and a status is read by people

# Reasons of things going their way; an Event of any other reason is a warning.
_CALM: Final = frozenset(
    {
        Reason.COMPLETE,
        Reason.DATA_READ,
        Reason.PENDING,
        Reason.ROLLING_OUT,
        Reason.RUNNING,
        Reason.SCALED_TO_ZERO,
        Reason.SCALING,
        Reason.SERVING,
        Reason.SUCCEEDED,
        Reason.VERIFIED,
        Reason.VERIFYING,
    }
)


@dataclass(frozen=True)
class Finding:
    """One thing that was found out: what a condition will say.

    Attributes:
        holds: True, False, or None for what is not known (yet).
    """

    type: ConditionType
    holds: bool | None
    reason: Reason
    message: str = ""


def stalled(reason: Reason, message: str) -> Finding:
    """Return the finding that nothing will change until the user acts."""
    return Finding(ConditionType.STALLED, holds=True, reason=reason, message=message)


def conditions(
    previous: Iterable[Condition], findings: Iterable[Finding], generation: int, now: datetime
) -> tuple[Condition, ...]:
    """Return the findings as conditions.

    A condition keeps its transition time for as long as its status stays the same, and one that nothing was found
    about (Stalled, when it is over) is gone.
    """
    before = {condition.type: condition for condition in previous}
    return tuple(_condition(finding, before.get(finding.type), generation, now) for finding in findings)


def find(conditions: Iterable[Condition], kind: ConditionType) -> Condition | None:
    """Return the condition of a type."""
    return next((condition for condition in conditions if condition.type == kind), None)


def events(previous: Iterable[Condition], current: Iterable[Condition]) -> tuple[Event, ...]:
    """Return an Event for every reason that is new, each reason once."""
    before = {(condition.type, condition.status, condition.reason) for condition in previous}
    news: dict[str, Event] = {}
    for condition in current:
        if (condition.type, condition.status, condition.reason) not in before:
            news.setdefault(condition.reason, _event(condition))
    return tuple(news.values())


def _condition(finding: Finding, previous: Condition | None, generation: int, now: datetime) -> Condition:
    status = _status(finding.holds)
    since = previous.last_transition_time if previous and previous.status == status else now.replace(microsecond=0)
    return Condition(
        type=finding.type.value,
        status=status,
        reason=finding.reason.value,
        message=shortened(finding.message or finding.reason.sentence),
        observed_generation=generation,
        last_transition_time=since,
    )


def _status(holds: bool | None) -> ConditionStatus:
    return "Unknown" if holds is None else "True" if holds else "False"


def _event(condition: Condition) -> Event:
    calm = condition.reason in _CALM
    return Event("Normal" if calm else "Warning", condition.reason, condition.type, condition.message)


def shortened(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """Return at most ``limit`` characters of ``text``: the beginning says what happened, the end where it led."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]}\n…\n{text[-half:]}"
