"""What every prediction request shares, whatever its protocol: body, deadline, error mapping, timing, hand-over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from weir_model.handover import Answer
from weir_serving.errors import RequestError
from weir_serving.server.dataplane import DataPlane, Prediction
from weir_serving.server.handover.port import Handover
from weir_serving.server.handover.watched import Watched
from weir_serving.server.http.body import read_body
from weir_serving.server.http.responses import error_response, json_response
from weir_serving.server.settings import ServerSettings

# Answers a body, before a deadline, with the encoded answer and the prediction in it.
Respond = Callable[[bytes, float], Awaitable[tuple[bytes, Prediction]]]


class Exchange:
    """Answers prediction requests and tells the sidecar about each of them, failed ones too."""

    def __init__(self, settings: ServerSettings, data_plane: DataPlane, handover: Handover) -> None:
        self._settings = settings
        self._data_plane = data_plane
        self._handover = handover
        self._watched = Watched(data_plane.signature)

    async def answer(self, request: Request, protocol: str, respond: Respond) -> Response:
        """Answer ``request`` by ``respond``; a RequestError becomes its response here."""
        started = time.perf_counter()
        status, kind, prediction = int(HTTPStatus.INTERNAL_SERVER_ERROR), RequestError.kind, None
        try:
            body, prediction = await self._respond(request, respond)
            response = json_response(body)
            status = response.status_code
        except RequestError as error:
            response = error_response(error)
            status, kind = response.status_code, error.kind
        finally:  # a defect is on its way to the outermost handler, and counted like everything else
            seconds = time.perf_counter() - started
            if prediction is None:
                self._handover.offer(Answer(protocol, status, seconds, error=kind))
            else:
                self._handover.offer(self._watched.answer(protocol, status, seconds, prediction))
        return response

    async def _respond(self, request: Request, respond: Respond) -> tuple[bytes, Prediction]:
        parameters = request.path_params
        self._data_plane.expect(parameters["model"], parameters.get("version"))
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_seconds
        return await respond(await read_body(request, self._settings.max_request_bytes, deadline), deadline)
