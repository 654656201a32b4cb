"""Threads, the graph against its manifest, loading and warm-up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from builders.artifact import busy, graph, identity, mixed, sums
from weir_model.codec import from_json, to_json
from weir_model.golden import Golden, Tensor
from weir_model.signature import Signature, TensorSpec
from weir_serving.errors import GoldenMismatchError, InferenceError, LoadError
from weir_serving.runtime.checked import load_checked
from weir_serving.runtime.cpu import available_threads, cpu_limit, parse_quota, threads_for
from weir_serving.runtime.graph import GraphValue, mismatch
from weir_serving.runtime.session import Cancellation, load_model


@pytest.mark.parametrize(
    ("limit", "cpus", "expected"),
    [(None, 8, 8), (0.5, 8, 1), (1.0, 8, 1), (1.9, 8, 1), (2.0, 8, 2), (64.0, 8, 8)],
)
def test_threads_are_the_whole_cpus_of_the_limit(limit: float | None, cpus: int, expected: int) -> None:
    assert expected == threads_for(limit, cpus)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "200000 100000\n"}, 2.0),
        ({"cpu.max": "50000 100000\n"}, 0.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "150000\n"}, None),
        ({}, None),
    ],
)
def test_the_limit_is_read_from_either_version_of_control_groups(
    tmp_path: Path, files: dict[str, str], expected: float | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert expected == cpu_limit(tmp_path)


@pytest.mark.parametrize("words", [["0", "100000"], ["100000", "0"], ["a", "b"], ["1", "2", "3"]])
def test_a_quota_that_makes_no_sense_is_no_limit(words: list[str]) -> None:
    assert parse_quota(words) is None


def test_there_is_always_a_thread() -> None:
    assert available_threads() >= 1


SIGNATURE = Signature("regression", (TensorSpec("x", "FP32", (-1, 2)),), (TensorSpec("y", "INT64", (-1,)),))
X = GraphValue("x", "tensor(float)", ("batch", 2))
Y = GraphValue("y", "tensor(int64)", (None,))


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([X], [Y], None),
        ([X], [replace(Y, shape=())], None),
        ([replace(X, shape=(None, None))], [Y, GraphValue("z", "seq(map(int64,tensor(float)))", ())], None),
        ([], [Y], "the graph has no input 'x'; it has "),
        ([X], [GraphValue("z", "tensor(int64)", ())], "the graph has no output 'y'; it has 'z'"),
        (
            [X, GraphValue("w", "tensor(float)", ())],
            [Y],
            "the graph takes an input 'w' that the manifest's signature does not have",
        ),
        (
            [replace(X, type="tensor(int8)")],
            [Y],
            "input 'x' is tensor(int8) in the graph, but FP32 in the manifest",
        ),
        ([X], [replace(Y, type="seq(int64)")], "output 'y' is seq(int64) in the graph, but INT64 in the manifest"),
        (
            [replace(X, shape=("n", 3))],
            [Y],
            "input 'x' has shape [-1, 3] in the graph, but [-1, 2] in the manifest",
        ),
        ([replace(X, shape=(2,))], [Y], "input 'x' has shape [2] in the graph, but [-1, 2] in the manifest"),
    ],
)
def test_a_graph_is_what_its_manifest_says(inputs, outputs, expected: str | None) -> None:
    assert expected == mismatch(SIGNATURE, inputs, outputs)


@pytest.mark.parametrize(
    ("artifact", "examples"),
    [(sums(), 4), (mixed(), 0), (identity("FP32", TensorProto.FLOAT), 0), (identity("BYTES", TensorProto.STRING), 0)],
)
def test_a_right_artifact_loads_and_answers_its_examples(tmp_path: Path, artifact, examples: int) -> None:
    checked = load_checked(artifact.write(tmp_path), artifact.manifest, 1)
    assert examples == checked.examples


def test_a_model_answers_by_output_name(tmp_path: Path) -> None:
    model = load_model(sums().write(tmp_path) / "model.onnx", ["prediction"], 1)
    answers = model.run({"features": np.array([[1, 2], [3, 4]], np.float32)})
    assert {name: array.tolist() for name, array in answers.items()} == {"prediction": [[3.0], [7.0]]}


@pytest.mark.parametrize("data", [b"", b"not a model", graph([], [], [])[:20]])
def test_a_graph_that_onnx_runtime_refuses_is_a_load_error(tmp_path: Path, data: bytes) -> None:
    artifact = sums().with_files(model_onnx=data)
    with pytest.raises(LoadError, match=r"^model\.onnx: "):
        load_checked(artifact.write(tmp_path), artifact.manifest, 1)


def test_a_graph_of_another_signature_is_a_load_error(tmp_path: Path) -> None:
    artifact = replace(sums(), signature=identity("FP32", TensorProto.FLOAT).signature)
    with pytest.raises(LoadError, match=r"^model\.onnx: the graph takes an input 'features'"):
        load_checked(artifact.write(tmp_path), artifact.manifest, 1)


def golden(**changes: object) -> bytes:
    return to_json(replace(from_json(Golden, sums().files["golden.json"]), **changes))


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            golden(outputs=(Tensor("prediction", "FP32", (4, 1), (0.0, 2.0, 4.25, 6.0)),)),
            GoldenMismatchError,
            "output 'prediction': 1 of 4 values are off, by up to 0.25",
        ),
        (golden(outputs=(Tensor("label", "FP32", (4, 1), (0.0,) * 4),)), GoldenMismatchError, "'label' is missing"),
        (golden(inputs=(Tensor("x", "FP32", (1, 2), (0.0, 0.0)),)), LoadError, "cannot be replayed"),
        (golden(inputs=(Tensor("features", "FP32", (4, 2), (0.0,)),)), LoadError, "cannot be replayed"),
        (golden(outputs=()), LoadError, "the golden examples have no answers"),
        (golden(outputs=(Tensor("prediction", "FP32", (0, 1), ()),)), LoadError, "the golden examples have no answers"),
        (b"{}", LoadError, r"golden\.json: Golden"),
    ],
)
def test_golden_examples_prove_the_answers(tmp_path: Path, data: bytes, error, message: str) -> None:
    artifact = sums().with_files(golden_json=data)
    with pytest.raises(error, match=message):
        load_checked(artifact.write(tmp_path), artifact.manifest, 1)


def test_an_input_that_the_model_refuses_is_an_inference_error(tmp_path: Path) -> None:
    model = load_model(sums().write(tmp_path) / "model.onnx", ["prediction"], 1)
    with pytest.raises(InferenceError, match=r"^the model failed on this input: .*Unexpected input data type"):
        model.run({"features": np.zeros((1, 2), np.float64)})


def test_a_cancelled_run_stops(tmp_path: Path) -> None:
    model = load_model(busy().write(tmp_path) / "model.onnx", ["prediction"], 1)
    cancellation = Cancellation()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(model.run, {"features": np.full((1, 1), 1e9, np.float32)}, cancellation)
        cancellation.cancel()
        with pytest.raises(InferenceError, match="terminate"):
            run.result(10)
