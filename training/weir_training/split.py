"""Divides rows into those that are fitted on and the holdout that judges; deterministic in the seed.

Random keeps each class's share on both sides, and every class on the fit side. Time holds out the last rows, Group
whole groups. The split's column is never a feature (columns.py sees to it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weir_model.run import Split
from weir_training.columns import is_number
from weir_training.errors import UserError
from weir_training.target import Target

FIELD = "spec.data.split"
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sides:
    """Positions, ascending, of the rows on either side."""

    fit: Positions
    holdout: Positions


def divide(split: Split, table: pa.Table, target: Target) -> Sides:
    """Return the sides of the rows whose target is known; ``table`` holds just those.

    Raises:
        UserError: InvalidSplit when a side would be empty, the column cannot order or group the rows, or the holdout
            has a class that the fit side lacks; SingleClass when the fit side has only one.
    """
    if not 0 < split.holdout < 1:
        raise UserError("InvalidSplit", f"{FIELD}.holdout: {split.holdout} is not between 0 and 1")
    rows = len(target.values)
    if split.strategy == "Random":
        held = _random(split, target)
    elif split.column is None:
        raise UserError("InvalidSplit", f"{FIELD}.column: strategy {split.strategy} needs a column")
    elif split.strategy == "Time":
        held = _last(split, _ordered(table[split.column], split.column))
    else:
        held = _groups(split, table[split.column])
    sides = Sides(np.setdiff1d(np.arange(rows), held), np.sort(held))
    _check(sides, target, rows, split)
    return sides


def _random(split: Split, target: Target) -> Positions:
    generator = np.random.default_rng(split.seed)
    if target.classes is None:
        order = generator.permutation(len(target.values))
        return order[: max(1, round(split.holdout * len(order)))]
    members = [generator.permutation(np.flatnonzero(target.values == index)) for index in range(len(target.classes))]
    shares = _shares([len(rows) for rows in members], split.holdout)
    return np.concatenate([rows[:share] for rows, share in zip(members, shares, strict=True)])


def _shares(sizes: list[int], holdout: float) -> list[int]:
    """Return how many rows of each class to hold out: by largest remainder, and never a class's last row."""
    exact = [size * holdout for size in sizes]
    shares = [min(math.floor(share), size - 1) for share, size in zip(exact, sizes, strict=True)]
    wanted = max(1, round(sum(exact)))
    for index in sorted(range(len(sizes)), key=lambda i: shares[i] - exact[i]):
        if sum(shares) < wanted and shares[index] < sizes[index] - 1:
            shares[index] += 1
    return shares


def _ordered(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    if not (is_number(column.type) or pa.types.is_temporal(column.type)):
        raise UserError(
            "InvalidSplit", f"{FIELD}.column: {name!r} is of type {column.type}; Time needs a number, date or timestamp"
        )
    missing = np.flatnonzero(pc.is_null(column, nan_is_null=True).to_numpy(zero_copy_only=False))
    if missing.size:
        raise UserError(
            "InvalidSplit", f"{FIELD}.column: {name!r} is missing in {missing.size} rows; Time needs it in all"
        )
    return column


def _last(split: Split, column: pa.ChunkedArray) -> Positions:
    order = np.asarray(pc.array_sort_indices(column.combine_chunks()), np.int64)  # stable: ties keep the file's order
    return order[len(order) - max(1, round(split.holdout * len(order))) :]


def _groups(split: Split, column: pa.ChunkedArray) -> Positions:
    codes = column.combine_chunks()
    if not pa.types.is_dictionary(codes.type):
        codes = pc.dictionary_encode(codes, null_encoding="encode")
    groups = np.asarray(codes.indices.fill_null(-1))
    names, sizes = np.unique(groups, return_counts=True)
    if len(names) < 2:
        raise UserError("InvalidSplit", f"{FIELD}.column: {split.column!r} has only one group, so none can be held out")
    order = np.random.default_rng(split.seed).permutation(len(names))
    held = np.cumsum(sizes[order])
    count = int(np.argmin(np.abs(held[:-1] - split.holdout * len(groups)))) + 1
    return np.flatnonzero(np.isin(groups, names[order[:count]]))


def _check(sides: Sides, target: Target, rows: int, split: Split) -> None:
    if len(sides.fit) == 0 or len(sides.holdout) == 0:
        raise UserError(
            "InvalidSplit",
            f"{FIELD}.holdout: {split.holdout} of {rows} rows leaves {len(sides.fit)} to fit on and "
            f"{len(sides.holdout)} to hold out; more data is needed",
        )
    if target.classes is None:
        return
    fitted, held = set(target.values[sides.fit].tolist()), set(target.values[sides.holdout].tolist())
    if held - fitted:
        label = target.classes[min(held - fitted)]
        raise UserError(
            "InvalidSplit",
            f"{FIELD}: class {label!r} is only in the rows that {split.strategy} holds out, so it cannot be learned; "
            "change the split's column or holdout, or leave those rows out of the data",
        )
    if len(fitted) < 2:
        raise UserError(
            "SingleClass",
            f"{FIELD}: the rows to fit on have only class {target.classes[min(fitted)]!r}; change the split",
        )
