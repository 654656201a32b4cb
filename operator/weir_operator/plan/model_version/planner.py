"""The plan of a ModelVersion: one verification Job, whose verdict stays.

A verdict that was good is never asked for again. A bad one stands for as long as its Job is there, so deleting the
Job is how a person asks for another look (at storage that was unreachable, say).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from weir_model import contract
from weir_model.outcome import VerificationResult
from weir_operator.api.v1alpha1 import ConditionType, ModelVersion, Reason
from weir_operator.plan import names, ttl
from weir_operator.plan.conditions import Finding, conditions, events, find
from weir_operator.plan.endings import Problem, reason_named
from weir_operator.plan.model_version import findings, job
from weir_operator.plan.objects import Object, is_going, uid
from weir_operator.plan.observed import Observed, Reference
from weir_operator.plan.plan import Plan
from weir_operator.plan.runs import Ongoing, Reading, read

_READING: Final = Reading(VerificationResult, contract.VERIFIER_CONTAINER, Reason.VERIFYING, Reason.VERIFIER_CRASHED)
KEEP_JOB: Final = timedelta(hours=1)  # long enough to read its log, when somebody doubts the verdict


def refers_to(parent: Object, _children: tuple[Object, ...]) -> frozenset[Reference]:
    """Return what a version refers to: the run that made it, for its metrics."""
    made_by = parent.get("spec", {}).get("trainingJob", {}).get("name")
    return frozenset({Reference("TrainingJob", made_by)} if made_by else ())


def plan(version: ModelVersion, observed: Observed) -> Plan:
    """Return what to do about a version."""
    if version.status.verified_time is not None:
        return _after(version, observed)
    made = observed.owned("Job")
    if not made:
        return _start(version, observed)
    state = _state(made[0], version, observed)
    if isinstance(state, Ongoing):
        return replace(_told(version, observed, findings.ongoing(state)), requeue_after=state.requeue_after)
    if isinstance(state, VerificationResult):
        return _verified(version, observed, state)
    return _told(version, observed, findings.failed(state, version.metadata.name))


def _state(made: Object, version: ModelVersion, observed: Observed) -> Ongoing | Problem | VerificationResult:
    if is_going(made):
        return Ongoing(Reason.PENDING, "a Job that was deleted is going; another one follows")
    state = read(made, observed.pods, _READING, observed.now)
    if isinstance(state, Problem) and state.reason == Reason.RESULT_LOST:
        return _remembered(version) or state
    return state


def _remembered(version: ModelVersion) -> Problem | None:
    """Return the bad verdict in the status, which outlives the pod that it was read from."""
    verdict = find(version.status.conditions, ConditionType.VERIFIED)
    if verdict is None or verdict.status != "False":
        return None
    return Problem(reason_named(verdict.reason), verdict.message)


def _start(version: ModelVersion, observed: Observed) -> Plan:
    name = names.verification(version.metadata.name)
    told = _told(version, observed, findings.ongoing(Ongoing(Reason.PENDING, f"Job {name} is being created")))
    return replace(told, apply=(job.manifest(version, observed.settings),))


def _verified(version: ModelVersion, observed: Observed, result: VerificationResult) -> Plan:
    if result.digest != version.spec.artifact.digest:
        text = f"the artifact's digest is {result.digest}, not {version.spec.artifact.digest}"
        return _told(version, observed, findings.failed(Problem(Reason.DIGEST_MISMATCH, text), version.metadata.name))
    since = observed.now.replace(microsecond=0)
    return _told(version, observed, findings.verified(result.examples), verified_time=since, digest=result.digest)


def _after(version: ModelVersion, observed: Observed) -> Plan:
    """Return what is left to do about a verified version: note its metrics, and let its Job go in time."""
    recorded = version.status.verified_time or observed.now
    gone, again = ttl.expired(observed.owned("Job"), recorded, KEEP_JOB, observed.now)
    return replace(_told(version, observed, _kept(version)), delete=gone, requeue_after=again)


def _kept(version: ModelVersion) -> tuple[Finding, ...]:
    """Return the findings of a good verdict in the words that it was first told in."""
    told = find(version.status.conditions, ConditionType.VERIFIED)
    found = findings.verified(None)
    return tuple(replace(finding, message=told.message) for finding in found) if told else found


def _told(version: ModelVersion, observed: Observed, found: Sequence[Finding], **updates: Any) -> Plan:
    before, generation = version.status.conditions, version.metadata.generation
    current = conditions(before, found, generation, observed.now)
    status = version.status.model_copy(
        update={
            "observed_generation": generation,
            "conditions": current,
            "job_name": names.verification(version.metadata.name),
            "metrics": _metrics(version, observed),
            **updates,
        }
    )
    return Plan(status=status.model_dump(mode="json", by_alias=True, exclude_none=True), events=events(before, current))


def _metrics(version: ModelVersion, observed: Observed) -> dict[str, float]:
    """Return what the run measured, for as long as nobody has; the run may be deleted later."""
    made_by = version.spec.training_job
    run = observed.find("TrainingJob", made_by.name) if made_by else None
    if version.status.metrics or run is None or made_by is None or uid(run) != made_by.uid:
        return version.status.metrics
    return dict(run.get("status", {}).get("metrics", {}))
