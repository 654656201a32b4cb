"""Divides rows into those that are fitted on and the holdout that judges; deterministic in the seed.

Random is scikit-learn's ``train_test_split`` over the rows in the file's order, so that anybody can repeat it; it is
stratified for classification, where the only row of a class is fitted on. Time holds out the last rows, Group whole
groups. The split's column is never a feature (columns.py sees to it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.model_selection import train_test_split

from weir_model.run import Split
from weir_training.columns import is_number
from weir_training.errors import UserError
from weir_training.target import Target

FIELD = "spec.data.split"
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sides:
    """Positions of the rows on either side; the fit side in the order in which rows are fitted."""

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
        sides = _random(split, target)
    elif split.column is None:
        raise UserError("InvalidSplit", f"{FIELD}.column: strategy {split.strategy} needs a column")
    elif split.strategy == "Time":
        sides = _without(_last(split, _ordered(table[split.column], split.column)), rows)
    else:
        sides = _without(_groups(split, table[split.column]), rows)
    _check(sides, target, rows, split)
    return sides


def _without(held: Positions, rows: int) -> Sides:
    return Sides(np.setdiff1d(np.arange(rows), held), np.sort(held))


def _random(split: Split, target: Target) -> Sides:
    positions = np.arange(len(target.values))
    if target.classes is None:
        return _shuffled(split, positions, None)
    alone = np.isin(target.values, np.flatnonzero(np.bincount(target.values) == 1))
    if alone.all():
        raise UserError(
            "InvalidSplit",
            f"{FIELD}: each of the {len(alone)} rows is the only one of its class, so none can be held out; use more "
            "data, another target or a regressor",
        )
    sides = _shuffled(split, positions[~alone], target.values[~alone])
    return Sides(np.concatenate([sides.fit, positions[alone]]), sides.holdout)


def _shuffled(split: Split, positions: Positions, classes: npt.NDArray[np.generic] | None) -> Sides:
    try:
        fit, held = train_test_split(positions, test_size=split.holdout, random_state=split.seed, stratify=classes)
    except ValueError as error:
        raise UserError(
            "InvalidSplit",
            f"{FIELD}.holdout: {split.holdout} of {len(positions)} rows cannot be held out; use more data: {error}",
        ) from error
    return Sides(fit, held)


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
