"""Answers. The one place where request errors become statuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from weir_serving.errors import (
    DeadlineError,
    DisconnectedError,
    InferenceError,
    InvalidInputError,
    RequestError,
    SlowBodyError,
    TooLargeError,
    UnknownModelError,
    UnsupportedEncodingError,
)
from weir_serving.server.wording import cut

CLIENT_LEFT: Final = 499  # nobody reads it; only counters do

STATUSES: Final[dict[type[RequestError], int]] = {
    InvalidInputError: HTTPStatus.BAD_REQUEST,
    UnknownModelError: HTTPStatus.NOT_FOUND,
    SlowBodyError: HTTPStatus.REQUEST_TIMEOUT,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedEncodingError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    DisconnectedError: CLIENT_LEFT,
    InferenceError: HTTPStatus.INTERNAL_SERVER_ERROR,
    DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
}

# After these the rest of the body may still be on its way, so the connection cannot be used again.
_CLOSING: Final = (TooLargeError, SlowBodyError)


def json_response(body: bytes, status: int = HTTPStatus.OK) -> Response:
    """Return encoded JSON as an answer."""
    return Response(body, status, media_type="application/json")


def document_response(document: Any, status: int = HTTPStatus.OK) -> Response:
    """Return ``document`` as an answer."""
    return json_response(orjson.dumps(document), status)


def error_response(error: RequestError) -> Response:
    """Return the answer for a request error: ``{"error": "..."}``."""
    response = document_response({"error": str(error)}, STATUSES[type(error)])
    if isinstance(error, _CLOSING):
        response.headers["connection"] = "close"
    return response


async def on_request_error(_request: Request, error: Exception) -> Response:
    """Answer a request error that a route raised."""
    assert isinstance(error, RequestError)  # noqa: S101  (registered for these only)
    return error_response(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for these only)
    text = f"{request.method} {cut(request.url.path)}: {error.detail}"
    response = document_response({"error": text}, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def on_defect(_request: Request, _error: Exception) -> Response:
    """Answer what should not have happened; Starlette raises it on, so it is logged with its traceback."""
    response = {"error": "internal error; the server's log has the details"}
    return document_response(response, HTTPStatus.INTERNAL_SERVER_ERROR)
