"""The graph's own idea of its inputs and outputs, held against the manifest's signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from weir_model.signature import Datatype, Signature, TensorSpec

DATATYPES: Final[dict[str, Datatype]] = {
    "tensor(bool)": "BOOL",
    "tensor(uint8)": "UINT8",
    "tensor(uint16)": "UINT16",
    "tensor(uint32)": "UINT32",
    "tensor(uint64)": "UINT64",
    "tensor(int8)": "INT8",
    "tensor(int16)": "INT16",
    "tensor(int32)": "INT32",
    "tensor(int64)": "INT64",
    "tensor(float16)": "FP16",
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
    "tensor(string)": "BYTES",
}


@dataclass(frozen=True)
class GraphValue:
    """An input or output as ONNX Runtime describes it.

    Attributes:
        type: ONNX Runtime's spelling, such as ``tensor(float)``.
        shape: dimensions; a name or None is one of any size. Empty when the graph does not say.
    """

    name: str
    type: str
    shape: tuple[int | str | None, ...]


def mismatch(signature: Signature, inputs: Sequence[GraphValue], outputs: Sequence[GraphValue]) -> str | None:
    """Return a sentence that says where graph and signature differ, or None when they agree.

    The graph must take exactly the signature's inputs; it may have more outputs.
    """
    declared = {spec.name for spec in signature.inputs}
    extra = [value.name for value in inputs if value.name not in declared]
    if extra:
        return f"the graph takes an input {extra[0]!r} that the manifest's signature does not have"
    return _first("input", signature.inputs, inputs) or _first("output", signature.outputs, outputs)


def _first(role: str, specs: Iterable[TensorSpec], values: Iterable[GraphValue]) -> str | None:
    found = {value.name: value for value in values}
    for spec in specs:
        if spec.name not in found:
            return f"the graph has no {role} {spec.name!r}; it has {', '.join(map(repr, found))}"
        value = found[spec.name]
        if DATATYPES.get(value.type) != spec.datatype:
            return f"{role} {spec.name!r} is {value.type} in the graph, but {spec.datatype} in the manifest"
        if not _fits(spec.shape, value.shape):
            graph = [size if isinstance(size, int) else -1 for size in value.shape]
            return f"{role} {spec.name!r} has shape {graph} in the graph, but {list(spec.shape)} in the manifest"
    return None


def _fits(declared: tuple[int, ...], graph: tuple[int | str | None, ...]) -> bool:
    if not graph:
        return True
    if len(declared) != len(graph):
        return False
    pairs = zip(declared, graph, strict=True)
    return all(size == -1 or not isinstance(other, int) or size == other for size, other in pairs)
