"""One loaded graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from weir_serving.errors import InferenceError, LoadError
from weir_serving.runtime.graph import GraphValue

Arrays = Mapping[str, npt.NDArray[Any]]

_ONLY_FATAL = 4  # what matters arrives as an exception; the rest would be noise in the pod's log

# What ONNX Runtime raises has no common base of its own.
_FAILURES = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    ort_errors.EPFail,
    RuntimeError,
    ValueError,
)


class Cancellation:
    """Tells a run in another thread to stop at its next node."""

    def __init__(self) -> None:
        self.options = ort.RunOptions()

    def cancel(self) -> None:
        """Stop the run; it then raises InferenceError."""
        self.options.terminate = True


class OnnxModel:
    """A graph in ONNX Runtime's CPU execution provider; safe to run from several threads at once."""

    def __init__(self, session: ort.InferenceSession, outputs: Sequence[str]) -> None:
        self._session = session
        self._outputs = tuple(outputs)

    @property
    def inputs(self) -> tuple[GraphValue, ...]:
        """The graph's inputs."""
        return tuple(_value(argument) for argument in self._session.get_inputs())

    @property
    def outputs(self) -> tuple[GraphValue, ...]:
        """The graph's outputs, also those that nobody asked for."""
        return tuple(_value(argument) for argument in self._session.get_outputs())

    def run(self, inputs: Arrays, cancellation: Cancellation | None = None) -> dict[str, npt.NDArray[Any]]:
        """Return the outputs by name.

        Args:
            inputs: one array per input; strings are arrays of ``str`` objects.
            cancellation: lets another thread end the run early.

        Raises:
            InferenceError: ONNX Runtime refused the inputs or failed.
        """
        options = cancellation.options if cancellation else None
        try:
            return dict(zip(self._outputs, self._session.run(self._outputs, inputs, options), strict=True))
        except _FAILURES as error:
            raise InferenceError(f"the model failed on this input: {_sentence(error)}") from error


def load_model(path: Path, outputs: Sequence[str], threads: int) -> OnnxModel:
    """Load the graph at ``path``, to compute ``outputs`` with ``threads`` threads per run.

    Raises:
        LoadError: ONNX Runtime refuses the graph.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _ONLY_FATAL
    # A spinning thread takes the core from the server that shares it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _FAILURES as error:
        raise LoadError(f"{path.name}: ONNX Runtime {ort.__version__} refuses the graph: {_sentence(error)}") from error
    return OnnxModel(session, outputs)


def _value(argument: Any) -> GraphValue:
    return GraphValue(argument.name, argument.type, tuple(argument.shape))


def _sentence(error: Exception) -> str:
    """Return ONNX Runtime's message in one line of bounded length."""
    return " ".join(str(error).split())[:500]
