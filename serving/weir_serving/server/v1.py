"""The plain form with named columns, ``POST /v1/models/{model}:predict``, as users of MLflow know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import orjson

from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT, Signature
from weir_serving.errors import InvalidInputError
from weir_serving.server.table import TableReader
from weir_serving.server.v2 import json_object, plain

_FORMS = '{"instances": [{column: value, ...}, ...]} or {"dataframe_split": {"columns": [...], "data": [[...], ...]}}'


def decode(body: bytes, reader: TableReader) -> dict[str, npt.NDArray[Any]]:
    """Return the input tensors for the table that ``body`` spells.

    Raises:
        InvalidInputError: the message names the row, the column and the fix.
    """
    document = json_object(body)
    given = document.keys() & {"instances", "dataframe_split"}
    if len(given) != 1:
        raise InvalidInputError(f"the body has {'both' if given else 'neither'} of the two forms; send {_FORMS}")
    if "instances" in document:
        return reader.from_instances(document["instances"])
    return reader.from_split(document["dataframe_split"])


def encode(model: str, version: str, signature: Signature, outputs: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the answer: one prediction per row, and for a classifier what it was chosen from."""
    document: dict[str, Any] = {"model_name": model, "model_version": version}
    document["predictions"] = plain(_predictions(signature, outputs))
    if PROBABILITIES_OUTPUT in outputs:
        document["probabilities"] = plain(outputs[PROBABILITIES_OUTPUT])
    if signature.classes is not None:
        document["classes"] = signature.classes
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def _predictions(signature: Signature, outputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    first = signature.outputs[0].name
    name = next((name for name in (LABEL_OUTPUT, PREDICTION_OUTPUT) if name in outputs), first)
    array = outputs[name]
    return array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
