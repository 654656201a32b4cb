"""The sidecar's end of the hand-over socket."""

from __future__ import annotations

import asyncio
import logging
import socket

from weir_model.errors import HandoverError
from weir_model.handover import PREFIX, Batch, decode, sizes
from weir_serving.sidecar.counters import Counters

_log = logging.getLogger(__name__)


class Receiver:
    """Reads frames and counts them. A connection that sends anything else is closed; the server opens a new one."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._connections: set[asyncio.StreamWriter] = set()

    async def listen(self, listener: socket.socket) -> asyncio.Server:
        """Receive from whoever connects to ``listener``."""
        return await asyncio.start_unix_server(self._receive, sock=listener)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while True:
                self._counters.add(await _read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            _log.info("The server closed its connection")
        except HandoverError as error:
            _log.warning("Closed the server's connection: %s", error)
        finally:
            self._connections.discard(writer)
            writer.close()

    def close(self) -> None:
        """Close every connection."""
        for writer in self._connections:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Batch:
    header, body = sizes(await reader.readexactly(PREFIX.size))
    return decode(await reader.readexactly(header), await reader.readexactly(body))
