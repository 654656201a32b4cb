"""Real connections: what is stamped on every answer, limits of the head, and the drain."""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from builders.artifact import sums
from builders.processes import Running, environment, running
from builders.serving import listening
from weir_serving.server.http.protocol import HEAD_LIMIT

INSTANCE = b'{"instances": [{"c0": 1, "c1": 2}]}'
PREDICT = b"POST /v1/models/sums:predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(INSTANCE)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with listening(sums(), tmp_path_factory.mktemp("served")) as found:
        yield found


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def receive(connection: socket.socket) -> http.client.HTTPResponse:
    with contextlib.closing(http.client.HTTPResponse(connection)) as response:
        response.begin()
        response.read()
    return response


def everything(connection: socket.socket) -> bytes:
    """Return what arrives until the other side closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2", 200),
        ("GET", "/v2/health/live", 200),
        ("GET", "/v2/models/sums", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("POST", "/v2/models/sums/infer", 400),
        ("GET", "/v2/models/other", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/v2", 405),
    ],
)
def test_every_answer_names_the_version_once(port: int, method: str, path: str, status: int) -> None:
    response = httpx2.request(method, f"http://127.0.0.1:{port}{path}")
    assert (status, ["sums-1"]) == (response.status_code, response.headers.get_list("x-weir-version"))
    assert "server" not in response.headers


def test_even_the_answer_to_what_is_no_http_names_the_version(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"this is not http\r\n\r\n")
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"x-weir-version: sums-1\r\n" in answer


def test_a_connection_answers_many_requests(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(PREDICT + INSTANCE)
            response = receive(connection)
            assert (response.status, response.getheader("connection")) == (200, None)


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(PREDICT + INSTANCE + b"GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = everything(connection)
    assert answers.index(b'"predictions":[3.0]') < answers.index(b'{"live":true}')


def test_a_chunked_body_is_read(port: int) -> None:
    chunks = [INSTANCE[:10], INSTANCE[10:]]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    head = b"POST /v1/models/sums:predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connect(port) as connection:
        connection.sendall(head + body)
        assert receive(connection).status == 200


OFFER = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"
LAST = b"GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CHUNKED = PREDICT.replace(b"Content-Length: %d" % len(INSTANCE), b"Transfer-Encoding: chunked")


@pytest.mark.parametrize("pieces", [1, 2, 50], ids="in {} pieces".format)
@pytest.mark.parametrize(
    "request_bytes", [PREDICT + INSTANCE, CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(INSTANCE), INSTANCE)]
)
def test_an_offer_to_speak_http_2_is_ignored(port: int, request_bytes: bytes, pieces: int) -> None:
    """Java's clients make it, and send the body at once."""
    data = request_bytes.replace(b"Host: x", OFFER) * 2 + LAST
    size = -(-len(data) // pieces)
    with connect(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), size):
            connection.sendall(data[start : start + size])
        answers = everything(connection)
    assert re.findall(rb"HTTP/1.1 (\d+) ", answers) == [b"200"] * 3
    assert answers.count(b'"predictions":[3.0]') == 2


def test_an_offer_to_speak_websocket_is_ignored(port: int) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"}
    assert httpx2.get(f"http://127.0.0.1:{port}/v2", headers=headers).json()["name"] == "weir"


def test_a_tunnel_is_refused(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_writes_all_before_it_reads_still_gets_the_refusal(port: int) -> None:
    response = httpx2.post(f"http://127.0.0.1:{port}/v1/models/sums:predict", content=b"x" * ((1 << 20) + 1000))
    assert (response.status_code, response.headers["connection"]) == (413, "close")


def test_a_large_head_within_the_limit_is_read(port: int) -> None:
    response = httpx2.get(f"http://127.0.0.1:{port}/v2", headers={f"h{i}": "x" * 1000 for i in range(60)})
    assert response.status_code == 200


def send_for_ever(connection: socket.socket, start: bytes, more: bytes) -> None:
    connection.sendall(start)
    while True:
        connection.sendall(more)


@pytest.mark.parametrize(
    "start",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nX-Endless: ",
        CHUNKED + b"0\r\n",
        CHUNKED + b"1;x-extension=",
    ],
)
def test_a_head_that_does_not_end_is_refused(port: int, start: bytes) -> None:
    more = b"x-more: 1\r\n" * 400 if start.endswith(b"\n") else b"x" * 4400
    with connect(port) as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        send_for_ever(connection, start, more)


def test_the_refusal_of_a_long_head_says_what_it_is(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"GET /" + b"x" * (HEAD_LIMIT + 1))
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"x-weir-version: sums-1\r\n" in answer


def test_the_end_of_a_body_is_not_counted_with_the_next_head(port: int) -> None:
    body = INSTANCE.ljust(HEAD_LIMIT * 2)
    request = PREDICT.replace(b"Content-Length: %d" % len(INSTANCE), b"Content-Length: %d" % len(body)) + body
    with connect(port) as connection:
        connection.sendall(request + LAST[:10])
        assert receive(connection).status == 200
        connection.sendall(LAST[10:])
        assert receive(connection).status == 200


def test_the_next_request_s_head_is_counted_from_zero(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(b"GET /v2 HTTP/1.1\r\nHost: x\r\nX-Filler: " + b"x" * (HEAD_LIMIT - 1000) + b"\r\n\r\n")
            assert receive(connection).status == 200


class Client(threading.Thread):
    """Sends one request after the other on one connection, as long as it is kept open."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.statuses: list[int] = []
        self.under_way = threading.Event()
        self._port = port

    def run(self) -> None:
        with connect(self._port) as connection:
            while True:
                connection.sendall(PREDICT + INSTANCE)
                response = receive(connection)
                self.statuses.append(response.status)
                self.under_way.set()
                if response.getheader("connection") == "close":
                    return


def begin_slowly(connection: socket.socket) -> None:
    """Send a part of a request and wait until the server has begun to read its body."""
    connection.sendall(PREDICT.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue"))
    assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(INSTANCE[:10])


def until_refused(server: Running) -> None:
    while True:
        try:
            connect(server.port).close()
        except ConnectionRefusedError:
            return


def test_a_drain_loses_nothing(tmp_path: Path) -> None:
    """On SIGTERM: not ready, yet everything is answered; connections close politely; the last request is waited for."""
    folder = sums().write(tmp_path / "model")
    with running("server", environment(sums(), folder, WEIR_DRAIN_SECONDS=1)) as server:
        clients = [Client(server.port) for _ in range(8)]
        for client in clients:
            client.start()
        for client in clients:
            assert client.under_way.wait(10)
        with connect(server.port) as slow, connect(server.port) as idle:
            begin_slowly(slow)
            idle.sendall(PREDICT + INSTANCE)
            assert receive(idle).status == 200

            server.signal(signal.SIGTERM)
            for client in clients:
                client.join(10)
            ready = server.get("/v2/health/ready")
            assert (ready.status_code, ready.headers["connection"]) == (503, "close")
            assert server.get("/v2/health/live").status_code == 200
            assert server.post("/v1/models/sums:predict", {"instances": [{"c0": 1, "c1": 2}]}).status_code == 200

            until_refused(server)
            assert everything(idle) == b""
            slow.sendall(INSTANCE[10:])
            late = receive(slow)
            assert (late.status, late.getheader("connection")) == (200, "close")
        assert server.wait() == 0
    assert [{200}] * 8 == [set(client.statuses) for client in clients]


def test_a_request_that_never_ends_does_not_keep_the_process(tmp_path: Path) -> None:
    folder = sums().write(tmp_path / "model")
    with running("server", environment(sums(), folder, WEIR_TIMEOUT_SECONDS=0.5)) as server:
        with connect(server.port) as slow:
            begin_slowly(slow)
            server.signal(signal.SIGTERM)
            assert receive(slow).status == 408
        assert server.wait() == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_drain(tmp_path: Path, second: int) -> None:
    folder = sums().write(tmp_path / "model")
    with running("server", environment(sums(), folder, WEIR_DRAIN_SECONDS=3600)) as server:
        server.signal(signal.SIGTERM)
        while server.get("/v2/health/ready").status_code == 200:
            pass
        server.signal(second)
        assert server.wait() == 0
