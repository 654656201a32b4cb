"""How good the original model is on the holdout, as numbers by name.

| classification                                                          | regression             |
|-------------------------------------------------------------------------|------------------------|
| accuracy, balanced_accuracy, precision_macro, recall_macro, f1_macro    | mae, rmse, r2          |
| log_loss, roc_auc (one versus rest and macro, when there are 3 or more) | mape (no target is 0)  |
| two classes: precision, recall, f1 of the second class, brier           |                        |

Classes count as they sort: the second of 0 and 1 is 1. A number that the holdout does not define (one class in it,
one row) is left out, never zero. ``fit_rows`` and ``holdout_rows`` say what the numbers rest on.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT
from weir_training.features import Array


def measure(
    answers: dict[str, Array], target: Array, classes: tuple[str | int, ...] | None, fit_rows: int
) -> dict[str, float]:
    """Return the metrics of ``answers`` to the holdout against its ``target`` (class indices or numbers)."""
    if classes is None:
        found = _regression(answers[PREDICTION_OUTPUT].ravel(), target)
    else:
        index = {label: position for position, label in enumerate(classes)}
        labels = np.array([index[label] for label in answers[LABEL_OUTPUT].tolist()], np.int64)
        found = _classification(labels, answers[PROBABILITIES_OUTPUT], target)
    defined = {name: float(value) for name, value in found.items() if math.isfinite(value)}
    return defined | {"fit_rows": float(fit_rows), "holdout_rows": float(len(target))}


def _classification(labels: Array, probabilities: Array, target: Array) -> dict[str, float]:
    count = probabilities.shape[1]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        target, labels, labels=np.unique(target), average="macro", zero_division=0
    )
    found = {
        "accuracy": metrics.accuracy_score(target, labels),
        "balanced_accuracy": float(np.mean([np.mean(labels[target == index] == index) for index in np.unique(target)])),
        "precision_macro": precision,
        "recall_macro": recall,
        "f1_macro": f1,
        "log_loss": metrics.log_loss(target, _normal(probabilities), labels=range(count)),
    }
    if len(np.unique(target)) == count:
        scores = probabilities[:, 1] if count == 2 else _normal(probabilities)
        found["roc_auc"] = metrics.roc_auc_score(target, scores, multi_class="ovr", average="macro")
    return found | (_binary(labels, probabilities, target) if count == 2 else {})


def _binary(labels: Array, probabilities: Array, target: Array) -> dict[str, float]:
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        target, labels, average="binary", zero_division=0
    )
    brier = float(np.mean((probabilities[:, 1] - target) ** 2))
    return {"precision": precision, "recall": recall, "f1": f1, "brier": brier}


def _normal(probabilities: Array) -> npt.NDArray[np.float64]:
    """Return ``probabilities`` with rows that add up to 1 in float64, which scikit-learn's metrics insist on."""
    wide = probabilities.astype(np.float64)
    return np.asarray(wide / wide.sum(axis=1, keepdims=True))


def _regression(predictions: Array, target: Array) -> dict[str, float]:
    error = predictions - target
    spread = float(np.sum((target - target.mean()) ** 2))
    found = {"mae": float(np.mean(np.abs(error))), "rmse": float(np.sqrt(np.mean(error**2)))}
    if spread > 0:
        found["r2"] = 1 - float(np.sum(error**2)) / spread
    if np.all(target != 0):
        found["mape"] = float(np.mean(np.abs(error / target)))
    return found
