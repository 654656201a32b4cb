"""Feature values in the three forms that a run needs: columns, what scikit-learn fits on, and ONNX input tensors.

Numbers are float32 and missing ones NaN; categories are text and missing ones the empty string. Rows keep the index
that they have in the data, so that a message can point at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weir_model.signature import FEATURES_INPUT, MISSING_CATEGORY, ColumnKind
from weir_training.columns import PREPROCESSING, decoded, is_text, spells_number
from weir_training.errors import UserError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Features:
    """Columns of equal length.

    Attributes:
        kinds: kind by column name, in order.
        values: by column name, shape (rows,): float32 or objects (str).
        rows: each row's index in the data, counted from 0, shape (rows,).
    """

    kinds: dict[str, ColumnKind]
    values: dict[str, Array]
    rows: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def mixed(self) -> bool:
        """Whether there are categorical columns: then each column is a tensor of its own."""
        return "categorical" in self.kinds.values()

    def take(self, positions: npt.NDArray[np.integer]) -> Features:
        """Return the rows at ``positions`` (not indices in the data)."""
        return Features(self.kinds, {name: v[positions] for name, v in self.values.items()}, self.rows[positions])

    def informed(self, positions: npt.NDArray[np.integer]) -> Features:
        """Return the columns that hold something in the rows at ``positions``; nothing is learned from the others."""
        kept = {
            name: kind
            for name, kind in self.kinds.items()
            if kind == "categorical" or not np.isnan(self.values[name][positions]).all()
        }
        return Features(kept, {name: self.values[name] for name in kept}, self.rows)

    def frame(self) -> Any:
        """Return what the pipeline takes: a float32 matrix (rows, columns), or a DataFrame when columns are mixed.

        The DataFrame's columns are called c0, c1, ... because skl2onnx changes names that are no identifiers.
        """
        if not self.mixed:
            return np.column_stack(list(self.values.values()))
        return pd.DataFrame({placeholder(i): v for i, v in enumerate(self.values.values())}, copy=False)

    def tensors(self) -> dict[str, Array]:
        """Return the ONNX inputs by the signature's names: one (rows, columns), or one (rows, 1) per column."""
        if not self.mixed:
            return {FEATURES_INPUT: self.frame()}
        return {name: values.reshape(-1, 1) for name, values in self.values.items()}


def placeholder(index: int) -> str:
    """Return what the column at ``index`` is called between a DataFrame and the finished graph."""
    return f"c{index}"


def extract(table: pa.Table, kinds: dict[str, ColumnKind]) -> Features:
    """Return the feature values of ``table``.

    Raises:
        UserError: InvalidColumn when a numeric column has text or infinite values in it.
    """
    values = {name: numbers(table[name], name) if k == "numeric" else texts(table[name]) for name, k in kinds.items()}
    return Features(kinds, values, np.arange(table.num_rows))


def numbers(column: pa.ChunkedArray, name: str) -> npt.NDArray[np.float32]:
    """Return ``column`` as float32, missing values as NaN.

    Raises:
        UserError: InvalidColumn; the message shows the first offending value and its row.
    """
    column = decoded(column)
    if is_text(column.type):
        column = _parsed(column, name)
    with np.errstate(over="ignore"):
        wide = pc.cast(column, pa.float64(), safe=False)  # safe refuses integers beyond 2^53; float32 rounds sooner
        found: npt.NDArray[np.float32] = wide.to_numpy(zero_copy_only=False).astype(np.float32)
    infinite = np.flatnonzero(np.isinf(found))
    if infinite.size:
        raise UserError(
            "InvalidColumn",
            f"column {name!r} has {infinite.size} infinite values (or beyond float32's range), the first in row "
            f"{infinite[0]}; make them empty, or name the column in {PREPROCESSING}.exclude",
        )
    return found


def texts(column: pa.ChunkedArray) -> Array:
    """Return ``column`` as an array of ``str``; missing values are the empty string, whole floats lose their ``.0``."""
    column = decoded(column)
    if pa.types.is_floating(column.type):
        column = _whole(pc.if_else(pc.is_nan(column), None, column))
    filled = pc.fill_null(pc.cast(column, pa.string()), MISSING_CATEGORY)
    encoded = pc.dictionary_encode(filled).combine_chunks()  # one str per category, not one per row
    names: Array = np.array(encoded.dictionary.to_pylist(), dtype=object)
    found: Array = names[encoded.indices.to_numpy()]
    return found


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:  # a fraction, infinite, or beyond 64 bits
        return column


def _parsed(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    entries = column.to_pylist()
    for row, text in enumerate(entries):
        if text and not spells_number(text):
            raise UserError(
                "InvalidColumn",
                f"{PREPROCESSING}.columns: {name!r} is declared Numeric, but row {row} holds {text!r}; "
                "make such values empty, or declare it Categorical",
            )
    return pa.chunked_array([pa.array([float(text) if text else None for text in entries], pa.float64())])
