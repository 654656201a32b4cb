"""The reference profile: what live data will be compared with.

Features are counted over every row that was used, fitted on or held out: their distribution does not depend on the
side, and more rows make drift tests sharper. Answers are counted over the holdout only, because a model is more sure
of rows that it was fitted on, and live data would seem to have drifted from the first request.

Answers are the graph's, not the original's, and their edges lie a tolerance above the values that they come from:
a forest answers with few distinct values, and float32 sums must not scatter one of them over two bins.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from weir_model.profile import Feature, NumericFeature, Profile, categorical_feature, numeric_feature
from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT
from weir_training.features import Array, Features
from weir_training.parity import Tolerance

PREDICTION = "prediction"
SCORE = "score"


def profile(features: Features, holdout_answers: dict[str, Array], allowed: Tolerance) -> Profile:
    """Return the reference of ``features`` and of the graph's answers to the holdout."""
    counted = (
        numeric_feature(name, features.values[name])
        if kind == "numeric"
        else categorical_feature(name, features.values[name].tolist())
        for name, kind in features.kinds.items()
    )
    return Profile(len(features), tuple(counted), _answers(holdout_answers, allowed))


def _answers(answers: dict[str, Array], allowed: Tolerance) -> tuple[Feature, ...]:
    if PREDICTION_OUTPUT in answers:
        return (_steady(PREDICTION, answers[PREDICTION_OUTPUT].ravel(), allowed),)
    labels = categorical_feature(PREDICTION, map(str, answers[LABEL_OUTPUT].tolist()))
    return labels, _steady(SCORE, answers[PROBABILITIES_OUTPUT].max(axis=1), allowed)


def _steady(name: str, values: Array, allowed: Tolerance) -> NumericFeature:
    """Return the reference of ``values`` with edges and limits moved out of the reach of rounding."""
    plain = numeric_feature(name, values)
    reach = allowed.absolute + allowed.relative * float(np.abs(values).max())
    edges = tuple(edge + reach for edge in plain.edges if edge + reach < plain.high)
    moved = replace(plain, edges=edges, low=plain.low - reach, high=plain.high + reach)
    bins, quality = moved.count(values)
    return replace(moved, counts=tuple(bins.tolist()), quality=tuple(quality.tolist()))
