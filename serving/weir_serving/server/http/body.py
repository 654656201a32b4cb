"""Reading a request's body: bounded in size and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from weir_serving.errors import (
    DisconnectedError,
    InvalidInputError,
    SlowBodyError,
    TooLargeError,
    UnsupportedEncodingError,
)

BINARY_HEADER = "inference-header-content-length"


async def read_body(request: Request, limit: int, deadline: float) -> bytes:
    """Return the request's body.

    Args:
        request: whose body was not read yet.
        limit: the most bytes that it may have.
        deadline: on the event loop's clock.

    Raises:
        RequestError: it is too large, compressed, binary, late, or its sender left.
    """
    _check_headers(request.headers, limit)
    try:
        async with asyncio.timeout_at(deadline):
            return await _collect(request.stream(), limit)
    except TimeoutError as error:
        raise SlowBodyError("the body did not arrive in time") from error
    except ClientDisconnect as error:
        raise DisconnectedError("the client left") from error


def _check_headers(headers: Headers, limit: int) -> None:
    encoding = headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnsupportedEncodingError(f"content-encoding {encoding!r} is not supported; send the body as it is")
    if BINARY_HEADER in headers:
        raise UnsupportedEncodingError("binary tensor data is not supported; send the tensors as JSON")
    # A client that asks first (curl does from 1 MB on) is told before it sends anything.
    if "100-continue" in headers.get("expect", "").lower() and _declared(headers) > limit:
        raise _too_large(limit)


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise InvalidInputError(f"content-length {length!r} is not a number")
    return int(length)


async def _collect(stream: AsyncIterator[bytes], limit: int) -> bytes:
    """Join the body's chunks.

    One that is too large is read on for as much again before it is refused: a client that writes everything before it
    reads would otherwise find its connection reset instead of the answer.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > 2 * limit:
            break
        else:
            chunks.clear()
    if size > limit:
        raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"the body is larger than {limit >> 20} MiB; send fewer rows at a time")
