"""Tensors against the signature."""

from __future__ import annotations

import numpy as np
import pytest

from weir_model.signature import Signature, TensorSpec, table_signature
from weir_serving.errors import InvalidInputError
from weir_serving.server.binding import Binder, JsonTensor

NUMERIC = table_signature("regression", {"age": "numeric", "size": "numeric"}, None)
MIXED = table_signature("regression", {"age": "numeric", "sex": "categorical"}, None)
MANY = table_signature("regression", {f"c{i}": "categorical" for i in range(25)}, None)
IMAGE = Signature("classification", (TensorSpec("pixels", "UINT8", (-1, 2, 2)),), ())


def features(shape: tuple[int, ...], data: list, **changes) -> JsonTensor:
    return JsonTensor(**({"name": "features", "datatype": "FP32", "shape": shape, "data": data} | changes))


AGE = JsonTensor("age", "FP32", (2, 1), [1, 2])
SEX = JsonTensor("sex", "BYTES", (2, 1), ["f", "m"])


def test_tensors_become_arrays_of_their_shape() -> None:
    arrays = Binder(MIXED).bind([SEX, AGE])
    assert {name: array.tolist() for name, array in arrays.items()} == {"age": [[1.0], [2.0]], "sex": [["f"], ["m"]]}
    assert list(arrays) == ["age", "sex"]


def test_higher_ranks_are_shaped_too() -> None:
    tensor = JsonTensor("pixels", "UINT8", (1, 2, 2), [[[1, 2], [3, 4]]])
    np.testing.assert_array_equal(Binder(IMAGE).bind([tensor])["pixels"], np.array([[[1, 2], [3, 4]]], np.uint8))


@pytest.mark.parametrize(
    ("signature", "tensors", "message"),
    [
        (MIXED, [AGE], "input 'sex' is missing; the model takes 'age' (FP32 [-1, 1]), 'sex' (BYTES [-1, 1])"),
        (
            MIXED,
            [AGE, SEX, JsonTensor("x", "FP32", (2, 1), [1, 2])],
            "input 'x' is unknown; the model takes 'age' (FP32 [-1, 1]), 'sex' (BYTES [-1, 1])",
        ),
        (MIXED, [AGE, SEX, AGE], "input 'age' is given more than once"),
        (
            NUMERIC,
            [features((1, 2), [1, 2], datatype="FP64")],
            "input 'features' has datatype 'FP64', but the model takes FP32",
        ),
        (
            NUMERIC,
            [features((1, 3), [1, 2, 3])],
            "input 'features' has shape [1, 3], but the model takes [-1, 2]",
        ),
        (
            NUMERIC,
            [features((1,) * 1000, [1, 2])],
            "input 'features' has shape [" + "1, " * 19 + "1,…, but the model takes [-1, 2]",
        ),
        (NUMERIC, [features((2,), [1, 2])], "input 'features' has shape [2], but the model takes [-1, 2]"),
        (
            NUMERIC,
            [features((0, 2), [])],
            "input 'features' is empty (shape [0, 2]); send at least one row",
        ),
        (
            MIXED,
            [AGE, JsonTensor("sex", "BYTES", (1, 1), ["f"])],
            "the inputs differ in their number of rows: 1, 2",
        ),
        (
            NUMERIC,
            [features((2, 2), [1, 2, 3])],
            "input 'features': data has 3 values, but shape [2, 2] needs 4",
        ),
        (
            NUMERIC,
            [features((2, 2), [1, 2, 3, "4"])],
            "input 'features', row 1, column 'size': expected a number, got \"4\"",
        ),
        (
            MIXED,
            [AGE, JsonTensor("sex", "BYTES", (2, 1), ["f", 1])],
            "input 'sex', row 1, column 'sex': expected text in quotes, got 1",
        ),
        (
            IMAGE,
            [JsonTensor("pixels", "UINT8", (2, 2, 2), [0, 0, 0, 0, 0, 256, 0, 0])],
            "input 'pixels', row 1: 256 does not fit into UINT8",
        ),
        (
            NUMERIC,
            [features((2**60, 2), [1])],
            f"input 'features': data has 1 values, but shape [{2**60}, 2] needs {2**61}",
        ),
    ],
)
def test_a_tensor_that_does_not_fit_is_told_why(signature, tensors, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Binder(signature).bind(tensors)
    assert message == str(caught.value)


def test_a_message_does_not_list_hundreds_of_names() -> None:
    with pytest.raises(InvalidInputError, match=r"'c19' \(BYTES \[-1, 1\]\) and 5 more$"):
        Binder(MANY).bind([])
