"""The target column: labels for a classifier, numbers for a regressor.

Rows whose target is missing are not used; they are counted in the log. Booleans are the labels 0 and 1; whole numbers
are integer labels, also when a file spells them 1.0 because some are missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weir_model.signature import Task
from weir_training.columns import decoded, is_number, is_text
from weir_training.errors import UserError

FIELD = "spec.data.target"


@dataclass(frozen=True)
class Target:
    """The target of every row that is used.

    Attributes:
        values: class indices (int64) for classification, numbers (float64) for regression; shape (rows,).
        classes: the labels, ascending; None for regression.
        known: positions in the table of the rows whose target is known, shape (rows,).
    """

    values: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    classes: tuple[str | int, ...] | None
    known: npt.NDArray[np.int64]


def read_target(table: pa.Table, name: str, task: Task) -> Target:
    """Return the target ``name`` of ``table``, which has that column.

    Raises:
        UserError: NoRows, TargetNotNumeric, TargetNotCategorical or SingleClass.
    """
    column = decoded(table[name])
    known = np.flatnonzero(~_missing(column))
    if known.size == 0:
        raise UserError("NoRows", f"{FIELD}: {name!r} is missing in all of the {len(column)} rows")
    column = column.take(pa.array(known))
    return _labels(column, name, known) if task == "classification" else _numbers(column, name, known)


def _missing(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    missing = pc.is_null(column, nan_is_null=True)
    if is_text(column.type):
        missing = pc.or_(missing, pc.fill_null(pc.equal(column, ""), fill_value=True))
    return np.asarray(missing.to_numpy(zero_copy_only=False), dtype=bool)


def _numbers(column: pa.ChunkedArray, name: str, known: npt.NDArray[np.int64]) -> Target:
    if not is_number(column.type):
        raise UserError(
            "TargetNotNumeric",
            f"{FIELD}: {name!r} holds {_sample(column)}, but a regressor needs numbers; choose a numeric column, "
            "or a classifier in spec.trainer.sklearn.estimator",
        )
    values = pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise UserError(
            "TargetNotNumeric",
            f"{FIELD}: {name!r} has {infinite.size} infinite values, the first in row {known[infinite[0]]}; "
            "make them empty (such rows are not used)",
        )
    return Target(values, None, known)


def _labels(column: pa.ChunkedArray, name: str, known: npt.NDArray[np.int64]) -> Target:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int64())
    if is_number(column.type):
        column = _whole(column, name)
    elif not is_text(column.type):
        raise UserError(
            "TargetNotCategorical", f"{FIELD}: {name!r} is of type {column.type}; labels are texts or whole numbers"
        )
    labels = sorted(pc.unique(column).to_pylist())
    if len(labels) < 2:
        raise UserError(
            "SingleClass", f"{FIELD}: {name!r} is {labels[0]!r} in every row; a classifier needs at least two classes"
        )
    indices = pc.index_in(column, value_set=pa.array(labels, column.type))
    return Target(indices.to_numpy(zero_copy_only=False).astype(np.int64), tuple(labels), known)


def _whole(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    try:
        return column.cast(pa.int64())  # a safe cast: it refuses to drop fractions
    except pa.ArrowInvalid:
        raise UserError(
            "TargetNotCategorical",
            f"{FIELD}: {name!r} holds fractions ({_sample(column)}), but a classifier needs labels; choose another "
            "column, or a regressor in spec.trainer.sklearn.estimator",
        ) from None


def _sample(column: pa.ChunkedArray) -> str:
    return ", ".join(repr(value.as_py()) for value in column.unique().slice(0, 3))
