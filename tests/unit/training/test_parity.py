"""When two sets of answers count as the same, and what a failure tells."""

from __future__ import annotations

import numpy as np
import pytest

from weir_model.signature import table_signature
from weir_training.errors import UserError
from weir_training.features import Features
from weir_training.parity import ROWS, Tolerance, compare, compared_rows, tolerance
from weir_training.split import Sides

SIGNATURE = table_signature("classification", {"a": "numeric"}, ("n", "y"))
NUMBER = table_signature("regression", {"a": "numeric"}, None)
ALLOWED = Tolerance(1e-4, 1e-4)


def _features(rows: int) -> Features:
    return Features({"a": "numeric"}, {"a": np.zeros(rows, np.float32)}, np.arange(rows) + 100)


def _classified(*probabilities: float, labels: str = "") -> dict[str, np.ndarray]:
    second = np.array(probabilities)
    spelled = list(labels) or ["y" if p > 0.5 else "n" for p in probabilities]
    return {"label": np.array(spelled, dtype=object), "probabilities": np.column_stack([1 - second, second])}


def _predicted(*values: float) -> dict[str, np.ndarray]:
    return {"prediction": np.array(values).reshape(-1, 1)}


def test_rounding_agrees_and_is_reported() -> None:
    parity = compare(SIGNATURE, _features(2), _classified(0.1, 0.9), _classified(0.1, 0.90005), ALLOWED)
    assert (parity.rows, parity.rows_off, parity.absolute, parity.relative) == (2, 0, 1e-4, 1e-4)
    assert parity.max_error == pytest.approx(5e-5)


def test_a_failure_says_how_many_rows_by_how_much_and_which() -> None:
    answers, expected = _classified(0.1, 0.9, 0.3), _classified(0.1, 0.4, 0.31)
    with pytest.raises(UserError) as caught:
        compare(SIGNATURE, _features(3), answers, expected, ALLOWED)
    assert caught.value.reason == "ParityFailed"
    assert caught.value.message == (
        "the ONNX model answers differently from scikit-learn's in 2 of 3 rows, by up to 0.5 (allowed is 0.0001 + "
        "0.0001 x the answer): row 101: label y, probabilities [0.1, 0.9] instead of label n, probabilities "
        "[0.6, 0.4]; row 102: label n, probabilities [0.7, 0.3] instead of label n, probabilities [0.69, 0.31]. "
        "Choose another estimator or other parameters in spec.trainer.sklearn"
    )


def test_a_failure_quotes_a_few_rows_only() -> None:
    with pytest.raises(UserError) as caught:
        compare(NUMBER, _features(500), _predicted(*range(500)), _predicted(*range(1, 501)), ALLOWED)
    assert "500 of 500 rows" in caught.value.message
    assert caught.value.message.count("instead of") == 3


def test_labels_may_differ_where_the_original_is_undecided() -> None:
    tie = compare(SIGNATURE, _features(1), _classified(0.5, labels="y"), _classified(0.5, labels="n"), ALLOWED)
    assert tie.rows_off == 0
    with pytest.raises(UserError, match="1 of 1 rows"):
        compare(SIGNATURE, _features(1), _classified(0.6, labels="n"), _classified(0.6, labels="y"), ALLOWED)


def test_not_a_number_never_agrees() -> None:
    with pytest.raises(UserError, match="by up to NaN"):
        compare(NUMBER, _features(1), _predicted(np.nan), _predicted(np.nan), ALLOWED)


def test_the_tolerance_of_a_regression_follows_the_targets_spread() -> None:
    assert tolerance(np.array([0.0, 2000.0]), None) == Tolerance(0.1)
    assert tolerance(np.array([0, 1]), ("n", "y")) == Tolerance(1e-4)


FAR: dict[str, tuple[list[float], float]] = {
    "far from zero for its spread": ([1e8 - 1, 1e8 + 1], 1e-10),
    "far below zero": ([-2010.0, -1990.0], 5e-5),
    "not far": ([3e5, 7e5], 1e-4),
    "around zero": ([-1.0, 1.0], 1e-4),
    "always the same": ([0.1] * 30, 1e-4),
    "always zero": ([0.0] * 3, 1e-4),
}


@pytest.mark.parametrize(("target", "relative"), FAR.values(), ids=FAR)
def test_the_relative_tolerance_does_not_swallow_the_targets_spread(target: list[float], relative: float) -> None:
    assert tolerance(np.array(target), None).relative == relative


def test_answers_that_float32_made_the_same_are_off_and_the_way_out_is_told() -> None:
    target = 1e8 + np.arange(-2.0, 3.0)
    answers = _predicted(*target.astype(np.float32).astype(np.float64))
    with pytest.raises(UserError, match="subtract a constant"):
        compare(NUMBER, _features(5), answers, _predicted(*target), tolerance(target, None))


def test_a_small_holdout_is_topped_up_with_rows_that_were_fitted_on() -> None:
    small = compared_rows(Sides(np.arange(50, 5000), np.arange(50)))
    large = compared_rows(Sides(np.arange(2000, 5000), np.arange(2000)))
    assert (len(small), len(large)) == (ROWS, 2000)
    assert small[:50].tolist() == list(range(50))
