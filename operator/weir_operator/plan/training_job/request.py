"""The order that the training container gets, from the spec."""

from __future__ import annotations

from typing import Final

from weir_model.run import Data, Preprocessing, RunRequest, Split
from weir_model.signature import ColumnKind, Task
from weir_operator.api.v1alpha1 import TrainingJob
from weir_operator.plan.observed import Settings

_KINDS: Final[dict[str, ColumnKind]] = {"Numeric": "numeric", "Categorical": "categorical"}
_TASKS: Final[dict[str | None, Task | None]] = {
    "Classification": "classification",
    "Regression": "regression",
    None: None,
}


def run_request(run: TrainingJob, settings: Settings) -> RunRequest:
    """Return the request for a run whose output is known."""
    spec, sklearn = run.spec, run.spec.trainer.sklearn
    return RunRequest(
        namespace=run.metadata.namespace,
        training_job=run.metadata.name,
        training_job_uid=run.metadata.uid,
        model=spec.model,
        version=run.metadata.name,
        data=_data(run),
        estimator=sklearn.estimator,
        output=output_uri(run, settings),
        parameters=dict(sklearn.params),
        preprocessing=_preprocessing(run),
        task=_TASKS[sklearn.task],
        deadline_seconds=spec.active_deadline_seconds,
        image=settings.training_image,
    )


def output_uri(run: TrainingJob, settings: Settings) -> str:
    """Return where the artifact goes; empty when nobody says, which a check forbids."""
    return run.spec.output.uri if run.spec.output else settings.output_uri or ""


def _data(run: TrainingJob) -> Data:
    data, split = run.spec.data, run.spec.data.split
    return Data(data.uri, data.target, Split(split.holdout, split.strategy, split.column, split.seed))


def _preprocessing(run: TrainingJob) -> Preprocessing:
    given = run.spec.trainer.sklearn.preprocessing
    columns = {name: _KINDS[kind] for name, kind in given.columns.items()}
    return Preprocessing(columns, tuple(given.exclude), given.scale)
