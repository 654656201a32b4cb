"""Rows with named columns, as people with curl and pandas send them, to the model's input tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy.typing as npt

from weir_model.signature import Signature, TensorSpec
from weir_serving.errors import InvalidInputError
from weir_serving.server.arrays import pack
from weir_serving.server.wording import listed, quoted

Rows = Sequence[Sequence[Any]]  # values in the order of the signature's columns


@dataclass(frozen=True)
class _Part:
    """One input tensor, and which columns it takes in which order."""

    spec: TensorSpec
    columns: tuple[int, ...]


class TableReader:
    """Reads tables for one signature."""

    def __init__(self, signature: Signature) -> None:
        self._names = tuple(column.name for column in signature.columns)
        self._known = frozenset(self._names)
        self._parts = tuple(_Part(spec, _columns_of(spec, signature)) for spec in signature.inputs)

    def from_instances(self, instances: Any) -> dict[str, npt.NDArray[Any]]:
        """Return the tensors for ``[{column: value, ...}, ...]``.

        Raises:
            InvalidInputError: the message names the row, the column and the fix.
        """
        self._check_rows(instances, "instances", "objects, one per row")
        for row, instance in enumerate(instances):
            if not isinstance(instance, dict):
                raise InvalidInputError(f"instances: row {row}: expected an object with a value for each column")
            if instance.keys() != self._known:
                raise self._wrong_columns(instance.keys(), f"instances: row {row}: ")
        return self._tensors([[instance[name] for name in self._names] for instance in instances])

    def from_split(self, split: Any) -> dict[str, npt.NDArray[Any]]:
        """Return the tensors for ``{"columns": [...], "data": [[...], ...]}``; an ``index`` is not looked at.

        Raises:
            InvalidInputError: the message names the row, the column and the fix.
        """
        if not isinstance(split, dict) or not {"columns", "data"} <= split.keys():
            raise InvalidInputError('dataframe_split: expected an object with "columns" and "data"')
        columns, data = split["columns"], split["data"]
        if not isinstance(columns, list) or set(map(type, columns)) - {str}:
            raise InvalidInputError("dataframe_split: columns: expected an array of names")
        if len(columns) != len(self._names) or set(columns) != self._known:
            raise self._wrong_columns(columns, "dataframe_split: ")
        self._check_rows(data, "dataframe_split: data", "arrays, one per row")
        for row, values in enumerate(data):
            if not isinstance(values, list) or len(values) != len(columns):
                raise InvalidInputError(
                    f"dataframe_split: data: row {row}: expected an array of {len(columns)} values, one per column"
                )
        return self._tensors(data if tuple(columns) == self._names else self._reordered(columns, data))

    def _check_rows(self, rows: Any, label: str, expected: str) -> None:
        if not self._names:
            raise InvalidInputError("this model has no named columns; send tensors to its /v2/models/.../infer")
        if not isinstance(rows, list):
            raise InvalidInputError(f"{label}: expected an array of {expected}")
        if not rows:
            raise InvalidInputError(f"{label}: empty; send at least one row")

    def _wrong_columns(self, given: Collection[str], label: str) -> InvalidInputError:
        times = Counter(given)
        for name in self._names:
            if name not in times:
                return InvalidInputError(f"{label}column {name!r} is missing; send null for a missing value")
        for name in times:
            if name not in self._known:
                known = listed([repr(column) for column in self._names])
                return InvalidInputError(f"{label}column {quoted(name)} is unknown; the model takes {known}")
        twice = next(name for name in times if times[name] > 1)
        return InvalidInputError(f"{label}column {twice!r} is given more than once")

    def _reordered(self, columns: list[str], data: Rows) -> Rows:
        if len(columns) == 1:
            return data
        pick = itemgetter(*(columns.index(name) for name in self._names))
        return [pick(values) for values in data]

    def _tensors(self, rows: Rows) -> dict[str, npt.NDArray[Any]]:
        return {part.spec.name: self._tensor(part, rows) for part in self._parts}

    def _tensor(self, part: _Part, rows: Rows) -> npt.NDArray[Any]:
        columns, width = part.columns, len(part.columns)
        if columns == tuple(range(len(self._names))):
            flat = list(chain.from_iterable(rows))
        else:
            flat = [values[column] for values in rows for column in columns]

        def locate(position: int) -> str:
            row, rest = divmod(position, width)
            return f"row {row}, column {self._names[columns[rest]]!r}"

        return pack(flat, part.spec.datatype, locate).reshape(len(rows), width)


def _columns_of(spec: TensorSpec, signature: Signature) -> tuple[int, ...]:
    placed = [(column.index, i) for i, column in enumerate(signature.columns) if column.tensor == spec.name]
    return tuple(i for _, i in sorted(placed))
