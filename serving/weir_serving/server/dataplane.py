"""The data plane: what every transport can ask of the one model that is served here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weir_model.codec import to_document
from weir_model.signature import Signature, TensorSpec
from weir_model.version import VERSION
from weir_serving.errors import InvalidInputError, UnknownModelError
from weir_serving.runtime.session import Arrays
from weir_serving.server.binding import Binder, WireTensor
from weir_serving.server.engine import Engine
from weir_serving.server.table import TableReader
from weir_serving.server.wording import listed, quoted


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model was given and what it answered; every output, whatever the client selected."""

    inputs: Arrays
    outputs: Arrays
    rows: int


class DataPlane:
    """One model, checked and warm, behind every transport.

    Attributes:
        model: its name.
        version: its version's name.
        signature: its contract with its callers.
        table: reads tables with named columns into its inputs.
    """

    def __init__(self, model: str, version: str, signature: Signature, engine: Engine) -> None:
        self.model = model
        self.version = version
        self.signature = signature
        self.table = TableReader(signature)
        self._binder = Binder(signature)
        self._engine = engine
        self._ready = True
        self._outputs = {spec.name: spec for spec in signature.outputs}

    @property
    def ready(self) -> bool:
        """Whether new requests should be sent here. Those that come are answered in any case."""
        return self._ready

    def withdraw(self) -> None:
        """Stop being ready: this process is about to leave."""
        self._ready = False

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()

    def expect(self, model: str, version: str | None = None) -> None:
        """Check that this is the model, and when given the version, that a client asks for.

        Raises:
            UnknownModelError: it is not; the message names what is served here.
        """
        if model != self.model:
            raise UnknownModelError(f"model {quoted(model)} is not served here; {self.model!r} is")
        if version is not None and version != self.version:
            wanted = f"version {quoted(version)} of {model!r}"
            raise UnknownModelError(f"{wanted} is not served here; {self.version!r} is")

    def server_metadata(self) -> dict[str, Any]:
        """Return the Open Inference Protocol's server metadata."""
        return {"name": "weir", "version": VERSION, "extensions": []}

    def model_metadata(self) -> dict[str, Any]:
        """Return the Open Inference Protocol's model metadata."""
        return {
            "name": self.model,
            "versions": [self.version],
            "platform": "onnxruntime_onnx",
            "inputs": to_document(self.signature.inputs),
            "outputs": to_document(self.signature.outputs),
        }

    def select(self, names: Sequence[str]) -> Sequence[TensorSpec]:
        """Return the outputs that a client asks for by ``names``; all of them when it names none.

        Raises:
            InvalidInputError: there is no such output.
        """
        if not names:
            return self.signature.outputs
        for name in names:
            if name not in self._outputs:
                known = listed([repr(output) for output in self._outputs])
                raise InvalidInputError(f"output {quoted(name)} is unknown; the model has {known}")
        return [self._outputs[name] for name in names]

    async def infer(self, tensors: Sequence[WireTensor], deadline: float) -> Prediction:
        """Validate ``tensors`` against the signature and run the model on them.

        Args:
            tensors: as a transport received them.
            deadline: on the event loop's clock.

        Raises:
            RequestError: see weir_serving.errors.
        """
        return await self.run(self._binder.bind(tensors), deadline)

    async def run(self, inputs: Arrays, deadline: float) -> Prediction:
        """Run the model on ``inputs`` that were already bound to the signature, such as what `table` reads."""
        rows = next((len(array) for array in inputs.values() if array.ndim), 1)
        return Prediction(inputs, await self._engine.run(inputs, rows, deadline), rows)
