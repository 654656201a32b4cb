"""The graph keeps the signature, and only what every runtime loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from skl2onnx import convert_sklearn

from builders.runs import LINEAR, Artifact, make_request, make_table, train
from weir_model.signature import TensorSpec
from weir_training import convert
from weir_training.errors import UserError

RUNS: dict[str, dict[str, Any]] = {
    "numbers to labels that are numbers": {"target": "label"},
    "numbers to labels that are texts": {"target": "name"},
    "a mixed table to labels that are texts": {"data": make_table(mixed=True, missing=True), "target": "name"},
    "three classes": {"data": make_table(classes=3, mixed=True), "target": "label"},
    "a number": {"target": "amount", "estimator": LINEAR},
}
ONNX_TYPES = {"FP32": "tensor(float)", "INT64": "tensor(int64)", "BYTES": "tensor(string)"}


def _train(folder: Path, data: pa.Table | None = None, **changes: Any) -> Artifact:
    return train(make_request(folder, data, **changes))


def _session(artifact: Artifact) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(artifact.graph, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_inputs_and_outputs_are_those_of_the_signature(tmp_path: Path, changes: dict[str, Any]) -> None:
    artifact = _train(tmp_path, **changes)
    session, signature = _session(artifact), artifact.manifest.signature

    def described(tensors: tuple[TensorSpec, ...]) -> list[tuple[Any, ...]]:
        return [(t.name, ONNX_TYPES[t.datatype], ["rows" if size == -1 else size for size in t.shape]) for t in tensors]

    assert [(i.name, i.type, i.shape) for i in session.get_inputs()] == described(signature.inputs)
    assert [(o.name, o.type, o.shape) for o in session.get_outputs()] == described(signature.outputs)


@pytest.mark.parametrize("rows", [1, 7])
@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_answers_have_the_declared_shape_for_any_number_of_rows(
    tmp_path: Path, changes: dict[str, Any], rows: int
) -> None:
    artifact = _train(tmp_path, **changes)
    inputs = {t.name: t.array()[:rows] for t in artifact.golden.inputs}
    answers = _session(artifact).run(None, inputs)
    shapes = [tuple(rows if size == -1 else size for size in t.shape) for t in artifact.manifest.signature.outputs]
    assert [answer.shape for answer in answers] == shapes


def test_old_enough_for_every_runtime_and_recorded(tmp_path: Path) -> None:
    artifact = _train(tmp_path)
    graph = onnx.load_from_string(artifact.graph)
    assert (graph.ir_version, artifact.manifest.onnx.ir_version) == (10, 10)
    found = {entry.domain: entry.version for entry in graph.opset_import}
    assert artifact.manifest.onnx.opsets == found
    assert found[""] <= 21
    assert found["ai.onnx.ml"] <= 3
    onnx.checker.check_model(graph, full_check=True)


def test_opsets_are_listed_in_one_order_or_each_process_would_make_another_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reversed_opsets(*arguments: Any, **options: Any) -> onnx.ModelProto:
        graph = convert_sklearn(*arguments, **options)
        graph.opset_import.reverse()
        return graph

    first = _train(tmp_path)
    monkeypatch.setattr(convert, "convert_sklearn", reversed_opsets)
    assert first.graph == _train(tmp_path).graph


def test_the_graph_says_what_it_is(tmp_path: Path) -> None:
    graph = onnx.load_from_string(_train(tmp_path).graph)
    assert graph.producer_name == "weir"
    assert {p.key: p.value for p in graph.metadata_props} == {"weir.model": "tumour", "weir.version": "first"}


NAMES = ["features", "c0", "c1", "variable", "X", "input", "größe (m²)", "a.b/c d", "weir/output/label/index", "Id"]


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    base = make_table(mixed=True)
    columns = {name: base["abcd"[i % 4]] for i, name in enumerate(NAMES)} | {"column of texts": base["colour"]}
    artifact = _train(tmp_path, pa.table(columns | {"label": base["label"]}), preprocessing={"exclude": ()})
    assert [i.name for i in _session(artifact).get_inputs()] == [*NAMES, "column of texts"]


def test_labels_come_back_as_they_were_spelled(tmp_path: Path) -> None:
    table = make_table()
    labels = np.where(table["label"].to_numpy() > 0, -7, 40)
    artifact = _train(
        tmp_path,
        table.append_column("y", pa.array(labels)),
        target="y",
        preprocessing={"exclude": ("label", "name", "amount")},
    )
    assert artifact.manifest.signature.classes == (-7, 40)
    assert set(artifact.golden.outputs[0].data) == {-7, 40}


def _far_from_zero() -> pa.Table:
    table = make_table()
    index = table.column_names.index("amount")
    return table.set_column(index, "amount", pc.add(table["amount"], 1e10))


KNOWN_NOT_TO_ANSWER_ALIKE: dict[str, dict[str, Any]] = {
    "neighbours weighted by distance": {
        "estimator": "sklearn.neighbors.KNeighborsClassifier",
        "parameters": {"weights": "distance"},
    },
    "neighbours weighted by distance, for a number": {
        "estimator": "sklearn.neighbors.KNeighborsRegressor",
        "parameters": {"weights": "distance"},
        "target": "amount",
    },
    "a target whose values are one in float32": {
        "estimator": "sklearn.ensemble.HistGradientBoostingRegressor",
        "parameters": {"max_iter": 5},
        "data": _far_from_zero(),
        "target": "amount",
    },
    "discriminant analysis of two classes": {
        "estimator": "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
    },
}


@pytest.mark.parametrize("changes", KNOWN_NOT_TO_ANSWER_ALIKE.values(), ids=KNOWN_NOT_TO_ANSWER_ALIKE)
def test_a_graph_that_answers_differently_is_not_published(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        _train(tmp_path, **changes)
    assert caught.value.reason == "ParityFailed"
    assert not list((tmp_path / "out").rglob("*.onnx"))


def test_what_onnx_runtime_cannot_run_is_not_convertible(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"spec\.trainer\.sklearn\.estimator: ") as caught:
        _train(tmp_path, estimator="sklearn.gaussian_process.GaussianProcessClassifier")
    assert caught.value.reason == "NotConvertible"


def test_what_the_converter_does_not_know_is_not_convertible(tmp_path: Path) -> None:
    process = "sklearn.gaussian_process.GaussianProcessClassifier"
    with pytest.raises(UserError, match=r"spec\.trainer\.sklearn\.estimator: .* has no ONNX form: ") as caught:
        _train(tmp_path, make_table(classes=3), estimator=process)
    assert caught.value.reason == "NotConvertible"
