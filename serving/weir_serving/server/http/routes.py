"""The routes, as a flat list onto the data plane."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from weir_serving.server import v1, v2
from weir_serving.server.dataplane import DataPlane, Prediction
from weir_serving.server.http.exchange import Exchange
from weir_serving.server.http.responses import document_response

V1_PROTOCOL = "v1-rest"
V2_PROTOCOL = "v2-rest"


class Routes:
    """Handlers; their docstrings are the descriptions on the documentation page."""

    def __init__(self, data_plane: DataPlane, exchange: Exchange) -> None:
        self._data_plane = data_plane
        self._exchange = exchange

    async def live(self) -> Response:
        """Whether the process runs."""
        return document_response({"live": True})

    async def ready(self) -> Response:
        """Whether new requests should be sent here: false once the process was asked to leave."""
        ready = self._data_plane.ready
        return document_response({"ready": ready}, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    async def server_metadata(self) -> Response:
        """Name and version of the server."""
        return document_response(self._data_plane.server_metadata())

    async def model_metadata(self, request: Request) -> Response:
        """The model's inputs and outputs."""
        self._expect(request)
        return document_response(self._data_plane.model_metadata())

    async def model_ready(self, request: Request) -> Response:
        """Whether the model can be asked."""
        self._expect(request)
        ready = self._data_plane.ready
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return document_response({"name": self._data_plane.model, "ready": ready}, status)

    async def infer(self, request: Request) -> Response:
        """Run the model on tensors. null in a floating-point tensor is NaN; so is null in an answer."""
        return await self._exchange.answer(request, V2_PROTOCOL, self._infer)

    async def predict(self, request: Request) -> Response:
        """Run the model on rows with named columns. null is a missing value."""
        return await self._exchange.answer(request, V1_PROTOCOL, self._predict)

    def _expect(self, request: Request) -> None:
        self._data_plane.expect(request.path_params["model"], request.path_params.get("version"))

    async def _infer(self, body: bytes, deadline: float) -> tuple[bytes, Prediction]:
        plane = self._data_plane
        call = v2.decode(body)
        outputs = plane.select(call.outputs)
        prediction = await plane.infer(call.tensors, deadline)
        return v2.encode(plane.model, plane.version, call.id, outputs, prediction.outputs), prediction

    async def _predict(self, body: bytes, deadline: float) -> tuple[bytes, Prediction]:
        plane = self._data_plane
        prediction = await plane.run(v1.decode(body, plane.table), deadline)
        return v1.encode(plane.model, plane.version, plane.signature, prediction.outputs), prediction
