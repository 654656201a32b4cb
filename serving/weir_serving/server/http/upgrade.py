"""uvicorn's HTTP/1.1 connection for requests that offer to go on in another protocol: the offer is not taken.

Java's HTTP clients offer HTTP/2 with every first request. httptools takes an offer for a deal: it ends the request
after its head, reports where that was, and would parse the body as the next request. So such a head is parsed a second
time without its offer, and then what follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class PlainProtocol(HttpToolsProtocol):
    """Answers in HTTP/1.1 whatever the client would rather speak."""

    _plain_head = b""  # of the request that is being parsed, if it came with an offer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parser = _PlainParser(self, self._take_plain_head)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless there is an offer."""
        if self._is_offer():
            self._plain_head = self._without_offer()
        else:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Know the body's end, unless it is that of an offer's head."""
        if not self._plain_head:
            super().on_message_complete()

    def _is_offer(self) -> bool:
        return bool(self.parser.should_upgrade()) and self.parser.get_method() != b"CONNECT"

    def _without_offer(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def _take_plain_head(self) -> bytes:
        head, self._plain_head = self._plain_head, b""
        return head


class _PlainParser(httptools.HttpRequestParser):  # type: ignore[misc]  # httptools is untyped
    """Goes on after an offer."""

    def __init__(self, protocol: PlainProtocol, take_plain_head: Callable[[], bytes]) -> None:
        super().__init__(protocol)
        self.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own: a pipeline's first is answered
        self._take_plain_head = take_plain_head

    def feed_data(self, data: Any) -> None:
        while True:
            try:
                super().feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                super().feed_data(self._take_plain_head())
                data = memoryview(data)[offer.args[0] :]
            else:
                return
