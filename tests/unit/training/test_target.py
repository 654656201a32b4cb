"""Targets: labels, numbers, and what is neither."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from weir_model.signature import Task
from weir_training.errors import UserError
from weir_training.target import read_target

LABELS: dict[str, tuple[Any, tuple[str | int, ...], list[int]]] = {
    "whole numbers, in their order": ([7, -1, 7], (-1, 7), [1, 0, 1]),
    "texts, in alphabetical order": (["no", "yes", "no"], ("no", "yes"), [0, 1, 0]),
    "truth values are 0 and 1": ([True, False, True], (0, 1), [1, 0, 1]),
    "whole numbers that were stored as fractions": ([1.0, 0.0, 1.0], (0, 1), [1, 0, 1]),
    "pandas' categories": (pa.array(["b", "a", "b"]).dictionary_encode(), ("a", "b"), [1, 0, 1]),
    "NA is a label": (["NA", "DE", "NA"], ("DE", "NA"), [1, 0, 1]),
}


@pytest.mark.parametrize(("values", "classes", "indices"), LABELS.values(), ids=LABELS)
def test_labels(values: Any, classes: tuple[str | int, ...], indices: list[int]) -> None:
    target = read_target(pa.table({"y": values}), "y", "classification")
    assert (target.classes, target.values.tolist()) == (classes, indices)
    assert [type(label) for label in target.classes or ()] == [type(label) for label in classes]


def test_numbers() -> None:
    target = read_target(pa.table({"y": [1, 2, 4]}), "y", "regression")
    assert (target.classes, target.values.tolist()) == (None, [1.0, 2.0, 4.0])


def test_whole_numbers_that_float64_rounds_are_numbers() -> None:
    assert read_target(pa.table({"y": [2**53 + 1, 0]}), "y", "regression").values.tolist() == [2.0**53, 0.0]


MISSING: dict[str, tuple[Any, Task, list[int]]] = {
    "a label": (["a", None, "b"], "classification", [0, 2]),
    "an empty label, as CSV has it": (["a", "", "b"], "classification", [0, 2]),
    "a number": ([1.0, 2.0, None], "regression", [0, 1]),
    "NaN": ([float("nan"), 2.0, 3.0], "regression", [1, 2]),
    "NaN among labels": ([float("nan"), 2.0, 3.0], "classification", [1, 2]),
}


@pytest.mark.parametrize(("values", "task", "known"), MISSING.values(), ids=MISSING)
def test_rows_without_a_target_are_not_used(values: Any, task: Task, known: list[int]) -> None:
    target = read_target(pa.table({"y": values}), "y", task)
    assert (target.known.tolist(), len(target.values)) == (known, len(known))


REFUSED: dict[str, tuple[Any, Task, str, tuple[str, ...]]] = {
    "texts to a regressor": (["no", "no", "yes"], "regression", "TargetNotNumeric", ("'no', 'yes'", "regressor")),
    "truth values to a regressor": ([True, False], "regression", "TargetNotNumeric", ("True, False",)),
    "dates to a regressor": ([dt.date(2026, 1, 1)] * 2, "regression", "TargetNotNumeric", ("2026",)),
    "infinite numbers": ([1.0, float("inf")], "regression", "TargetNotNumeric", ("infinite", "row 1")),
    "fractions to a classifier": ([0.5, 1.5], "classification", "TargetNotCategorical", ("0.5", "regressor")),
    "dates to a classifier": (
        [dt.date(2026, 1, 1)] * 2,
        "classification",
        "TargetNotCategorical",
        ("date32",),
    ),
    "one class": (["a", "a"], "classification", "SingleClass", ("'a' in every row",)),
    "one class besides missing ones": ([1, None], "classification", "SingleClass", ("1 in every row",)),
    "nothing": (pa.nulls(2, pa.string()), "classification", "NoRows", ("missing in all of the 2 rows",)),
    "nothing, of no type": (pa.nulls(2), "regression", "NoRows", ("missing in all of the 2 rows",)),
}


@pytest.mark.parametrize(("values", "task", "reason", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(values: Any, task: Task, reason: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        read_target(pa.table({"y": values}), "y", task)
    assert caught.value.reason == reason
    assert [word for word in ("spec.data.target: 'y'", *words) if word not in caught.value.message] == []
