"""Which columns become features, and of what kind.

Knows Arrow types; does no arithmetic on values beyond what decides a kind.

| column holds                       | becomes                                                                    |
|------------------------------------|----------------------------------------------------------------------------|
| integers, floats, decimals         | numeric (float32)                                                          |
| booleans                           | numeric: 0 and 1                                                           |
| text                               | categorical, unless it looks like an identifier or free text (an error)    |
| dates, times, durations            | an error: say ``exclude``, or derive numbers from it                       |
| lists, structs, binary             | an error: say ``exclude``                                                  |
| nothing at all (every value null)  | left out, with a line in the log; also when only the holdout has values    |
| the target, the split's column     | never a feature                                                            |

``preprocessing.columns`` overrides the kind, ``preprocessing.exclude`` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from weir_model.run import RunRequest
from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT, ColumnKind
from weir_training.errors import UserError
from weir_training.similar import similar

PREPROCESSING = "spec.trainer.sklearn.preprocessing"
MANY_VALUES = 1000  # distinct texts beyond which a column is not taken for categories
FEW_VALUES = 50  # distinct texts that are always taken for categories, however few rows there are
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")  # what pandas calls an index without a name in parquet
_RESERVED = (LABEL_OUTPUT, PROBABILITIES_OUTPUT, PREDICTION_OUTPUT)


@dataclass(frozen=True)
class Columns:
    """The features by name, in the table's order, and the columns that were left out because they hold nothing."""

    kinds: dict[str, ColumnKind]
    empty: tuple[str, ...]


def choose(table: pa.Table, request: RunRequest) -> Columns:
    """Return the features of ``table`` that ``request`` asks for.

    Raises:
        UserError: InvalidColumn, TargetMissing or InvalidSplit, naming the column and the field to change.
    """
    names = table.column_names
    if request.data.target not in names:
        raise UserError("TargetMissing", f"spec.data.target: {absent(request.data.target, names)}")
    if request.data.split.column is not None and request.data.split.column not in names:
        raise UserError("InvalidSplit", f"spec.data.split.column: {absent(request.data.split.column, names)}")
    _check_overrides(request, names)
    left_out = {request.data.target, request.data.split.column, *request.preprocessing.exclude}
    candidates = [name for name in names if name not in left_out]
    empty = tuple(name for name in candidates if table[name].null_count == table.num_rows)
    kinds = {name: _kind(table[name], name, request) for name in candidates if name not in empty}
    if not kinds:
        raise UserError("InvalidColumn", f"{request.data.uri} has no feature columns besides the target")
    _check_names(kinds)
    return Columns(kinds, empty)


def absent(name: str, names: Iterable[str]) -> str:
    """Return the sentence that a column does not exist, with the names that come close, or some that do exist."""
    names = list(names)
    close = similar(name, names)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {_listed(names)}"
    return f"the data has no column {name!r}; {hint}"


def _check_overrides(request: RunRequest, names: list[str]) -> None:
    preprocessing = request.preprocessing
    for field, named in (("columns", preprocessing.columns), ("exclude", preprocessing.exclude)):
        for name in named:
            if name not in names:
                raise UserError("InvalidColumn", f"{PREPROCESSING}.{field}: {absent(name, names)}")
    if request.data.target in preprocessing.columns:
        raise UserError("InvalidColumn", f"{PREPROCESSING}.columns: {request.data.target!r} is the target, no feature")


def _kind(column: pa.ChunkedArray, name: str, request: RunRequest) -> ColumnKind:
    wanted = request.preprocessing.columns.get(name)
    kind = pa.types
    column = decoded(column)
    plain = column.type
    if is_number(plain) or kind.is_boolean(plain):
        return wanted or "numeric"
    if is_text(plain):
        if wanted is None:
            _check_categories(column, name)
        return wanted or "categorical"
    what = "a date or time" if kind.is_temporal(plain) else f"of type {plain}"
    raise UserError(
        "InvalidColumn", f"column {name!r} is {what}, which is no feature; name it in {PREPROCESSING}.exclude"
    )


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary-encoded column (pandas' categories) as the values that it stands for."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def is_number(kind: pa.DataType) -> bool:
    """Return whether values of this Arrow type are numbers (booleans are not)."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_text(kind: pa.DataType) -> bool:
    """Return whether values of this Arrow type are text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _check_categories(column: pa.ChunkedArray, name: str) -> None:
    distinct = pc.count_distinct(column).as_py()
    if distinct <= FEW_VALUES or (distinct <= MANY_VALUES and distinct * 2 <= len(column)):
        return
    raise UserError(
        "InvalidColumn",
        f"column {name!r} holds {distinct} different texts in {len(column)} rows, {_flavour(column)}; name it in "
        f"{PREPROCESSING}.exclude, or as Categorical in {PREPROCESSING}.columns to keep its most frequent values",
    )


def _flavour(column: pa.ChunkedArray) -> str:
    texts = [text for text in pc.unique(column).to_pylist() if text]
    odd = [text for text in texts if not spells_number(text)]
    if len(odd) * 2 > len(texts):
        return "like an identifier or free text"
    return f"most of them numbers, but also {_listed(odd)}, which would have to be empty for a numeric column"


def spells_number(text: str) -> bool:
    """Return whether ``text`` reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_names(kinds: dict[str, ColumnKind]) -> None:
    """Each column of a table with categories is a tensor of its own, and a graph's names are unique."""
    if "" in kinds:
        raise UserError(
            "InvalidColumn", "a column of the data has no name; name it, or write the file without its index"
        )
    index = next(filter(_PANDAS_INDEX.fullmatch, kinds), None)
    if index:
        raise UserError(
            "InvalidColumn",
            f"column {index!r} is the index of a pandas DataFrame; write the file with index=False, or name it in "
            f"{PREPROCESSING}.exclude",
        )
    taken = [name for name in kinds if name in _RESERVED]
    if taken and "categorical" in kinds.values():
        raise UserError(
            "InvalidColumn",
            f"column {taken[0]!r} is called like an output of the model; rename it, or name it in "
            f"{PREPROCESSING}.exclude",
        )


def _listed(names: list[str], limit: int = 8) -> str:
    return ", ".join(map(repr, names[:limit])) + (f" and {len(names) - limit} more" if len(names) > limit else "")
