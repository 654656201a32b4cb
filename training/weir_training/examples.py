"""Golden examples: rows that every later load of the artifact must answer as the original did.

Holdout rows, spread evenly, and copies of some of them with values missing and with categories that were never seen,
as live data will have them. Rows on which a classifier is undecided are left out: float32 may break such ties
another way on another machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from weir_model.golden import Golden, Tensor, disagreement
from weir_model.signature import MISSING_CATEGORY, PROBABILITIES_OUTPUT
from weir_training.errors import UserError
from weir_training.features import Features
from weir_training.fit import Model
from weir_training.parity import Tolerance, margins
from weir_training.runtime import Runtime

PLAIN = 24  # rows as they are
EDGES = 8  # rows with something missing or unseen
UNSEEN = "never seen while training"
_UNDECIDED = 10  # tolerances; closer calls are left out, unless there are only such


def golden(model: Model, holdout: Features, allowed: Tolerance, runtime: Runtime) -> Golden:
    """Return the golden examples, after checking that the graph in ``runtime`` agrees with them.

    Raises:
        UserError: ParityFailed when the graph treats missing or unseen values differently from the original.
    """
    rows = _decided(model, _joined(_spread(holdout, PLAIN), _edges(holdout)), allowed)
    inputs, outputs = rows.tensors(), model.answers(rows)
    examples = Golden(
        tuple(Tensor.of(spec.name, spec.datatype, inputs[spec.name]) for spec in model.signature.inputs),
        tuple(Tensor.of(spec.name, spec.datatype, outputs[spec.name]) for spec in model.signature.outputs),
        allowed.absolute,
        allowed.relative,
    )
    verdict = disagreement(examples, runtime.answers(inputs))
    if verdict:
        raise UserError(
            "ParityFailed",
            f"the ONNX model treats rows with missing or unseen values differently from scikit-learn: {verdict}. "
            "Choose another estimator or other parameters in spec.trainer.sklearn",
        )
    return examples


def _spread(features: Features, count: int) -> Features:
    return features.take(np.unique(np.linspace(0, len(features) - 1, count).astype(np.int64)))


def _edges(features: Features) -> Features:
    """Return copies of rows with values taken away: all of them in the first two, then one column in so many in turn.

    Categories are missing in even copies and unseen in odd ones.
    """
    rows = features.take(np.linspace(0, len(features) - 1, EDGES).astype(np.int64))
    values = {name: column.copy() for name, column in rows.values.items()}
    turns = min(len(values), EDGES - 2)
    for index, (name, kind) in enumerate(features.kinds.items()):
        for copy in range(EDGES):
            if copy < 2 or index % turns == copy % turns:
                values[name][copy] = _taken_away(kind, copy)
    return Features(rows.kinds, values, rows.rows)


def _taken_away(kind: str, copy: int) -> Any:
    if kind == "numeric":
        return np.nan
    return UNSEEN if copy % 2 else MISSING_CATEGORY


def _joined(first: Features, second: Features) -> Features:
    values = {name: np.concatenate([first.values[name], second.values[name]]) for name in first.kinds}
    return Features(first.kinds, values, np.concatenate([first.rows, second.rows]))


def _decided(model: Model, rows: Features, allowed: Tolerance) -> Features:
    if model.signature.classes is None:
        return rows
    ahead = margins(model.answers(rows)[PROBABILITIES_OUTPUT])
    least = min(_UNDECIDED * allowed.absolute, float(ahead.max()))
    return rows.take(np.flatnonzero(ahead >= least))
