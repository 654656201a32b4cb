"""The Open Inference Protocol's JSON form of an inference request and its answer.

JSON has no NaN and no infinity: null in a floating-point input is NaN, and a floating-point output that is not finite
is answered as null. BYTES are JSON strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from weir_model.signature import TensorSpec
from weir_serving.errors import InvalidInputError
from weir_serving.server.binding import JsonTensor
from weir_serving.server.wording import quoted


@dataclass(frozen=True, slots=True)
class InferenceRequest:
    """A decoded request; ``outputs`` is empty when the client wants all."""

    id: str | None
    tensors: tuple[JsonTensor, ...]
    outputs: tuple[str, ...]


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that ``body`` spells.

    Raises:
        InvalidInputError: it is empty, not JSON or not an object.
    """
    if not body:
        raise InvalidInputError("the body is empty; send a JSON object")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        hint = "; JSON has no NaN or Infinity, send null" if b"NaN" in body or b"Infinity" in body else ""
        raise InvalidInputError(f"the body is not JSON: {error}{hint}") from error
    if not isinstance(document, dict):
        raise InvalidInputError("the body is JSON, but not an object")
    return document


def decode(body: bytes) -> InferenceRequest:
    """Return the inference request that ``body`` spells.

    Raises:
        InvalidInputError: the message names the field.
    """
    document = json_object(body)
    _check_parameters(document, "")
    request_id = document.get("id")
    if request_id is not None and not isinstance(request_id, str):
        raise InvalidInputError("id: expected text")
    inputs = document.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise InvalidInputError("inputs: expected an array with at least one tensor")
    tensors = tuple(_tensor(entry, f"inputs[{index}]") for index, entry in enumerate(inputs))
    return InferenceRequest(request_id, tensors, _output_names(document.get("outputs")))


def _tensor(entry: Any, path: str) -> JsonTensor:
    name = _name(entry, path)
    label = f"input {quoted(name)}"
    _check_parameters(entry, f"{label}: ")
    datatype, shape, data = entry.get("datatype"), entry.get("shape"), entry.get("data")
    if not isinstance(datatype, str):
        raise InvalidInputError(f"{label}: datatype: expected text such as FP32")
    if not isinstance(shape, list) or any(type(size) is not int or size < 0 for size in shape):
        raise InvalidInputError(f"{label}: shape: expected an array of whole numbers, none of them negative")
    if not isinstance(data, list):
        raise InvalidInputError(f"{label}: data: expected an array")
    return JsonTensor(name, datatype, tuple(shape), data)


def _output_names(outputs: Any) -> tuple[str, ...]:
    if outputs is None:
        return ()
    if not isinstance(outputs, list):
        raise InvalidInputError("outputs: expected an array of objects with a name")
    names = tuple(_name(entry, f"outputs[{index}]") for index, entry in enumerate(outputs))
    for entry, name in zip(outputs, names, strict=True):
        _check_parameters(entry, f"output {quoted(name)}: ")
    for name, times in Counter(names).items():
        if times > 1:
            raise InvalidInputError(f"output {quoted(name)} is asked for more than once")
    return names


def _name(entry: Any, path: str) -> str:
    if not isinstance(entry, dict):
        raise InvalidInputError(f"{path}: expected an object")
    name = entry.get("name")
    if not isinstance(name, str):
        raise InvalidInputError(f"{path}: name: expected text")
    return name


def _check_parameters(document: Mapping[str, Any], label: str) -> None:
    """Parameters are hints that a server may not know, so theirs is the only shape that matters.

    Clients that write a request out of a model of it (MLServer's do) say null for what they do not set.
    """
    parameters = document.get("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise InvalidInputError(f"{label}parameters: expected an object")


def encode(
    model: str,
    version: str,
    request_id: str | None,
    specs: Iterable[TensorSpec],
    outputs: Mapping[str, npt.NDArray[Any]],
) -> bytes:
    """Return the answer with the outputs that ``specs`` name, in that order."""
    document: dict[str, Any] = {"model_name": model, "model_version": version}
    if request_id is not None:
        document["id"] = request_id
    document["outputs"] = [
        {
            "name": spec.name,
            "datatype": spec.datatype,
            "shape": outputs[spec.name].shape,
            "data": plain(outputs[spec.name].ravel()),
        }
        for spec in specs
    ]
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def plain(array: npt.NDArray[Any]) -> Any:
    """Return ``array`` as something that orjson can write: numbers as a contiguous array, texts as lists."""
    return array.tolist() if array.dtype.kind in "OU" else np.ascontiguousarray(array)
