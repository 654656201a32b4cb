"""The numbers that a run reports, against values computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT
from weir_training.metrics import measure


def _classified(labels: list[str], probabilities: list[list[float]]) -> dict[str, np.ndarray]:
    return {LABEL_OUTPUT: np.array(labels, dtype=object), PROBABILITIES_OUTPUT: np.array(probabilities)}


def test_two_classes() -> None:
    answers = _classified(["n", "y", "y", "n"], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    found = measure(answers, np.array([0, 0, 1, 1]), ("n", "y"), fit_rows=16)
    log_loss = -(math.log(0.9) + math.log(0.4) + math.log(0.8) + math.log(0.3)) / 4
    assert found == pytest.approx(
        {
            "accuracy": 0.5,
            "balanced_accuracy": 0.5,
            "precision": 0.5,
            "recall": 0.5,
            "f1": 0.5,
            "precision_macro": 0.5,
            "recall_macro": 0.5,
            "f1_macro": 0.5,
            "roc_auc": 0.75,
            "log_loss": log_loss,
            "brier": (0.01 + 0.36 + 0.04 + 0.49) / 4,
            "fit_rows": 16,
            "holdout_rows": 4,
        }
    )


def test_three_classes_have_no_positive_one() -> None:
    probabilities = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    found = measure(_classified(["a", "b", "c"], probabilities), np.array([0, 1, 2]), ("a", "b", "c"), 10)
    assert sorted(found) == sorted([
        "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "roc_auc", "log_loss",
        "fit_rows", "holdout_rows",
    ])  # fmt: skip
    assert (found["accuracy"], found["roc_auc"]) == (1.0, 1.0)


def test_what_a_holdout_of_one_class_does_not_define_is_left_out() -> None:
    found = measure(_classified(["n", "n"], [[0.9, 0.1], [0.8, 0.2]]), np.array([0, 0]), ("n", "y"), 10)
    assert "roc_auc" not in found
    assert (found["accuracy"], found["balanced_accuracy"]) == (1.0, 1.0)


def test_regression() -> None:
    found = measure({PREDICTION_OUTPUT: np.array([[1.0], [2.0], [6.0]])}, np.array([1.0, 2.0, 3.0]), None, 12)
    assert found == pytest.approx({
        "mae": 1.0, "rmse": math.sqrt(3), "r2": -3.5, "mape": 1 / 3, "fit_rows": 12, "holdout_rows": 3,
    })  # fmt: skip


def test_shares_of_zero_and_of_no_spread_are_left_out() -> None:
    found = measure({PREDICTION_OUTPUT: np.array([[1.0], [1.0]])}, np.array([0.0, 0.0]), None, 12)
    assert sorted(found) == ["fit_rows", "holdout_rows", "mae", "rmse"]
