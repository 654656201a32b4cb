"""A ModelDeployment's situation: what was observed, sorted by the questions that the plan asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from weir_operator.api.v1alpha1 import ModelDeployment, ModelVersion, Reason
from weir_operator.plan import labels
from weir_operator.plan.endings import Problem
from weir_operator.plan.model_deployment import load_failures, rollout, traffic, workload
from weir_operator.plan.model_deployment.checks import Refusal, refusal
from weir_operator.plan.objects import Object, annotation, label
from weir_operator.plan.observed import Observed


@dataclass(frozen=True)
class View:
    """One look at a ModelDeployment. ``deployment`` is the parsed parent of ``observed``."""

    deployment: ModelDeployment
    observed: Observed

    @cached_property
    def refused(self) -> Refusal | None:
        """Why the version that the spec asks for may not serve."""
        wanted = self.deployment.spec.version
        found = refusal(self.deployment, self.observed.find("ModelVersion", wanted))
        if found and found.reason == Reason.VERSION_NOT_FOUND and wanted in map(rollout.version_of, self.workloads):
            return replace(found, message=f"{found.message}; the pods that serve it stay as they are until it is back")
        return found

    @cached_property
    def selection(self) -> traffic.Selection | None:
        """What the Service selects now."""
        service = next(iter(self.observed.owned("Service")), None)
        return traffic.observed_selection(service, self.observed.now)

    @property
    def current(self) -> str | None:
        """The version that has the traffic; the recorded one while the Service is missing."""
        return self.selection.version if self.selection else self.deployment.status.stable_version

    @property
    def has_answered(self) -> bool:
        """Whether some version could answer at least once."""
        return self.deployment.status.stable_version is not None or self._answers

    @property
    def _answers(self) -> bool:
        return self.current is not None and self.rollout(self.current).ready > 0

    @property
    def goal(self) -> str | None:
        """The version to work towards: the spec's, or while that is refused the one that has the traffic."""
        return self.current if self.refused else self.deployment.spec.version

    @property
    def workloads(self) -> tuple[Object, ...]:
        """The Deployments of all versions."""
        return self.observed.owned("Deployment")

    def version(self, name: str) -> ModelVersion | None:
        """Return a ModelVersion that the endpoint refers to, if it still exists."""
        raw = self.observed.find("ModelVersion", name)
        return ModelVersion.parse(raw) if raw else None

    def rollout(self, name: str) -> rollout.Rollout:
        """Return how far the pods of a version are."""
        version = self.version(name)
        wanted = workload.manifest(self.deployment, version, self.observed.settings) if version else None
        template = annotation(wanted, workload.TEMPLATE) if wanted else None
        return rollout.read(self.workloads, name, self.deployment.spec.replicas, template)

    @cached_property
    def pods(self) -> tuple[Object, ...]:
        """The pods of those Deployments that are there."""
        running = {rollout.version_of(workload) for workload in self.workloads}
        return tuple(pod for pod in self.observed.pods if label(pod, labels.VERSION) in running)

    @cached_property
    def failures(self) -> tuple[load_failures.PodProblem, ...]:
        """The containers that failed, the newest pods first."""
        return load_failures.failures(self.pods)

    def problem(self, name: str) -> Problem | None:
        """Return what stands in the way of a version."""
        return load_failures.problem(self.pods, self.failures, name)
