"""Data from a web server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from weir_model.manifest import digest_of
from weir_model.uri import Uri
from weir_training.errors import UserError
from weir_training.load import load

DATA = b"a,b,y\n1,2,0\n3,4,1\n"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "day.csv").write_bytes(DATA)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_a_file_is_read_and_named_by_the_digest_of_its_bytes(site: str) -> None:
    found = load(Uri.parse(f"{site}/day.csv"))
    assert found.table.to_pydict() == {"a": [1, 3], "b": [2, 4], "y": [0, 1]}
    assert found.digest == digest_of(DATA)


def test_a_file_that_is_not_there_is_named(site: str) -> None:
    with pytest.raises(UserError, match=r"spec.data.uri: .*/night.csv does not exist") as caught:
        load(Uri.parse(f"{site}/night.csv"))
    assert caught.value.reason == "DataNotFound"
