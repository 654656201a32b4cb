"""The status of an object about which nothing could be decided: what was known stays, and the trouble is added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from weir_operator.api.v1alpha1 import Condition, ConditionType
from weir_operator.plan.conditions import Finding, conditions, events
from weir_operator.plan.objects import Object
from weir_operator.plan.plan import Plan


def overlay(parent: Object, findings: Sequence[Finding], now: datetime) -> Plan:
    """Return the plan that only tells the ``findings``.

    Conditions that they do not speak of stay as they are, but for Stalled, which only holds while it is said.
    """
    before = observed_conditions(parent)
    generation = int(parent["metadata"].get("generation", 1))
    told = conditions(before, findings, generation, now)
    kept = tuple(c for c in before if c.type not in {t.type for t in told} | {ConditionType.STALLED.value})
    current = (*kept, *told)
    dumped = [condition.model_dump(mode="json", by_alias=True, exclude_none=True) for condition in current]
    status = parent.get("status", {}) | {"observedGeneration": generation, "conditions": dumped}
    return Plan(status=status, events=events(before, told))


def observed_conditions(parent: Object) -> tuple[Condition, ...]:
    """Return the conditions in the object's status, without any that this operator cannot read."""
    found = []
    for entry in parent.get("status", {}).get("conditions", ()):
        try:
            found.append(Condition.model_validate(entry))
        except ValidationError:
            continue
    return tuple(found)
