"""The first runs of a model: the golden examples where there are any, because they also prove the answers."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import numpy.typing as npt

from weir_model.dtypes import numpy_dtype
from weir_model.errors import DocumentError
from weir_model.golden import Golden, disagreement
from weir_model.signature import MISSING_CATEGORY, Signature, TensorSpec
from weir_serving.errors import GoldenMismatchError, InferenceError, LoadError
from weir_serving.runtime.session import OnnxModel

_log = logging.getLogger(__name__)


def replay(model: OnnxModel, golden: Golden) -> int:
    """Run the golden inputs, compare the answers, and return how many examples there were.

    Raises:
        LoadError: the examples do not fit the model, or have no answers to compare.
        GoldenMismatchError: an answer is off; the message says by how much.
    """
    if not any(tensor.data for tensor in golden.outputs):
        raise LoadError("the golden examples have no answers")
    try:
        inputs = {tensor.name: tensor.array() for tensor in golden.inputs}
        verdict = disagreement(golden, model.run(inputs))
    except (InferenceError, DocumentError) as error:
        raise LoadError(f"the golden examples cannot be replayed: {error}") from error
    if verdict:
        raise GoldenMismatchError(f"the graph does not answer like the original model: {verdict}")
    return next((len(array) for array in inputs.values() if array.ndim), 1)


def rehearse(model: OnnxModel, signature: Signature) -> None:
    """Run one made-up example, so that the first request of a model without golden examples is not the first run.

    A model may rightly refuse it (zeros can be out of its domain), so a failure is only logged.
    """
    try:
        model.run({spec.name: _blank(spec) for spec in signature.inputs})
    except InferenceError as error:
        _log.warning("The model refused a made-up example at warm-up: %s", error)


def _blank(spec: TensorSpec) -> npt.NDArray[Any]:
    fill = MISSING_CATEGORY if spec.datatype == "BYTES" else 0
    return np.full([1 if size == -1 else size for size in spec.shape], fill, numpy_dtype(spec.datatype))
