"""uvicorn's HTTP/1.1 connection with a bound on what is not a body, which uvicorn itself does not have."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from weir_serving.server.http.upgrade import PlainProtocol

HEAD_LIMIT = 64 << 10  # bytes of request line and headers, or of trailers; what arrives in one read is always looked at


class BoundedHeadProtocol(PlainProtocol):
    """Refuses a request whose head does not end, or whose trailers do not."""

    _read_bytes = 0  # in reads one after the other in which no head, no message and no part of a body came to its end
    _advanced = False

    def on_headers_complete(self) -> None:
        """See a head's end."""
        self._advanced = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """See a part of a body."""
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """See a message's end."""
        self._advanced = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Parse ``data``; if it was only more of what has not ended, that must be within the limit."""
        self._advanced = False
        super().data_received(data)
        self._read_bytes = 0 if self._advanced else self._read_bytes + len(data)
        if self._read_bytes > HEAD_LIMIT:
            self._refuse()

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        lines = [STATUS_LINE[431]]
        lines += [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        lines += [b"content-length: 0\r\n", b"connection: close\r\n\r\n"]
        self.transport.write(b"".join(lines))
        self.transport.close()
