"""JSON arrays to numpy arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir_model.dtypes import numpy_dtype
from weir_serving.errors import InvalidInputError
from weir_serving.server.arrays import flatten, pack


def where(position: int) -> str:
    return f"at {position}"


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth > 1 else []


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        ([1, 2, 3, 4, 5, 6], (2, 3)),
        ([[1, 2, 3], [4, 5, 6]], (2, 3)),
        ([[[1], [2], [3]], [[4], [5], [6]]], (2, 3, 1)),
        ([[[1, 2, 3], [4, 5, 6]]], (1, 2, 3)),
    ],
)
def test_flat_and_nested_data_are_the_same(data, shape) -> None:
    assert flatten(data, shape, "x") == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("data", "shape", "message"),
    [
        ([1, 2, 3], (2, 2), "x: data has 3 values, but shape [2, 2] needs 4"),
        ([], (2, 2), "x: data has 0 values, but shape [2, 2] needs 4"),
        ([[1, 2], [3]], (2, 2), "x: data is nested, but not as its shape [2, 2] says"),
        ([[1, 2], 3], (2, 2), "x: data is nested, but not as its shape [2, 2] says"),
        ([[1, 2], "34"], (2, 2), "x: data is nested, but not as its shape [2, 2] says"),
        ([[1], [2], [3], [4]], (2, 2), "x: data is nested, but not as its shape [2, 2] says"),
        ([[1, 2]], (2, 2), "x: data has 2 values, but shape [2, 2] needs 4"),
        ([1], (10**9, 10**9), f"x: data has 1 values, but shape [{10**9}, {10**9}] needs {10**18}"),
    ],
)
def test_data_of_another_form_is_told_what_its_shape_needs(data, shape, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        flatten(data, shape, "x")
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("flat", "datatype", "expected"),
    [
        ([True, False], "BOOL", [True, False]),
        ([0, 255], "UINT8", [0, 255]),
        ([0, 65535], "UINT16", [0, 65535]),
        ([0, 2**32 - 1], "UINT32", [0, 2**32 - 1]),
        ([0, 2**64 - 1], "UINT64", [0, 2**64 - 1]),
        ([-128, 127], "INT8", [-128, 127]),
        ([-32768, 32767], "INT16", [-32768, 32767]),
        ([-(2**31), 2**31 - 1], "INT32", [-(2**31), 2**31 - 1]),
        ([-(2**63), 2**63 - 1], "INT64", [-(2**63), 2**63 - 1]),
        ([0.5, 2], "FP16", [0.5, 2.0]),
        ([0.1, -3], "FP32", np.array([0.1, -3], np.float32).tolist()),
        ([0.1, 1e300], "FP64", [0.1, 1e300]),
        ([True, 1.5], "FP32", [1.0, 1.5]),
        (["a", "", "ü\u0000"], "BYTES", ["a", "", "ü\u0000"]),
        (["a", None], "BYTES", ["a", ""]),
    ],
)
def test_every_datatype_takes_its_values(flat, datatype, expected) -> None:
    array = pack(flat, datatype, where)
    assert (expected, numpy_dtype(datatype)) == (array.tolist(), array.dtype)


@pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64"])
def test_null_is_nan_where_nan_exists(datatype) -> None:
    values = pack([1, None], datatype, where).tolist()
    assert values[0] == 1
    assert math.isnan(values[1])


@pytest.mark.parametrize(
    ("flat", "datatype", "message"),
    [
        ([1, "2"], "FP32", 'at 1: expected a number, got "2"'),
        ([None, "2"], "FP32", 'at 1: expected a number, got "2"'),
        ([1, [2]], "FP32", "at 1: expected a number, got [2]"),
        ([{"a": 1}], "FP64", 'at 0: expected a number, got {"a":1}'),
        ([0, 1e300], "FP32", "at 1: 1e+300 does not fit into FP32"),
        ([70000], "FP16", "at 0: 70000 does not fit into FP16"),
        ([1, 1.0], "INT64", "at 1: expected a whole number (INT64), got 1.0"),
        ([128], "INT8", "at 0: 128 does not fit into INT8"),
        ([-1], "UINT64", "at 0: -1 does not fit into UINT64"),
        ([None], "INT64", "at 0: expected a number, got null"),
        ([True, 1], "BOOL", "at 1: expected true or false, got 1"),
        (["a", 1], "BYTES", "at 1: expected text in quotes, got 1"),
        (["a", ["b"]], "BYTES", 'at 1: expected text in quotes, got ["b"]'),
        ([["a"]], "BYTES", 'at 0: expected text in quotes, got ["a"]'),
        ([nested(300)], "FP32", "at 0: expected a number, got what is nested too deeply"),
        ([nested(300)], "BYTES", "at 0: expected text in quotes, got what is nested too deeply"),
        (["x" * 100], "FP32", 'at 0: expected a number, got "' + "x" * 59 + "…"),
    ],
)
def test_what_does_not_fit_is_found_and_shown(flat, datatype, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pack(flat, datatype, where)
    assert message == str(caught.value)


@given(st.lists(st.floats(width=32, allow_nan=False) | st.integers(-(2**20), 2**20)))
def test_numbers_are_rounded_as_numpy_rounds_them(flat) -> None:
    assert np.array(flat, np.float32).tolist() == pack(flat, "FP32", where).tolist()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(st.lists(json_values, max_size=5), st.sampled_from(["FP32", "FP16", "INT8", "UINT64", "BOOL", "BYTES"]))
def test_anything_that_json_can_say_is_taken_or_refused(flat, datatype) -> None:
    try:
        array = pack(flat, datatype, where)
    except InvalidInputError:
        return
    assert array.shape == (len(flat),)


@given(st.lists(json_values, max_size=4), st.lists(st.integers(0, 3), max_size=3))
def test_any_nesting_is_flattened_or_refused(data, shape) -> None:
    try:
        flat = flatten(data, shape, "x")
    except InvalidInputError:
        return
    assert len(flat) == math.prod(shape)
