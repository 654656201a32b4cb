"""The two JSON forms: requests read, answers written."""

from __future__ import annotations

import json

import numpy as np
import pytest

from weir_model.signature import Signature, TensorSpec, table_signature
from weir_serving.errors import InvalidInputError
from weir_serving.server import v1, v2
from weir_serving.server.binding import JsonTensor
from weir_serving.server.table import TableReader

TENSOR = {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}


def test_a_request_with_everything_is_read() -> None:
    document = {
        "id": "7",
        "parameters": {"a": 1},
        "inputs": [TENSOR | {"parameters": {"binary_data_size": 3}}],
        "outputs": [{"name": "y", "parameters": {"binary_data": True}}, {"name": "z"}],
    }
    expected = v2.InferenceRequest("7", (JsonTensor("x", "FP32", (1, 2), [1, 2]),), ("y", "z"))
    assert expected == v2.decode(json.dumps(document).encode())


@pytest.mark.parametrize(
    "document",
    [
        {"inputs": [TENSOR]},
        {"id": None, "parameters": None, "inputs": [TENSOR | {"parameters": None}], "outputs": None},
    ],
)
def test_what_is_optional_may_be_left_out_or_null(document) -> None:
    expected = v2.InferenceRequest(None, (JsonTensor("x", "FP32", (1, 2), [1, 2]),), ())
    assert expected == v2.decode(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty; send a JSON object"),
        (b"[1]", "the body is JSON, but not an object"),
        (b'{"a": NaN}', "; JSON has no NaN or Infinity, send null"),
        (b'{"a": -Infinity}', "; JSON has no NaN or Infinity, send null"),
        (b'{"inputs"', "the body is not JSON: "),
        (b"\xff\xfe", "the body is not JSON: "),
        (b'{"a": "\xff"}', "the body is not JSON: "),
        (b"[" * 100_000, "the body is not JSON: "),
        (b"{}", "inputs: expected an array with at least one tensor"),
        (b'{"inputs": []}', "inputs: expected an array with at least one tensor"),
        (b'{"inputs": {}}', "inputs: expected an array with at least one tensor"),
        (b'{"inputs": [1]}', "inputs[0]: expected an object"),
        (b'{"inputs": [{}]}', "inputs[0]: name: expected text"),
        (b'{"id": 1, "inputs": [{}]}', "id: expected text"),
        (b'{"parameters": 1, "inputs": [{}]}', "parameters: expected an object"),
    ],
)
def test_a_body_that_is_no_request_is_told_why(body: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        v2.decode(body)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"datatype": None}, "input 'x': datatype: expected text such as FP32"),
        ({"shape": 2}, "input 'x': shape: expected an array of whole numbers, none of them negative"),
        ({"shape": [1, -2]}, "input 'x': shape: expected an array of whole numbers, none of them negative"),
        ({"shape": [1.0, 2]}, "input 'x': shape: expected an array of whole numbers, none of them negative"),
        ({"shape": [True, 2]}, "input 'x': shape: expected an array of whole numbers, none of them negative"),
        ({"data": "12"}, "input 'x': data: expected an array"),
        ({"data": None}, "input 'x': data: expected an array"),
        ({"parameters": []}, "input 'x': parameters: expected an object"),
    ],
)
def test_a_tensor_s_field_is_named(changes, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        v2.decode(json.dumps({"inputs": [TENSOR | changes]}).encode())
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({}, "outputs: expected an array of objects with a name"),
        (["y"], "outputs[0]: expected an object"),
        ([{"name": "y"}, {"name": 1}], "outputs[1]: name: expected text"),
        ([{"name": "y"}, {"name": "y"}], "output 'y' is asked for more than once"),
        ([{"name": "y", "parameters": 1}], "output 'y': parameters: expected an object"),
    ],
)
def test_an_output_s_field_is_named(outputs, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        v2.decode(json.dumps({"inputs": [TENSOR], "outputs": outputs}).encode())
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("datatype", "array", "data"),
    [
        ("FP32", np.array([[0.1, np.nan], [np.inf, -np.inf]], np.float32), [0.1, None, None, None]),
        ("FP64", np.array([[1 / 3]]), [1 / 3]),
        ("FP16", np.array([[0.5]], np.float16), [0.5]),
        ("INT64", np.array([2**62, -1]), [2**62, -1]),
        ("UINT64", np.array([2**64 - 1], np.uint64), [2**64 - 1]),
        ("INT8", np.array([[-1]], np.int8), [-1]),
        ("BOOL", np.array([True, False]), [True, False]),
        ("BYTES", np.array([["a", 'ü"\n']], np.object_), ["a", 'ü"\n']),
        ("FP32", np.arange(6, dtype=np.float32).reshape(2, 3).T, [0, 3, 1, 4, 2, 5]),
    ],
)
def test_every_datatype_is_written_flat_and_row_major_and_what_is_not_finite_as_null(datatype, array, data) -> None:
    specs = [TensorSpec("y", datatype, ())]
    answer = json.loads(v2.encode("m", "v", "7", specs, {"y": array, "z": array}))
    output = {"name": "y", "datatype": datatype, "shape": list(array.shape), "data": data}
    assert {"model_name": "m", "model_version": "v", "id": "7", "outputs": [output]} == answer


def test_no_id_is_answered_without_one() -> None:
    assert "id" not in json.loads(v2.encode("m", "v", None, [], {}))


READER = TableReader(table_signature("regression", {"age": "numeric"}, None))


@pytest.mark.parametrize(
    "body", [b'{"instances": [{"age": 1}]}', b'{"dataframe_split": {"columns": ["age"], "data": [[1]]}}']
)
def test_both_table_forms_are_read(body: bytes) -> None:
    assert v1.decode(body, READER)["features"].tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "the body has neither of the two forms; send "),
        (b'{"inputs": []}', "the body has neither of the two forms; send "),
        (b'{"instances": [], "dataframe_split": {}}', "the body has both of the two forms; send "),
        (b"instances", "the body is not JSON"),
    ],
)
def test_a_body_of_neither_form_is_shown_both(body: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        v1.decode(body, READER)


def answer(signature: Signature, **outputs) -> dict:
    return json.loads(v1.encode("m", "v", signature, outputs))


def test_a_classifier_answers_labels_probabilities_and_classes() -> None:
    signature = table_signature("classification", {"age": "numeric"}, ("no", "yes"))
    found = answer(
        signature,
        label=np.array(["yes", "no"], np.object_),
        probabilities=np.array([[0.25, 0.75], [1, 0]], np.float32),
    )
    assert found == {
        "model_name": "m",
        "model_version": "v",
        "predictions": ["yes", "no"],
        "probabilities": [[0.25, 0.75], [1.0, 0.0]],
        "classes": ["no", "yes"],
    }


def test_a_regression_answers_one_number_per_row_and_null_for_none() -> None:
    signature = table_signature("regression", {"age": "numeric"}, None)
    found = answer(signature, prediction=np.array([[1.5], [np.nan]], np.float32))
    assert found == {"model_name": "m", "model_version": "v", "predictions": [1.5, None]}


def test_a_model_with_other_names_answers_its_first_output() -> None:
    signature = Signature("regression", (), (TensorSpec("y", "FP32", (-1, 2)), TensorSpec("z", "FP32", (-1,))))
    assert answer(signature, y=np.array([[1, 2]], np.float32), z=np.zeros(1))["predictions"] == [[1.0, 2.0]]
