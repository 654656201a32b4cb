"""The application: routes and error handlers put together. Everything it uses is passed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from weir_serving.errors import RequestError
from weir_serving.server.dataplane import DataPlane
from weir_serving.server.handover.port import Handover
from weir_serving.server.http import openapi
from weir_serving.server.http.exchange import Exchange
from weir_serving.server.http.responses import on_defect, on_http_exception, on_request_error
from weir_serving.server.http.routes import Routes
from weir_serving.server.settings import ServerSettings


def create_app(settings: ServerSettings, data_plane: DataPlane, handover: Handover) -> FastAPI:
    """Return the ASGI application that answers for ``data_plane`` and tells ``handover`` of every prediction."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await handover.start()
        yield
        await handover.stop()
        data_plane.close()

    app = FastAPI(
        title=f"Weir: {data_plane.model}",
        version=data_plane.version,
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        exception_handlers={
            RequestError: on_request_error,
            HTTPException: on_http_exception,
            Exception: on_defect,
        },
    )
    _add_routes(app, Routes(data_plane, Exchange(settings, data_plane, handover)), data_plane)
    return app


def _add_routes(app: FastAPI, routes: Routes, data_plane: DataPlane) -> None:
    def get(path: str, handler: Callable[..., Any], extra: dict[str, Any]) -> None:
        app.add_api_route(path, handler, methods=["GET"], openapi_extra=extra, response_model=None, tags=["v2"])

    def post(path: str, handler: Callable[..., Any], extra: dict[str, Any], tag: str) -> None:
        app.add_api_route(path, handler, methods=["POST"], openapi_extra=extra, response_model=None, tags=[tag])

    get("/v2", routes.server_metadata, {})
    get("/v2/health/live", routes.live, {})
    get("/v2/health/ready", routes.ready, {})
    for path in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        parameters = openapi.path_parameters(path, data_plane)
        get(path, routes.model_metadata, parameters)
        get(f"{path}/ready", routes.model_ready, parameters)
        post(f"{path}/infer", routes.infer, parameters | openapi.infer_body(data_plane.signature), "v2")
    for path in ("/v1/models/{model}:predict", "/v1/models/{model}/versions/{version}:predict"):
        extra = openapi.path_parameters(path, data_plane) | openapi.predict_body(data_plane.signature)
        post(path, routes.predict, extra, "v1")
