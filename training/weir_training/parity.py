"""Does the graph answer as the original does? A run whose graph does not, fails.

An answer ``a`` agrees with the original's ``e`` when ``|a - e| <= absolute + relative * |e|``. Both parts are 1e-4;
for regression the absolute part is in units of the target's standard deviation, and the relative part stays below a
hundredth of that at the target's mean: float32 cannot tell 100000000 from 100000001. No row may be off. Labels must be
equal, except where the original itself is undecided between the two, to within the tolerance: float32 sums break ties
another way.

Every holdout row is compared; a small holdout is topped up with rows that were fitted on, to ``ROWS``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weir_model.manifest import Parity
from weir_model.signature import LABEL_OUTPUT, Signature
from weir_training.errors import UserError
from weir_training.features import Array, Features
from weir_training.split import Sides

ABSOLUTE = 1e-4
RELATIVE = 1e-4
SHARE = 1e-2  # of the target's standard deviation, which the relative part may not exceed at the target's mean
CONSTANT = 1e-12  # a standard deviation, as a part of the mean, that is only rounding
ROWS = 1000
SHOWN = 3  # rows that the message of a failure quotes


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may be off."""

    absolute: float
    relative: float = RELATIVE

    def exceeded(self, answer: Array, expected: Array) -> npt.NDArray[np.bool_]:
        """Return where ``answer`` is off; NaN always is."""
        return np.asarray(~(np.abs(answer - expected) <= self.absolute + self.relative * np.abs(expected)))


def tolerance(target: Array, classes: tuple[str | int, ...] | None) -> Tolerance:
    """Return the tolerance for a model that was fitted on ``target``."""
    if classes is not None:
        return Tolerance(ABSOLUTE)
    spread, offset = float(np.std(target)), abs(float(np.mean(target)))
    far = spread > CONSTANT * offset and RELATIVE * offset > SHARE * spread
    return Tolerance(_rounded(ABSOLUTE * spread), _rounded(SHARE * spread / offset) if far else RELATIVE)


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def compared_rows(sides: Sides) -> npt.NDArray[np.int64]:
    """Return the positions of the rows to compare: the holdout, then fitted rows until there are enough."""
    return np.concatenate([sides.holdout, sides.fit[: max(0, ROWS - len(sides.holdout))]])


def compare(
    signature: Signature, features: Features, answers: dict[str, Array], expected: dict[str, Array], allowed: Tolerance
) -> Parity:
    """Return how ``answers`` compare with what is ``expected`` on ``features``.

    Raises:
        UserError: ParityFailed, with the largest error, the number of rows and the first of them.
    """
    floating = signature.outputs[-1].name
    error = np.abs(answers[floating] - expected[floating])
    off = np.asarray(allowed.exceeded(answers[floating], expected[floating]).any(axis=1))
    if signature.classes is not None:
        off |= (answers[LABEL_OUTPUT] != expected[LABEL_OUTPUT]) & ~_tied(signature, answers, expected, allowed)
    if off.any():
        raise UserError("ParityFailed", _story(features, answers, expected, error, off, allowed))
    return Parity(
        rows=len(features),
        rows_off=0,
        max_error=float(error.max()),
        p99_error=float(np.quantile(error, 0.99)),
        absolute=allowed.absolute,
        relative=allowed.relative,
    )


def margins(probabilities: Array) -> Array:
    """Return by how much each row's largest probability is ahead of its second largest, shape (rows,)."""
    ranked = np.sort(probabilities, axis=1)
    return np.asarray(ranked[:, -1] - ranked[:, -2])


def _tied(
    signature: Signature, answers: dict[str, Array], expected: dict[str, Array], allowed: Tolerance
) -> npt.NDArray[np.bool_]:
    index = {label: position for position, label in enumerate(signature.classes or ())}
    chosen, other = (
        expected[signature.outputs[-1].name][np.arange(len(labels)), [index[label] for label in labels.tolist()]]
        for labels in (expected[LABEL_OUTPUT], answers[LABEL_OUTPUT])
    )
    return np.asarray(np.abs(chosen - other) <= allowed.absolute)


def _story(
    features: Features,
    answers: dict[str, Array],
    expected: dict[str, Array],
    error: Array,
    off: npt.NDArray[np.bool_],
    allowed: Tolerance,
) -> str:
    worst = "NaN" if np.isnan(error).any() else f"{error.max():.3g}"
    examples = "; ".join(
        f"row {features.rows[position]}: {_spelled(answers, position)} instead of {_spelled(expected, position)}"
        for position in np.flatnonzero(off)[:SHOWN]
    )
    return (
        f"the ONNX model answers differently from scikit-learn's in {int(off.sum())} of {len(off)} rows, "
        f"by up to {worst} (allowed is {allowed.absolute:g} + {allowed.relative:g} x the answer): {examples}. "
        f"{_advice(allowed)}"
    )


def _advice(allowed: Tolerance) -> str:
    if allowed.relative < RELATIVE:
        return "The target varies little for its size, which float32 may not show: subtract a constant from it"
    return "Choose another estimator or other parameters in spec.trainer.sklearn"


def _spelled(answers: dict[str, Array], position: int) -> str:
    return ", ".join(f"{name} {_short(values[position])}" for name, values in answers.items())


def _short(value: Array) -> str:
    numbers = np.ravel(value).tolist()
    texts = [f"{number:.5g}" if isinstance(number, float) else str(number) for number in numbers[:4]]
    return f"[{', '.join(texts)}{', ...' if len(numbers) > 4 else ''}]" if np.ndim(value) else texts[0]
