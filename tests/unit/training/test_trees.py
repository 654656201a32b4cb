"""Boosted trees decide the same in float32 as in float64."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor

from builders.runs import make_request, train
from weir_training.trees import exact_in_float32, floor32


@given(threshold=st.floats(-1e38, 1e38), value=st.floats(-(2.0**120), 2.0**120, width=32))
def test_a_lowered_threshold_decides_every_float32_alike(threshold: float, value: float) -> None:
    lowered = floor32(np.array([threshold]))[0]
    assert lowered == np.float32(lowered)
    assert (value <= lowered) == (value <= threshold)


@pytest.mark.parametrize("value", [np.inf, 0.0, 1.5])
def test_what_is_a_float32_stays(value: float) -> None:
    assert floor32(np.array([value]))[0] == value


def test_no_answer_to_float32_data_changes_also_inside_of_others() -> None:
    rows = _adjacent(2000)
    inside = HistGradientBoostingRegressor(max_iter=10, random_state=0)
    voting = VotingRegressor([("a", inside), ("b", inside)]).fit(rows, np.sin(np.arange(2000)))
    before = voting.predict(rows)
    thresholds = [
        node["num_threshold"] for model in voting.estimators_ for [tree] in model._predictors for node in tree.nodes
    ]
    assert any(value != np.float32(value) for value in thresholds)

    exact_in_float32(voting)

    thresholds = [
        node["num_threshold"] for model in voting.estimators_ for [tree] in model._predictors for node in tree.nodes
    ]
    assert all(value == np.float32(value) for value in thresholds)
    np.testing.assert_array_equal(voting.predict(rows), before)


@pytest.mark.parametrize("estimator", ["HistGradientBoosting", "GradientBoosting", "RandomForest", "ExtraTrees"])
def test_values_next_to_each_other_are_told_apart(tmp_path: Path, estimator: str) -> None:
    rows = _adjacent(1500)
    table = pa.table({"x": rows[:, 0], "z": rows[:, 1], "y": np.sin(np.arange(1500))})
    parameters = {"max_iter" if estimator.startswith("Hist") else "n_estimators": 20}
    path = f"sklearn.ensemble.{estimator}Regressor"
    request = make_request(
        tmp_path, table, target="y", estimator=path, parameters=parameters, preprocessing={"exclude": ()}
    )
    parity = train(request).manifest.parity
    assert parity is not None
    assert parity.max_error < 1e-5


def _adjacent(rows: int) -> np.ndarray:
    """Columns whose neighbouring values are neighbouring float32s, so that thresholds lie between two of them."""
    steps = np.random.default_rng(0).permutation(rows).astype(np.int32)
    first = np.float32(1000.0).view(np.int32)
    return np.column_stack([(first + steps).view(np.float32), (first + steps[::-1]).view(np.float32)])
