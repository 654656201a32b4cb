"""Who is fitted on and who judges."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from weir_model.run import Split
from weir_training.errors import UserError
from weir_training.split import Sides, divide
from weir_training.target import Target


def _labels(*counts: int) -> Target:
    values = np.repeat(np.arange(len(counts)), counts)
    return Target(values, tuple(f"class {i}" for i in range(len(counts))), np.arange(len(values)))


def _numbers(rows: int) -> Target:
    return Target(np.arange(rows, dtype=np.float64), None, np.arange(rows))


def _divide(split: Split, target: Target, **columns: Any) -> Sides:
    return divide(split, pa.table(columns or {"x": np.zeros(len(target.values))}), target)


@given(
    counts=st.lists(st.integers(20, 60), min_size=2, max_size=4),
    alone=st.integers(0, 2),
    holdout=st.floats(0.1, 0.9),
    seed=st.integers(0, (1 << 32) - 1),
)
def test_random_keeps_every_class_and_its_share(counts: list[int], alone: int, holdout: float, seed: int) -> None:
    sizes = counts + [1] * alone
    target = _labels(*sizes)
    sides = _divide(Split(holdout, seed=seed), target)
    assert sorted([*sides.fit.tolist(), *sides.holdout.tolist()]) == list(range(sum(sizes)))
    held = np.bincount(target.values[sides.holdout], minlength=len(sizes))
    assert all(0 < count < size for count, size in zip(held, counts, strict=False))
    assert not held[len(counts) :].any(), "the only row of a class is fitted on"
    assert all(abs(count - size * holdout) < 2 for count, size in zip(held, counts, strict=False))


def test_random_is_what_scikit_learn_does_so_that_anybody_can_repeat_it() -> None:
    target = _labels(30, 20)
    sides = _divide(Split(0.25, seed=7), target)
    fit, held = train_test_split(np.arange(50), test_size=0.25, random_state=7, stratify=target.values)
    assert (sides.fit.tolist(), sides.holdout.tolist()) == (fit.tolist(), held.tolist())


def test_random_is_decided_by_the_seed() -> None:
    def held(seed: int) -> list[int]:
        return _divide(Split(0.5, seed=seed), _labels(20, 20)).holdout.tolist()

    assert held(1) == held(1)
    assert held(1) != held(2)


def test_random_of_numbers_holds_out_the_share() -> None:
    sides = _divide(Split(0.25), _numbers(40))
    assert (len(sides.fit), len(sides.holdout)) == (30, 10)


TIMES: dict[str, Any] = {
    "numbers": [3, 1, 4, 2, 5],
    "dates": [dt.date(2026, 1, day) for day in (3, 1, 4, 2, 5)],
    "instants": [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (3, 1, 4, 2, 5)],
}


@pytest.mark.parametrize("values", TIMES.values(), ids=TIMES)
def test_time_holds_out_the_last_rows(values: Any) -> None:
    sides = _divide(Split(0.4, "Time", "when"), _numbers(5), when=values)
    assert (sides.fit.tolist(), sides.holdout.tolist()) == ([0, 1, 3], [2, 4])


@given(
    sizes=st.lists(st.integers(1, 12), min_size=2, max_size=12),
    holdout=st.floats(0.05, 0.95),
    seed=st.integers(0, (1 << 32) - 1),
)
def test_group_never_divides_a_group(sizes: list[int], holdout: float, seed: int) -> None:
    groups = [f"patient {i}" if i else None for i, size in enumerate(sizes) for _ in range(size)]
    sides = _divide(Split(holdout, "Group", "who", seed), _numbers(len(groups)), who=groups)
    assert len(sides.fit) > 0
    assert len(sides.holdout) > 0
    assert not {groups[i] for i in sides.fit} & {groups[i] for i in sides.holdout}


def test_group_takes_what_comes_closest_to_the_share() -> None:
    sides = _divide(Split(0.5, "Group", "who"), _numbers(100), who=np.arange(100) % 10)
    assert len(sides.holdout) == 50


REFUSED: dict[str, tuple[Split, Target, dict[str, Any], str, tuple[str, ...]]] = {
    "a share of everything": (Split(1.0), _numbers(5), {}, "InvalidSplit", ("split.holdout", "1.0")),
    "a single row": (Split(0.2), _numbers(1), {}, "InvalidSplit", ("1 rows", "more data")),
    "one row per class": (Split(0.2), _labels(1, 1), {}, "InvalidSplit", ("each of the 2 rows", "more data")),
    "time without a column": (Split(0.2, "Time"), _numbers(5), {}, "InvalidSplit", ("split.column", "Time")),
    "time by texts": (
        Split(0.2, "Time", "when"),
        _numbers(2),
        {"when": ["a", "b"]},
        "InvalidSplit",
        ("'when'", "timestamp"),
    ),
    "time with gaps": (Split(0.2, "Time", "when"), _numbers(2), {"when": [1, None]}, "InvalidSplit", ("missing in 1",)),
    "one group": (Split(0.2, "Group", "who"), _numbers(2), {"who": ["a", "a"]}, "InvalidSplit", ("only one group",)),
    "a class that comes late": (
        Split(0.4, "Time", "when"),
        _labels(2, 2, 1),
        {"when": [1, 2, 3, 4, 5]},
        "InvalidSplit",
        ("'class 2'", "Time holds out"),
    ),
    "one class until late": (
        Split(0.5, "Time", "when"),
        Target(np.array([0, 0, 0, 0]), ("a", "b"), np.arange(4)),
        {"when": [1, 2, 3, 4]},
        "SingleClass",
        ("only class 'a'",),
    ),
}


@pytest.mark.parametrize(("split", "target", "columns", "reason", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(
    split: Split, target: Target, columns: dict[str, Any], reason: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(UserError) as caught:
        _divide(split, target, **columns)
    assert caught.value.reason == reason
    assert [word for word in ("spec.data.split", *words) if word not in caught.value.message] == []
