"""The sidecar's HTTP side: /metrics and /healthz, as plain ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, make_asgi_app

from weir_model.contract import METRICS_PATH, SIDECAR_READY_PATH

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def create_app(registry: CollectorRegistry) -> App:
    """Return the ASGI application that shows ``registry``."""
    metrics = make_asgi_app(registry)

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] == METRICS_PATH:
            await metrics(scope, receive, send)
        elif scope["path"] == SIDECAR_READY_PATH:
            await _answer(send, 200, b"ok\n")
        else:
            await _answer(send, 404, b"not found; there are /metrics and /healthz\n")

    return app


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
