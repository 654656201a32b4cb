"""ONNX Runtime as serving uses it: loads a graph, answers by the signature's names."""

from __future__ import annotations

import onnxruntime
from onnxruntime import InferenceSession

from weir_training.cpus import available
from weir_training.errors import UserError, first_line
from weir_training.estimator import TRAINER
from weir_training.features import Array

_ERRORS_ONLY = 3


class Runtime:
    """A loaded graph."""

    def __init__(self, graph: bytes) -> None:
        """Load ``graph``.

        Raises:
            UserError: NotConvertible when ONNX Runtime refuses it.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        options.intra_op_num_threads = available()
        try:
            self._session: InferenceSession = onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
        except Exception as error:
            raise _unusable("load", error) from error

    def answers(self, tensors: dict[str, Array]) -> dict[str, Array]:
        """Return every output by name.

        Raises:
            UserError: NotConvertible when the graph cannot be run.
        """
        names = [output.name for output in self._session.get_outputs()]
        try:
            return dict(zip(names, self._session.run(names, tensors), strict=True))
        except Exception as error:
            raise _unusable("run", error) from error


def _unusable(verb: str, error: Exception) -> UserError:
    return UserError(
        "NotConvertible", f"{TRAINER}.estimator: ONNX Runtime cannot {verb} its graph: {first_line(error)}"
    )
