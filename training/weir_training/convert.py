"""The whole pipeline as one ONNX graph that keeps the signature's names, types and shapes.

Pinned to what ONNX Runtime 1.23 and later load: opset 21, ai.onnx.ml 3, IR version 10. Around what skl2onnx makes, a
head names the inputs as the columns are called, and a tail turns class indices into labels and fixes types and shapes
(converters disagree about them). Every inner name gets a prefix, so that no column's name can collide with one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, compose, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor

from weir_model.manifest import OnnxInfo
from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT, Signature
from weir_training.errors import UserError, first_line
from weir_training.estimator import TRAINER
from weir_training.features import placeholder
from weir_training.fit import Model

OPSETS = {"": 21, "ai.onnx.ml": 3}
IR_VERSION = 10
INNER = "weir"


def convert(model: Model, metadata: dict[str, str]) -> ModelProto:
    """Return ``model`` as ONNX, with ``metadata`` in its properties.

    Raises:
        UserError: NotConvertible with what the converter says.
    """
    prefix = _free_prefix(model.signature)
    graph = compose.add_prefix(_converted(model), prefix)
    _name_inputs(graph, model.signature, prefix)
    _name_outputs(graph, model, prefix)
    del graph.graph.value_info[:]
    graph.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx lists them in a set's order, new in each process
    graph.ir_version = IR_VERSION
    graph.producer_name, graph.producer_version, graph.doc_string = "weir", "", ""
    helper.set_model_props(graph, metadata)
    return graph


def describe(graph: ModelProto) -> OnnxInfo:
    """Return what a runtime must understand to load ``graph``."""
    return OnnxInfo(graph.ir_version, {entry.domain: entry.version for entry in graph.opset_import})


def _converted(model: Model) -> ModelProto:
    options = {"zipmap": False} if model.signature.task == "classification" else None
    try:
        return convert_sklearn(
            model.pipeline, "weir", _initial_types(model.signature), target_opset=dict(OPSETS), options=options
        )
    except Exception as error:
        name = type(model.pipeline[-1]).__name__
        message = f"{TRAINER}.estimator: {name} with these parameters has no ONNX form: {first_line(error)}"
        raise UserError("NotConvertible", message) from error


def _initial_types(signature: Signature) -> list[tuple[str, Any]]:
    kinds = {"FP32": FloatTensorType, "BYTES": StringTensorType}
    return [
        (placeholder(index), kinds[tensor.datatype]([None, *tensor.shape[1:]]))
        for index, tensor in enumerate(signature.inputs)
    ]


def _free_prefix(signature: Signature) -> str:
    """Return a prefix for inner names that no input's name begins with."""
    prefix = f"{INNER}/"
    while any(tensor.name.startswith(prefix) for tensor in signature.inputs):
        prefix = f"{INNER}/{prefix}"
    return prefix


def _name_inputs(graph: ModelProto, signature: Signature, prefix: str) -> None:
    """Put an Identity before each input; ONNX Runtime removes it when it loads the graph."""
    inner = [value.name for value in graph.graph.input]
    head = [
        helper.make_node("Identity", [tensor.name], [name], name=f"{prefix}input/{index}")
        for index, (name, tensor) in enumerate(zip(inner, signature.inputs, strict=True))
    ]
    nodes = [*head, *graph.graph.node]
    del graph.graph.node[:], graph.graph.input[:]
    graph.graph.node.extend(nodes)
    graph.graph.input.extend(_value(tensor.name, tensor.datatype, tensor.shape) for tensor in signature.inputs)


def _name_outputs(graph: ModelProto, model: Model, prefix: str) -> None:
    signature = model.signature
    inner = [value.name for value in graph.graph.output]
    if _logarithmic(model.pipeline[-1]):
        graph.graph.node.append(helper.make_node("Exp", [inner[0]], [f"{prefix}exp"], name=f"{prefix}exp"))
        inner = [f"{prefix}exp"]
    if signature.classes is None:
        nodes, constants = _floats(inner[0], PREDICTION_OUTPUT, 1, prefix)
    else:
        nodes, constants = _labels(inner[0], signature, prefix)
        more_nodes, more_constants = _floats(inner[1], PROBABILITIES_OUTPUT, len(signature.classes), prefix)
        nodes, constants = nodes + more_nodes, constants + more_constants
    del graph.graph.output[:]
    graph.graph.node.extend(nodes)
    graph.graph.initializer.extend(constants)
    graph.graph.output.extend(_value(tensor.name, tensor.datatype, tensor.shape) for tensor in signature.outputs)


def _logarithmic(estimator: BaseEstimator) -> bool:
    """Return whether the estimator's raw prediction is a logarithm, which skl2onnx 1.20 leaves as it is."""
    return isinstance(estimator, HistGradientBoostingRegressor) and estimator.loss in ("poisson", "gamma")


def _floats(inner: str, name: str, width: int, prefix: str) -> tuple[list[NodeProto], list[TensorProto]]:
    base = f"{prefix}output/{name}"
    nodes = [
        helper.make_node("Cast", [inner], [f"{base}/float"], name=f"{base}/cast", to=TensorProto.FLOAT),
        helper.make_node("Reshape", [f"{base}/float", f"{base}/shape"], [name], name=f"{base}/reshape"),
    ]
    return nodes, [numpy_helper.from_array(np.array([-1, width], np.int64), f"{base}/shape")]


def _labels(inner: str, signature: Signature, prefix: str) -> tuple[list[NodeProto], list[TensorProto]]:
    """The estimator was fitted on class indices; look the labels up."""
    base = f"{prefix}output/{LABEL_OUTPUT}"
    nodes = [
        helper.make_node("Cast", [inner], [f"{base}/int"], name=f"{base}/cast", to=TensorProto.INT64),
        helper.make_node("Reshape", [f"{base}/int", f"{base}/shape"], [f"{base}/index"], name=f"{base}/reshape"),
        helper.make_node("Gather", [f"{base}/classes", f"{base}/index"], [LABEL_OUTPUT], name=f"{base}/gather", axis=0),
    ]
    kind = np.int64 if signature.outputs[0].datatype == "INT64" else object
    return nodes, [
        numpy_helper.from_array(np.array([-1], np.int64), f"{base}/shape"),
        numpy_helper.from_array(np.array(signature.classes, dtype=kind), f"{base}/classes"),
    ]


def _value(name: str, datatype: str, shape: tuple[int, ...]) -> Any:
    kinds = {"FP32": TensorProto.FLOAT, "INT64": TensorProto.INT64, "BYTES": TensorProto.STRING}
    return helper.make_tensor_value_info(name, kinds[datatype], ["rows" if size == -1 else size for size in shape])
