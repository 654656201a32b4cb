"""A very small S3 in this process: what a client sees on the socket, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class FakeS3(ThreadingHTTPServer):
    """Objects by ``bucket/key``; every request's method and path; ``denied`` makes it answer 403."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.denied = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def environ(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


@contextmanager
def fake_s3() -> Iterator[FakeS3]:
    """Serve an empty store until the block ends."""
    server = FakeS3()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: FakeS3
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self._note()
        if self.server.denied:
            return self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        if "list-type=2" in url.query:
            return self._answer(200, self._listing(url.path.strip("/"), parse_qs(url.query).get("prefix", [""])[0]))
        content = self.server.objects.get(unquote(url.path).lstrip("/"))
        return (
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            if content is None
            else self._answer(200, content)
        )

    def do_PUT(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = unquote(urlsplit(self.path).path).lstrip("/")
        if self.server.denied:
            return self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        if self.headers.get("If-None-Match") == "*" and key in self.server.objects:
            return self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self.server.objects[key] = body
        return self._answer(200, b"")

    def log_message(self, *_: object) -> None:
        return

    def _note(self) -> None:
        self.server.requests.append(f"{self.command} {urlsplit(self.path).path}")

    def _listing(self, bucket: str, prefix: str) -> bytes:
        keys = [
            name.removeprefix(f"{bucket}/")
            for name in sorted(self.server.objects)
            if name.startswith(f"{bucket}/{prefix}")
        ]
        entries = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag>"
            f"<Size>{len(self.server.objects[f'{bucket}/{key}'])}</Size></Contents>"
            for key in keys
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)
