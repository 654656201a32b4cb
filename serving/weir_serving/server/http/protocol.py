"""uvicorn's HTTP/1.1 connection with a bound on the request's head, which uvicorn itself does not have."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_LIMIT = 64 << 10  # bytes of request line and headers; what arrives in one read is always looked at


class BoundedHeadProtocol(HttpToolsProtocol):
    """Refuses a request whose head does not end."""

    _head_bytes = 0
    _in_head = True

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """End to count."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse ``data``; afterwards, if the head is still not complete, it must be within the limit."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT:
                self._refuse()

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        lines = [STATUS_LINE[431]]
        lines += [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        lines += [b"content-length: 0\r\n", b"connection: close\r\n\r\n"]
        self.transport.write(b"".join(lines))
        self.transport.close()
