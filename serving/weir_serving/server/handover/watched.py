"""What of a prediction the sidecar can count: the tensors that table columns and table answers live in."""

from __future__ import annotations

from weir_model.handover import Answer
from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT, Signature, TensorSpec
from weir_serving.server.dataplane import Prediction

_OUTPUTS = (LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT)


class Watched:
    """Turns the predictions of one model into answers for its sidecar."""

    def __init__(self, signature: Signature) -> None:
        tensors = {column.tensor for column in signature.columns}
        self._inputs = tuple(spec.name for spec in signature.inputs if spec.name in tensors and _joins(spec))
        self._outputs = tuple(spec.name for spec in signature.outputs if spec.name in _OUTPUTS and _joins(spec))

    def answer(self, protocol: str, code: int, seconds: float, prediction: Prediction) -> Answer:
        """Return the answer that carries ``prediction``."""
        inputs = {name: prediction.inputs[name] for name in self._inputs}
        outputs = {name: prediction.outputs[name] for name in self._outputs}
        return Answer(protocol, code, seconds, prediction.rows, None, inputs, outputs)


def _joins(spec: TensorSpec) -> bool:
    """Whether tensors of several requests can be joined: rows of any number, everything else fixed."""
    return spec.shape[:1] == (-1,) and -1 not in spec.shape[1:]
