"""What must hold before a run may start. The first violation becomes the condition; it may pass by itself later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from weir_operator.api.v1alpha1 import Reason, TrainingJob
from weir_operator.plan.endings import Problem
from weir_operator.plan.observed import Observed
from weir_operator.plan.training_job import version

Check = Callable[[TrainingJob, Observed], Problem | None]


def violation(run: TrainingJob, observed: Observed) -> Problem | None:
    """Return the first thing that forbids the run."""
    return next((found for check in _CHECKS if (found := check(run, observed))), None)


def has_output(run: TrainingJob, observed: Observed) -> Problem | None:
    """The artifact must have somewhere to go."""
    if run.spec.output or observed.settings.output_uri:
        return None
    return Problem(Reason.OUTPUT_MISSING, "set spec.output.uri, or a default for all runs (artifacts.uri of the chart)")


def name_is_free(run: TrainingJob, observed: Observed) -> Problem | None:
    """The version takes the run's name, so no version from elsewhere may have it."""
    existing = observed.find("ModelVersion", run.metadata.name)
    if existing is None or version.is_of(existing, run):
        return None
    made_by = existing["spec"].get("trainingJob", {}).get("name")
    origin = f"an earlier TrainingJob {made_by}" if made_by else "somewhere else"
    return Problem(
        Reason.VERSION_EXISTS,
        f"ModelVersion {run.metadata.name} exists and comes from {origin}; give the TrainingJob another name, "
        "or delete the ModelVersion",
    )


_CHECKS: Final[tuple[Check, ...]] = (has_output, name_is_free)
