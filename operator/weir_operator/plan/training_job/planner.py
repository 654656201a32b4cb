"""The plan of a TrainingJob: a Job until there is a result, then a ModelVersion for as long as the run is remembered.

    checks -> Job -> result (or failure) -> ModelVersion (or none), status -> (time to live) -> the Job goes

A run is finished when its status has a completion time. From then on no Job is ever made for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from weir_model import contract
from weir_model.outcome import TrainingResult
from weir_operator.api.v1alpha1 import Reason, TrainingJob
from weir_operator.api.v1alpha1.training_job import ArtifactStatus, DataStatus
from weir_operator.plan import names, ttl
from weir_operator.plan.conditions import Finding, conditions, events
from weir_operator.plan.endings import Problem
from weir_operator.plan.objects import Object, is_going
from weir_operator.plan.observed import Observed, Reference
from weir_operator.plan.plan import Plan
from weir_operator.plan.runs import Ongoing, Reading, read
from weir_operator.plan.training_job import findings, job, version
from weir_operator.plan.training_job.checks import violation

_READING: Final = Reading(TrainingResult, contract.TRAINER_CONTAINER, Reason.RUNNING, Reason.TRAINER_CRASHED)


def refers_to(parent: Object, _children: tuple[Object, ...]) -> frozenset[Reference]:
    """Return what decides about a run beside its children: a version of its name."""
    return frozenset({Reference("ModelVersion", parent["metadata"]["name"])})


def plan(run: TrainingJob, observed: Observed) -> Plan:
    """Return what to do about a run."""
    if run.status.completion_time is not None:
        return _after(run, observed)
    found = violation(run, observed)
    if found:
        return _told(run, observed, findings.failed(found))
    return _advance(run, observed)


def _advance(run: TrainingJob, observed: Observed) -> Plan:
    made = observed.owned("Job")
    state = _state(made[0], observed) if made else None
    if isinstance(state, TrainingResult):
        return _succeeded(run, observed, state)
    # The pass that made the version may have been cut short before it wrote the status.
    existing = observed.find("ModelVersion", run.metadata.name)
    if existing:
        return _succeeded(run, observed, version.artifact_of(existing))
    if isinstance(state, Problem):
        return _failed(run, observed, state)
    if isinstance(state, Ongoing):
        told = _told(run, observed, findings.ongoing(state), **_seen(run, observed))
        return replace(told, requeue_after=state.requeue_after)
    return _start(run, observed)


def _state(made: Object, observed: Observed) -> Ongoing | Problem | TrainingResult:
    if is_going(made):
        return Ongoing(Reason.PENDING, "a Job that was deleted is going; another one follows")
    return read(made, observed.pods, _READING, observed.now)


def _start(run: TrainingJob, observed: Observed) -> Plan:
    name = names.training(run.metadata.name)
    told = _told(
        run, observed, findings.ongoing(Ongoing(Reason.PENDING, f"Job {name} is being created")), job_name=name
    )
    return replace(told, apply=(job.manifest(run, observed.settings),))


def _succeeded(run: TrainingJob, observed: Observed, result: TrainingResult | ArtifactStatus) -> Plan:
    artifact = ArtifactStatus(uri=result.uri, digest=result.digest)
    ended: dict[str, Any] = {"artifact": artifact, "model_version": run.metadata.name}
    data = result.data if isinstance(result, TrainingResult) else None
    if isinstance(result, TrainingResult):
        ended |= {"data": DataStatus.model_validate(vars(result.data)), "metrics": result.metrics}
    told = _told(run, observed, findings.succeeded(run.metadata.name, data), **_ended(run, observed), **ended)
    return replace(told, apply=(version.manifest(run, artifact),))


def _failed(run: TrainingJob, observed: Observed, problem: Problem) -> Plan:
    data = DataStatus.model_validate(vars(problem.data)) if problem.data else None
    found = findings.failed(problem)
    return _told(run, observed, found, **_ended(run, observed), data=data, metrics=problem.metrics)


def _after(run: TrainingJob, observed: Observed) -> Plan:
    """Return what is left to do about a finished run: keep its version there, and let its Job go in time."""
    status, keep = run.status, run.spec.ttl_seconds_after_finished
    missing = observed.find("ModelVersion", run.metadata.name) is None
    recorded = status.completion_time or observed.now
    gone, again = ttl.expired(
        observed.owned("Job"), recorded, None if keep is None else timedelta(seconds=keep), observed.now
    )
    return Plan(
        apply=(version.manifest(run, status.artifact),) if status.artifact and missing else (),
        delete=gone,
        status=status.model_dump(mode="json", by_alias=True, exclude_none=True),
        requeue_after=again,
    )


def _seen(run: TrainingJob, observed: Observed) -> dict[str, Any]:
    started = run.status.start_time or observed.now.replace(microsecond=0)
    return {"job_name": names.training(run.metadata.name), "start_time": started}


def _ended(run: TrainingJob, observed: Observed) -> dict[str, Any]:
    return _seen(run, observed) | {"completion_time": observed.now.replace(microsecond=0)}


def _told(run: TrainingJob, observed: Observed, found: Sequence[Finding], **updates: Any) -> Plan:
    """Return the plan that writes the findings, and other fields of the status, and nothing else."""
    before, generation = run.status.conditions, run.metadata.generation
    current = conditions(before, found, generation, observed.now)
    status = run.status.model_copy(update={"observed_generation": generation, "conditions": current, **updates})
    return Plan(status=status.model_dump(mode="json", by_alias=True, exclude_none=True), events=events(before, current))
