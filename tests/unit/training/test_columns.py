"""Which columns become features, of what kind, and how their values look then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir_model.run import Data, Preprocessing, RunRequest, Split
from weir_training.columns import choose
from weir_training.errors import UserError
from weir_training.features import extract, numbers, texts

DAY = dt.date(2026, 1, 1)


def _request(split: Split | None = None, **preprocessing: Any) -> RunRequest:
    return RunRequest(
        namespace="lab",
        training_job="t",
        training_job_uid="u",
        model="m",
        version="t",
        data=Data("file:///data.csv", "y", split or Split()),
        estimator="sklearn.tree.DecisionTreeClassifier",
        output="file:///out",
        preprocessing=Preprocessing(**preprocessing),
    )


def _table(**columns: Any) -> pa.Table:
    return pa.table(columns | {"y": [0, 1, 0, 1]})


KINDS: dict[str, tuple[Any, str]] = {
    "whole numbers": ([1, 2, 3, 4], "numeric"),
    "fractions": ([1.5, None, 2, 3], "numeric"),
    "decimals": (pa.array(["1.5", "2", "3", None]).cast(pa.decimal128(5, 1)), "numeric"),
    "truth values": ([True, False, None, True], "numeric"),
    "texts": (["a", "b", None, "a"], "categorical"),
    "pandas' categories": (pa.array(["a", "b", None, "a"]).dictionary_encode(), "categorical"),
    "categories that are numbers": (pa.array([1, 2, 1, None]).dictionary_encode(), "numeric"),
    "numbers with a text among them": (["1", "2", "unknown", "3"], "categorical"),
}


@pytest.mark.parametrize(("values", "kind"), KINDS.values(), ids=KINDS)
def test_the_kind_of_a_column_comes_from_its_values(values: Any, kind: str) -> None:
    assert choose(_table(x=values), _request()).kinds == {"x": kind}


def test_given_kinds_come_first() -> None:
    table = _table(zip=[1, 2, 3, 4], size=["1", "2", "", "3"])
    request = _request(columns={"zip": "categorical", "size": "numeric"})
    assert choose(table, request).kinds == {"zip": "categorical", "size": "numeric"}


def test_target_split_column_and_excluded_columns_are_no_features() -> None:
    table = _table(a=[1, 2, 3, 4], patient=[1, 1, 2, 2], when=[DAY] * 4)
    request = _request(Split(strategy="Group", column="patient"), exclude=("when",))
    assert list(choose(table, request).kinds) == ["a"]


def test_a_column_that_holds_nothing_is_left_out_and_named() -> None:
    chosen = choose(_table(a=[1, 2, 3, 4], b=pa.nulls(4), c=pa.nulls(4, pa.float64())), _request())
    assert (chosen.kinds, chosen.empty) == ({"a": "numeric"}, ("b", "c"))


REFUSED: dict[str, tuple[dict[str, Any], RunRequest, str, tuple[str, ...]]] = {
    "a date": ({"when": [DAY] * 4}, _request(), "InvalidColumn", ("'when'", "date or time", "preprocessing.exclude")),
    "a list": ({"tags": [["a"]] * 4}, _request(), "InvalidColumn", ("'tags'", "list", "preprocessing.exclude")),
    "a date declared Numeric": (
        {"when": [DAY] * 4},
        _request(columns={"when": "numeric"}),
        "InvalidColumn",
        ("'when'", "date or time"),
    ),
    "no feature left": ({"a": [1, 2, 3, 4]}, _request(exclude=("a",)), "InvalidColumn", ("no feature columns",)),
    "excluding what is not there": (
        {"height": [1, 2, 3, 4]},
        _request(exclude=("hight",)),
        "InvalidColumn",
        ("preprocessing.exclude", "'hight'", "did you mean 'height'"),
    ),
    "a kind for what is not there": (
        {"a": [1, 2, 3, 4]},
        _request(columns={"b": "numeric"}),
        "InvalidColumn",
        ("preprocessing.columns", "'b'", "'a', 'y'"),
    ),
    "a kind for the target": (
        {"a": [1, 2, 3, 4]},
        _request(columns={"y": "numeric"}),
        "InvalidColumn",
        ("'y'", "target"),
    ),
    "a split by what is not there": (
        {"a": [1, 2, 3, 4]},
        _request(Split(strategy="Time", column="day")),
        "InvalidSplit",
        ("spec.data.split.column", "'day'"),
    ),
    "a column without a name, as an index is written": (
        {"": [1, 2, 3, 4], "a": [1, 2, 3, 4]},
        _request(),
        "InvalidColumn",
        ("no name", "index"),
    ),
    "an index of pandas, as parquet holds it": (
        {"__index_level_0__": [1, 2, 3, 4], "a": [1, 2, 3, 4]},
        _request(),
        "InvalidColumn",
        ("'__index_level_0__'", "index=False", "preprocessing.exclude"),
    ),
    "a feature called like an output, when columns are tensors": (
        {"label": [1, 2, 3, 4], "colour": ["a", "b", "a", "b"]},
        _request(),
        "InvalidColumn",
        ("'label'", "rename"),
    ),
}


@pytest.mark.parametrize(("columns", "request_", "reason", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(columns: dict[str, Any], request_: RunRequest, reason: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        choose(_table(**columns), request_)
    assert caught.value.reason == reason
    assert [word for word in words if word not in caught.value.message] == []


def test_a_missing_target_is_named_with_what_comes_close() -> None:
    with pytest.raises(UserError, match=r"spec\.data\.target: .*'y'; did you mean 'yy'\?") as caught:
        choose(pa.table({"a": [1], "yy": [0]}), _request())
    assert caught.value.reason == "TargetMissing"


def test_a_name_per_row_is_no_category() -> None:
    table = pa.table({"y": [0] * 60, "name": [f"person {i}" for i in range(60)]})
    with pytest.raises(UserError, match=r"'name' holds 60 different texts in 60 rows, like an identifier.*exclude"):
        choose(table, _request())
    assert choose(table, _request(columns={"name": "categorical"})).kinds == {"name": "categorical"}


def test_numbers_spoilt_by_a_word_are_pointed_out() -> None:
    table = pa.table({"y": [0] * 60, "age": [*map(str, range(59)), "unknown"]})
    with pytest.raises(
        UserError, match=r"'age' .*most of them numbers, but also 'unknown', which would have to be empty"
    ):
        choose(table, _request())


def test_a_numeric_feature_may_be_called_like_an_output_in_a_table_of_numbers() -> None:
    assert choose(_table(label=[1, 2, 3, 4]), _request()).kinds == {"label": "numeric"}


TEXTS: dict[str, tuple[pa.Array, list[str]]] = {
    "nothing is the empty text": (pa.array(["a", None, ""]), ["a", "", ""]),
    "whole numbers": (pa.array([1, None, 3]), ["1", "", "3"]),
    "whole numbers that were stored as fractions": (pa.array([1.0, None, 3.0]), ["1", "", "3"]),
    "fractions": (pa.array([1.5, None, 3.0]), ["1.5", "", "3"]),
    "truth values": (pa.array([True, None, False]), ["true", "", "false"]),
    "dictionaries": (pa.array(["a", None, "b"]).dictionary_encode(), ["a", "", "b"]),
    "NaN is nothing": (pa.array([1.0, float("nan"), 3.0]), ["1", "", "3"]),
    "infinite numbers": (pa.array([1.0, float("inf")]), ["1", "inf"]),
    "numbers beyond 64 bits": (pa.array([1.0, 1e300]), ["1", "1e+300"]),
    "nothing at all": (pa.array([None, None], pa.string()), ["", ""]),
}


@pytest.mark.parametrize(("array", "expected"), TEXTS.values(), ids=TEXTS)
def test_categories_are_texts(array: pa.Array, expected: list[str]) -> None:
    assert texts(pa.chunked_array([array])).tolist() == expected


def test_categories_of_several_files_are_one_column() -> None:
    parts = pa.chunked_array([pa.array(["a", "b"]), pa.array(["c", None, "a"])])
    assert texts(parts).tolist() == ["a", "b", "c", "", "a"]


NUMBERS: dict[str, tuple[pa.Array, list[float]]] = {
    "whole numbers": (pa.array([1, None, 3]), [1, np.nan, 3]),
    "NaN is missing": (pa.array([1.5, float("nan"), None]), [1.5, np.nan, np.nan]),
    "truth values": (pa.array([True, None, False]), [1, np.nan, 0]),
    "texts that spell numbers": (pa.array(["1e3", "", "-2"]), [1000, np.nan, -2]),
    "whole numbers that float64 rounds": (pa.array([2**53 + 1, -(2**62) - 1]), [2.0**53, -(2.0**62)]),
    "whole numbers beyond 63 bits": (pa.array([2**64 - 1], pa.uint64()), [2.0**64]),
    "decimals": (pa.array(["1.25", None]).cast(pa.decimal128(5, 2)), [1.25, np.nan]),
}


@pytest.mark.parametrize(("array", "expected"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_float32(array: pa.Array, expected: list[float]) -> None:
    found = numbers(pa.chunked_array([array]), "x")
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


@given(st.lists(st.one_of(st.none(), st.floats(width=32, allow_infinity=False)), min_size=1))
def test_float32_values_come_through_unchanged(values: list[float | None]) -> None:
    found = numbers(pa.chunked_array([pa.array(values, pa.float64())]), "x")
    np.testing.assert_array_equal(found, np.array([np.nan if v is None else v for v in values], np.float32))


@pytest.mark.parametrize("value", [float("inf"), -1e39])
def test_infinite_values_are_refused_with_their_row(value: float) -> None:
    with pytest.raises(UserError, match=r"'x' has 1 infinite values .* the first in row 2"):
        numbers(pa.chunked_array([pa.array([1.0, None, value])]), "x")


def test_a_text_in_a_column_that_is_declared_numeric_is_shown_with_its_row() -> None:
    with pytest.raises(UserError, match=r"preprocessing\.columns: 'x' is declared Numeric, but row 1 holds 'tall'"):
        numbers(pa.chunked_array([pa.array(["1", "tall"])]), "x")


def test_a_table_of_numbers_is_one_tensor() -> None:
    features = extract(pa.table({"a": [1, 2], "b": [3, 4]}), {"a": "numeric", "b": "numeric"})
    tensors = features.tensors()
    assert list(tensors) == ["features"]
    np.testing.assert_array_equal(tensors["features"], np.array([[1, 3], [2, 4]], np.float32))


def test_a_mixed_table_is_one_tensor_per_column_called_like_it() -> None:
    features = extract(pa.table({"my size": [1, 2], "b": ["x", None]}), {"my size": "numeric", "b": "categorical"})
    found = {name: (tensor.shape, tensor.ravel().tolist()) for name, tensor in features.tensors().items()}
    assert found == {"my size": ((2, 1), [1.0, 2.0]), "b": ((2, 1), ["x", ""])}


def test_rows_keep_their_index_in_the_data() -> None:
    features = extract(pa.table({"a": [1, 2, 3]}), {"a": "numeric"}).take(np.array([2, 0]))
    assert (features.rows.tolist(), features.values["a"].tolist()) == ([2, 0], [3.0, 1.0])
