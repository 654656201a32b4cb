"""The order for one training run: what the operator writes and the training container reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from weir_model.signature import ColumnKind, Task

SplitStrategy = Literal["Random", "Time", "Group"]


@dataclass(frozen=True)
class Split:
    """How rows are divided: ``holdout`` is the share that is never fitted on.

    Attributes:
        strategy: Random (stratified for classification), Time (the last rows by ``column``) or Group (no value of
            ``column`` is on both sides).
    """

    holdout: float = 0.2
    strategy: SplitStrategy = "Random"
    column: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Data:
    """Training data: a CSV or parquet file, or a folder of them, and its target column."""

    uri: str
    target: str
    split: Split = field(default_factory=Split)


@dataclass(frozen=True)
class Preprocessing:
    """Overrides of what would be inferred from the data.

    Attributes:
        columns: the kind of columns by name; others are inferred.
        exclude: columns that are not features.
        scale: standardise numeric columns; None lets the trainer decide by the estimator.
    """

    columns: dict[str, ColumnKind] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    scale: bool | None = None


@dataclass(frozen=True)
class RunRequest:
    """One run of the built-in scikit-learn trainer.

    Attributes:
        output: the URI below which the artifact is published, as ``<output>/<model>/<digest>``.
        task: None lets the trainer decide by the estimator.
        deadline_seconds: the longest time the run may take; None for no limit.
    """

    namespace: str
    training_job: str
    training_job_uid: str
    model: str
    version: str
    data: Data
    estimator: str
    output: str
    parameters: dict[str, Any] = field(default_factory=dict)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    task: Task | None = None
    deadline_seconds: int | None = None
    image: str | None = None
    code_revision: str | None = None
    parent_version: str | None = None
    trigger: str | None = None
