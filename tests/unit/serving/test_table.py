"""Rows with named columns."""

from __future__ import annotations

import math

import pytest

from weir_model.signature import Column, Signature, TensorSpec, table_signature
from weir_serving.errors import InvalidInputError
from weir_serving.server.table import TableReader

NUMERIC = TableReader(table_signature("regression", {"age": "numeric", "size": "numeric"}, None))
MIXED = TableReader(table_signature("regression", {"age": "numeric", "sex": "categorical"}, None))
ONE = TableReader(table_signature("regression", {"age": "numeric"}, None))
TENSORS_ONLY = TableReader(Signature("regression", (TensorSpec("x", "FP32", (-1, 2)),), ()))


def plain(arrays) -> dict[str, list]:
    return {name: array.tolist() for name, array in arrays.items()}


def test_numeric_columns_share_a_tensor_in_the_signature_s_order() -> None:
    expected = {"features": [[1.0, 2.0], [3.0, 4.0]]}
    assert expected == plain(NUMERIC.from_instances([{"size": 2, "age": 1}, {"age": 3, "size": 4}]))
    assert expected == plain(NUMERIC.from_split({"columns": ["size", "age"], "data": [[2, 1], [4, 3]]}))
    assert expected == plain(NUMERIC.from_split({"columns": ["age", "size"], "data": [[1, 2], [3, 4]]}))


def test_mixed_columns_have_a_tensor_each() -> None:
    expected = {"age": [[1.0], [2.5]], "sex": [["f"], ["m"]]}
    assert expected == plain(MIXED.from_instances([{"age": 1, "sex": "f"}, {"age": 2.5, "sex": "m"}]))
    assert expected == plain(MIXED.from_split({"columns": ["sex", "age"], "data": [["f", 1], ["m", 2.5]]}))


def test_a_column_s_index_is_its_place_in_the_tensor_whatever_the_signature_s_order() -> None:
    columns = (Column("a", "numeric", "x", 1), Column("b", "numeric", "x", 0))
    reader = TableReader(Signature("regression", (TensorSpec("x", "FP32", (-1, 2)),), (), columns))
    assert plain(reader.from_instances([{"a": 1, "b": 2}])) == {"x": [[2.0, 1.0]]}


def test_null_is_a_missing_value() -> None:
    arrays = plain(MIXED.from_instances([{"age": None, "sex": None}]))
    assert math.isnan(arrays["age"][0][0])
    assert arrays["sex"] == [[""]]


def test_a_single_column_may_be_split() -> None:
    assert plain(ONE.from_split({"columns": ["age"], "data": [[1], [2]]})) == {"features": [[1.0], [2.0]]}


def test_an_index_as_pandas_writes_it_is_not_looked_at() -> None:
    split = {"index": [7], "columns": ["age"], "data": [[1]]}
    assert plain(ONE.from_split(split)) == {"features": [[1.0]]}


@pytest.mark.parametrize(
    ("reader", "instances", "message"),
    [
        (MIXED, [], "instances: empty; send at least one row"),
        (MIXED, {"age": 1}, "instances: expected an array of objects, one per row"),
        (MIXED, [[1, "f"]], "instances: row 0: expected an object with a value for each column"),
        (
            MIXED,
            [{"age": 1, "sex": "f"}, {"age": 1}],
            "instances: row 1: column 'sex' is missing; send null for a missing value",
        ),
        (
            MIXED,
            [{"age": 1, "sex": "f", "id": 7}],
            "instances: row 0: column 'id' is unknown; the model takes 'age', 'sex'",
        ),
        (
            MIXED,
            [{"age": 1, "sex": "f"}, {"age": "2", "sex": "f"}],
            "row 1, column 'age': expected a number, got \"2\"",
        ),
        (MIXED, [{"age": 1, "sex": 2}], "row 0, column 'sex': expected text in quotes, got 2"),
        (NUMERIC, [{"age": 1, "size": 1}, {"age": 1, "size": []}], "row 1, column 'size': expected a number, got []"),
        (NUMERIC, [{"age": 1, "size": 1e39}], "row 0, column 'size': 1e+39 does not fit into FP32"),
        (
            TENSORS_ONLY,
            [{"x": 1}],
            "this model has no named columns; send tensors to its /v2/models/.../infer",
        ),
    ],
)
def test_instances_that_do_not_fit_are_told_row_and_column(reader, instances, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        reader.from_instances(instances)
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ([], 'dataframe_split: expected an object with "columns" and "data"'),
        ({"columns": ["age", "sex"]}, 'dataframe_split: expected an object with "columns" and "data"'),
        ({"columns": "age", "data": []}, "dataframe_split: columns: expected an array of names"),
        ({"columns": [1, 2], "data": []}, "dataframe_split: columns: expected an array of names"),
        (
            {"columns": ["age"], "data": [[1]]},
            "dataframe_split: column 'sex' is missing; send null for a missing value",
        ),
        (
            {"columns": ["age", "sex", "id"], "data": [[1, "f", 2]]},
            "dataframe_split: column 'id' is unknown; the model takes 'age', 'sex'",
        ),
        (
            {"columns": ["age", "sex", "age"], "data": [[1, "f", 1]]},
            "dataframe_split: column 'age' is given more than once",
        ),
        ({"columns": ["age", "sex"], "data": []}, "dataframe_split: data: empty; send at least one row"),
        ({"columns": ["age", "sex"], "data": {}}, "dataframe_split: data: expected an array of arrays, one per row"),
        (
            {"columns": ["age", "sex"], "data": [[1, "f"], [1]]},
            "dataframe_split: data: row 1: expected an array of 2 values, one per column",
        ),
        ({"columns": ["sex", "age"], "data": [["f", "old"]]}, "row 0, column 'age': expected a number, got \"old\""),
    ],
)
def test_a_split_frame_that_does_not_fit_is_told_row_and_column(split, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        MIXED.from_split(split)
    assert message == str(caught.value)
