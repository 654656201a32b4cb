"""Makes gradient-boosted trees mean the same in float32 as in float64.

HistGradientBoosting* splits at float64 thresholds, ONNX trees at float32 ones. Every value that a tree sees is a
float32, so rounding a threshold *down* to float32 changes no decision, while rounding to nearest flips rows that sit
on it. The other trees of scikit-learn are rounded down by skl2onnx itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.calibration import _CalibratedClassifier

_INNER = (
    "estimator",
    "estimator_",
    "best_estimator_",
    "final_estimator_",
    "estimators_",
    "calibrated_classifiers_",
)


def exact_in_float32(fitted: Any) -> None:
    """Round the thresholds of every HistGradientBoosting* model in ``fitted``, in place; no float32 answer changes."""
    if isinstance(fitted, list | tuple | np.ndarray):
        for part in fitted:
            exact_in_float32(part)
    if not isinstance(fitted, BaseEstimator | _CalibratedClassifier):
        return
    for trees in getattr(fitted, "_predictors", ()):
        for tree in trees:
            tree.nodes["num_threshold"] = floor32(tree.nodes["num_threshold"])
    for name in _INNER:
        exact_in_float32(getattr(fitted, name, None))


def floor32(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the largest float32 that is not above each of ``values``."""
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest).astype(np.float64)
