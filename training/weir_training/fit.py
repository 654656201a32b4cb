"""The pipeline: preprocessing that fits the columns and the estimator, then the estimator; and its answers.

| step              | when                                                                                             |
|-------------------|--------------------------------------------------------------------------------------------------|
| median imputation | always, for a missing number may come later; not for HistGradientBoosting*, which learns from it |
| standardisation   | unless the estimator looks at one column at a time (trees, forests, boosting, naive Bayes)       |
| one-hot encoding  | categorical columns: the ``MAX_CATEGORIES`` most frequent ones; all others, seen or not, are 0   |

A missing category is a category like others. Everything computes on float32, as serving does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from weir_model.signature import (
    LABEL_OUTPUT,
    PREDICTION_OUTPUT,
    PROBABILITIES_OUTPUT,
    ColumnKind,
    Signature,
    Task,
    table_signature,
)
from weir_training.errors import UserError, first_line
from weir_training.estimator import TRAINER
from weir_training.features import Array, Features, placeholder
from weir_training.trees import exact_in_float32

MAX_CATEGORIES = 100  # one-hot columns of one feature; rarer categories share the all-zero code
_UNSCALED = ("sklearn.tree", "sklearn.ensemble", "sklearn.naive_bayes")


@dataclass(frozen=True)
class Model:
    """A fitted pipeline, with the contract that its answers keep."""

    pipeline: Pipeline
    signature: Signature

    def answers(self, features: Features) -> dict[str, Array]:
        """Return scikit-learn's own answers by the signature's output names, floating point as float64."""
        frame = features.frame()
        if self.signature.classes is None:
            return {PREDICTION_OUTPUT: np.asarray(self.pipeline.predict(frame), np.float64).reshape(-1, 1)}
        labels: Array = np.array(self.signature.classes, dtype=self._label_dtype())
        return {
            LABEL_OUTPUT: labels[self.pipeline.predict(frame)],
            PROBABILITIES_OUTPUT: np.asarray(self.pipeline.predict_proba(frame), np.float64),
        }

    def _label_dtype(self) -> type:
        return np.int64 if self.signature.outputs[0].datatype == "INT64" else object


def fit(
    estimator: BaseEstimator,
    task: Task,
    features: Features,
    target: Array,
    classes: tuple[str | int, ...] | None,
    scale: bool | None,
) -> Model:
    """Return ``estimator`` fitted on ``features`` and ``target`` (class indices or numbers), behind preprocessing.

    Raises:
        UserError: FitFailed with what scikit-learn says.
    """
    pipeline = assemble(estimator, features, needs_scaling(estimator) if scale is None else scale)
    try:
        pipeline.fit(features.frame(), target)
    except Exception as error:
        name = type(estimator).__name__
        raise UserError("FitFailed", f"{TRAINER}.estimator: {name} failed to fit: {first_line(error)}") from error
    exact_in_float32(estimator)
    if "n_jobs" in estimator.get_params():
        estimator.set_params(n_jobs=1)  # threads add up votes in any order, so answers would differ in the last digit
    return Model(pipeline, table_signature(task, features.kinds, classes))


def assemble(estimator: BaseEstimator, features: Features, scale: bool) -> Pipeline:
    """Return the unfitted pipeline over ``features.frame()``."""
    numeric = _numeric_steps(estimator, scale)
    if not features.mixed:
        return Pipeline([*numeric, ("estimator", estimator)])
    positions = {kind: _of_kind(features, kind) for kind in ("numeric", "categorical")}
    parts = [("categorical", _encoder(features), [placeholder(i) for i in positions["categorical"]])]
    if positions["numeric"]:
        names = [placeholder(i) for i in positions["numeric"]]
        parts.insert(0, ("numeric", Pipeline(numeric) if numeric else "passthrough", names))
    return Pipeline([("columns", ColumnTransformer(parts, sparse_threshold=0)), ("estimator", estimator)])


def needs_scaling(estimator: BaseEstimator) -> bool:
    """Return whether the estimator, or any that it is made of, compares columns with each other."""
    inside = [part for part in estimator.get_params(deep=True).values() if isinstance(part, BaseEstimator)]
    if inside:
        return any(needs_scaling(part) for part in inside)
    return not type(estimator).__module__.startswith(_UNSCALED)


def _numeric_steps(estimator: BaseEstimator, scale: bool) -> list[tuple[str, Any]]:
    steps: list[tuple[str, Any]] = []
    if not isinstance(estimator, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    if scale:
        steps.append(("scale", StandardScaler()))
    return steps


def _encoder(features: Features) -> Any:
    kept = [_frequent(features.values[name]) for name, kind in features.kinds.items() if kind == "categorical"]
    return OneHotEncoder(categories=kept, handle_unknown="ignore", sparse_output=False, dtype=np.float32)


def _frequent(values: Array) -> Array:
    ranked = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return np.array(sorted(name for name, _ in ranked[:MAX_CATEGORIES]), dtype=object)


def _of_kind(features: Features, kind: ColumnKind) -> list[int]:
    return [index for index, found in enumerate(features.kinds.values()) if found == kind]
