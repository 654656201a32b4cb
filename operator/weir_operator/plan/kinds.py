"""Our kinds: how each is parsed, planned and waited for. A new kind is a folder beside this file and an entry in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from weir_model.errors import UriError
from weir_operator.api.v1alpha1 import ConditionType, Kind, ModelDeployment, ModelVersion, TrainingJob
from weir_operator.plan import invalid
from weir_operator.plan.conditions import Finding
from weir_operator.plan.model_deployment import planner as model_deployment
from weir_operator.plan.model_version import planner as model_version
from weir_operator.plan.objects import Object
from weir_operator.plan.observed import Observed, Reference
from weir_operator.plan.overlay import overlay
from weir_operator.plan.plan import Plan
from weir_operator.plan.training_job import planner as training_job


@dataclass(frozen=True)
class Planner:
    """How objects of one kind are decided about.

    Attributes:
        type: the parsed object.
        top: the condition that people wait for.
        plan: the decision about a parsed object.
        refers_to: names the objects of ours that a decision depends on, from the raw object and its children.
    """

    type: type[Kind]
    top: ConditionType
    plan: Callable[[Any, Observed], Plan]
    refers_to: Callable[[Object, tuple[Object, ...]], frozenset[Reference]]


PLANNERS: Final = {
    planner.type.KIND: planner
    for planner in (
        Planner(TrainingJob, ConditionType.SUCCEEDED, training_job.plan, training_job.refers_to),
        Planner(ModelVersion, ConditionType.READY, model_version.plan, model_version.refers_to),
        Planner(ModelDeployment, ConditionType.READY, model_deployment.plan, model_deployment.refers_to),
    )
}


def decide(observed: Observed) -> Plan:
    """Return what to do about an object of any of our kinds, valid or not."""
    planner = PLANNERS[observed.parent["kind"]]
    try:
        return planner.plan(planner.type.parse(observed.parent), observed)
    except (ValidationError, UriError) as error:
        return overlay(observed.parent, invalid.findings(planner.top, error), observed.now)


def trouble(observed: Observed, finding: Finding) -> Plan:
    """Return the plan that only says what kept the last plan from being carried out.

    A run that is over keeps its verdict: it would not be found out again.
    """
    if "completionTime" in observed.parent.get("status", {}):
        return Plan()
    return overlay(observed.parent, (finding,), observed.now)


def top_condition(kind: str) -> ConditionType:
    """Return the condition that people wait for on objects of a kind."""
    return PLANNERS[kind].top
