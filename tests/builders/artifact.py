"""Artifacts of tiny models, made with onnx.helper: their answers can be computed by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from weir_model.codec import to_json
from weir_model.contract import GOLDEN_FILE, MANIFEST_FILE, MODEL_FILE, PROFILE_FILE
from weir_model.golden import Golden, Tensor
from weir_model.manifest import FileEntry, Manifest, OnnxInfo, digest_of
from weir_model.profile import Profile, categorical_feature, numeric_feature
from weir_model.signature import Signature, TensorSpec, table_signature

OPSET = 17
IR_VERSION = 9


def graph(nodes, inputs, outputs, initializers=()) -> bytes:
    """Return a model; inputs and outputs are (name, element type, shape)."""
    infos = [[helper.make_tensor_value_info(*value) for value in values] for values in (inputs, outputs)]
    made = helper.make_graph(nodes, "test", infos[0], infos[1], list(initializers))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString()


def sum_model(columns: int = 2) -> bytes:
    """Return a regression model that answers the sum of a row."""
    return graph(
        [helper.make_node("ReduceSum", ["features", "axis"], ["prediction"], keepdims=1)],
        [("features", TensorProto.FLOAT, [None, columns])],
        [("prediction", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
    )


def mixed_model() -> bytes:
    """Return a classifier over ``age`` (numeric) and ``sex`` (text): P(yes) = sigmoid(age) for "f", sigmoid(-age) else.

    The label is "yes" when P(yes) > 0.5.
    """
    nodes = [
        helper.make_node(
            "LabelEncoder",
            ["sex"],
            ["sign"],
            domain="ai.onnx.ml",
            keys_strings=["f"],
            values_floats=[1.0],
            default_float=-1.0,
        ),
        helper.make_node("Mul", ["age", "sign"], ["margin"]),
        helper.make_node("Sigmoid", ["margin"], ["yes"]),
        helper.make_node("Sub", ["one", "yes"], ["no"]),
        helper.make_node("Concat", ["no", "yes"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["index"], axis=1, keepdims=0),
        helper.make_node(
            "LabelEncoder",
            ["index"],
            ["label"],
            domain="ai.onnx.ml",
            keys_int64s=[0, 1],
            values_strings=["no", "yes"],
        ),
    ]
    return graph(
        nodes,
        [("age", TensorProto.FLOAT, [None, 1]), ("sex", TensorProto.STRING, [None, 1])],
        [("label", TensorProto.STRING, [None]), ("probabilities", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])],
    )


def identity_model(element_type: int) -> bytes:
    """Return a model that answers its input ``x`` [-1, 2] as ``y``."""
    return graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        [("x", element_type, [None, 2])],
        [("y", element_type, [None, 2])],
    )


def busy_model() -> bytes:
    """Return a regression model that multiplies its input by one, as many times as its largest value says."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["going"], ["still_going"]),
            helper.make_node("Mul", ["value", "unit"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("still_going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [None, 1]),
        ],
    )
    return graph(
        [
            helper.make_node("ReduceMax", ["features"], ["largest"], keepdims=0),
            helper.make_node("Cast", ["largest"], ["rounds"], to=TensorProto.INT64),
            helper.make_node("Loop", ["rounds", "yes", "features"], ["prediction"], body=body),
        ],
        [("features", TensorProto.FLOAT, [None, 1])],
        [("prediction", TensorProto.FLOAT, [None, 1])],
        [
            helper.make_tensor("yes", TensorProto.BOOL, [], [True]),
            helper.make_tensor("unit", TensorProto.FLOAT, [1], [1.0]),
        ],
    )


@dataclass(frozen=True)
class Artifact:
    """An artifact in memory; ``files`` are the ones that the manifest lists."""

    signature: Signature
    files: dict[str, bytes] = field(default_factory=dict)
    model: str = "sums"
    version: str = "sums-1"

    @property
    def manifest(self) -> Manifest:
        entries = {name: FileEntry(digest_of(data), len(data)) for name, data in self.files.items()}
        return Manifest(self.model, self.version, self.signature, OnnxInfo(IR_VERSION, {"": OPSET}), entries)

    @property
    def digest(self) -> str:
        return self.manifest.digest()

    def with_files(self, **files: bytes) -> Artifact:
        """Return it with other files; ``model_onnx`` stands for model.onnx, None takes a file away."""
        changed = self.files | {name.replace("_", "."): data for name, data in files.items()}
        return replace(self, files={name: data for name, data in changed.items() if data is not None})

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in (self.files | {MANIFEST_FILE: to_json(self.manifest)}).items():
            (folder / name).write_bytes(data)
        return folder


def sums(columns: int = 2, rows: int = 20) -> Artifact:
    """Return a complete regression artifact: columns c0, c1, ... with the values 0, 1, 2, ... in each."""
    names = [f"c{index}" for index in range(columns)]
    data = np.repeat(np.arange(rows, dtype=np.float32)[:, None], columns, axis=1)
    answers = data.sum(axis=1, keepdims=True)
    golden = Golden(
        (Tensor.of("features", "FP32", data[:4]),), (Tensor.of("prediction", "FP32", answers[:4]),), 1e-5, 1e-5
    )
    profile = Profile(
        rows,
        tuple(numeric_feature(name, data[:, index]) for index, name in enumerate(names)),
        (numeric_feature("prediction", answers[:, 0]),),
    )
    signature = table_signature("regression", dict.fromkeys(names, "numeric"), None)
    files = {MODEL_FILE: sum_model(columns), GOLDEN_FILE: to_json(golden), PROFILE_FILE: to_json(profile)}
    return Artifact(signature, files)


def mixed() -> Artifact:
    """Return a complete classification artifact with a numeric and a categorical column."""
    ages = np.linspace(-2, 2, 20, dtype=np.float32)
    sexes = ["f", "m", "f", "f", ""] * 4
    profile = Profile(
        20,
        (numeric_feature("age", ages), categorical_feature("sex", sexes)),
        (
            categorical_feature("prediction", ["yes"] * 12 + ["no"] * 8),
            numeric_feature("score", np.linspace(0.5, 0.9, 20, dtype=np.float32)),
        ),
    )
    signature = table_signature("classification", {"age": "numeric", "sex": "categorical"}, ("no", "yes"))
    files = {MODEL_FILE: mixed_model(), PROFILE_FILE: to_json(profile)}
    return Artifact(signature, files, "people", "people-7")


def identity(datatype: str, element_type: int) -> Artifact:
    """Return a hand-made artifact: no columns, no profile, no golden examples."""
    signature = Signature("regression", (TensorSpec("x", datatype, (-1, 2)),), (TensorSpec("y", datatype, (-1, 2)),))
    return Artifact(signature, {MODEL_FILE: identity_model(element_type)}, "echo", "echo-1")


def busy() -> Artifact:
    """Return an artifact whose runs take as long as the input says: 1e9 is for ever."""
    signature = table_signature("regression", {"c0": "numeric"}, None)
    return Artifact(signature, {MODEL_FILE: busy_model()}, "busy", "busy-1")
