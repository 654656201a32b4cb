"""Fetching: from folders and object stores, checked, again and again."""

from __future__ import annotations

import functools
import http.server
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from builders.artifact import sums
from weir_model.uri import Uri
from weir_serving.artifact.download import MANIFEST_LIMIT, download
from weir_serving.artifact.remote import StoreSource, open_store
from weir_serving.artifact.source import FolderSource, Source, open_source
from weir_serving.errors import (
    ArtifactNotFoundError,
    ArtifactUnavailableError,
    DigestMismatchError,
    LoadError,
    SettingsError,
)

FILES = ("model.onnx", "manifest.json", "profile.json", "golden.json")


class Recorded:
    """A source that notes what is read from it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.read: list[str] = []

    def chunks(self, name: str) -> Iterator[bytes]:
        self.read.append(name)
        return self._source.chunks(name)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def from_folder(tmp_path: Path) -> Source:
    return FolderSource(sums().write(tmp_path / "source"))


def from_local_store(tmp_path: Path) -> Source:
    return StoreSource(LocalStore(sums().write(tmp_path / "source")), "local")


def from_memory_store(tmp_path: Path) -> Source:
    store = MemoryStore()
    for name, data in contents(sums().write(tmp_path / "source")).items():
        obstore.put(store, name, data)
    return StoreSource(store, "memory")


@pytest.mark.parametrize("source", [from_folder, from_local_store, from_memory_store])
def test_everything_arrives_as_it_was_and_read_only(tmp_path: Path, source) -> None:
    manifest = download(source(tmp_path), sums().digest, tmp_path / "model")
    assert sums().manifest == manifest
    assert contents(tmp_path / "source") == contents(tmp_path / "model")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "model").iterdir()} == {0o444}


def test_a_second_run_copies_only_what_is_not_right(tmp_path: Path) -> None:
    source = Recorded(from_folder(tmp_path))
    download(source, sums().digest, tmp_path / "model")
    (tmp_path / "model/golden.json").unlink()
    (tmp_path / "model/model.onnx").chmod(0o644)
    (tmp_path / "model/model.onnx").write_bytes(b"cut off")
    source.read.clear()
    download(source, sums().digest, tmp_path / "model")
    assert sorted(source.read) == ["golden.json", "manifest.json", "model.onnx"]
    assert contents(tmp_path / "source") == contents(tmp_path / "model")


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_never_gets_its_name(tmp_path: Path, name: str) -> None:
    source = from_folder(tmp_path)
    path = tmp_path / "source" / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DigestMismatchError, match=f"^{name}: expected sha256:.* found sha256:"):
        download(source, sums().digest, tmp_path / "model")
    left = contents(tmp_path / "model") if (tmp_path / "model").exists() else {}
    assert not left.keys() & {name, "manifest.json"}
    assert not [file for file in left if file.endswith(".partial")]


@pytest.mark.parametrize("source", [from_folder, from_local_store, from_memory_store])
def test_what_is_not_there_is_named(tmp_path: Path, source) -> None:
    opened = source(tmp_path)
    with pytest.raises(ArtifactNotFoundError, match=r"nothing\.json: "):
        list(opened.chunks("nothing.json"))


def test_a_manifest_without_end_is_not_read_into_memory() -> None:
    class Endless:
        def chunks(self, _name: str) -> Iterator[bytes]:
            while True:
                yield bytes(1 << 20)

    with pytest.raises(LoadError, match=f"larger than {MANIFEST_LIMIT >> 20} MiB"):
        download(Endless(), sums().digest, Path("/nonexistent"))


def test_a_folder_that_cannot_be_written_may_be_a_passing_trouble(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("a file where the folder belongs")
    with pytest.raises(ArtifactUnavailableError, match="cannot be written"):
        download(from_folder(tmp_path), sums().digest, tmp_path / "model/deeper")


def test_uris_of_volumes_are_folders(tmp_path: Path) -> None:
    source = open_source(f"file://{sums().write(tmp_path)}")
    assert b"".join(source.chunks("manifest.json")) == (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(ArtifactNotFoundError, match=r"/mnt/volumes/models/tumour/manifest\.json"):
        list(open_source("pvc://models/tumour").chunks("manifest.json"))


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("ftp://host/path", "unknown scheme"),
        ("s3:///path", "needs a bucket"),
        ("s3://bucket/a/../b", "'..' is not allowed"),
        ("az://container/path", "Account must be specified"),
    ],
)
def test_a_uri_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch, uri: str, message: str) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as caught:
        open_source(uri)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("uri", ["s3://bucket/a/b", "gs://bucket/a/b", "https://host/a/b", "http://host/a/b"])
def test_every_scheme_of_an_object_store_has_a_source(uri: str) -> None:
    assert isinstance(open_store(Uri.parse(uri)), StoreSource)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """Serve an artifact as any web server does; yield its URL."""
    sums().write(tmp_path / "web/artifact")
    handler = functools.partial(Quiet, directory=tmp_path / "web")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/artifact"
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def test_an_artifact_is_fetched_from_a_web_server(tmp_path: Path, web: str) -> None:
    download(open_source(web), sums().digest, tmp_path / "model")
    assert contents(tmp_path / "web/artifact") == contents(tmp_path / "model")


def test_what_a_web_server_does_not_have_is_named(web: str) -> None:
    with pytest.raises(ArtifactNotFoundError, match=r"/artifact/nothing\.json: there is no such object$"):
        list(open_source(web).chunks("nothing.json"))


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (FileNotFoundError("gone"), ArtifactNotFoundError),
        (obstore.exceptions.PermissionDeniedError("no"), ArtifactNotFoundError),
        (obstore.exceptions.UnauthenticatedError("who?"), ArtifactNotFoundError),
        (obstore.exceptions.InvalidPathError("//"), ArtifactNotFoundError),
        (obstore.exceptions.GenericError("timed out\n\nDebug source: ..."), ArtifactUnavailableError),
        (OSError("reset"), ArtifactUnavailableError),
    ],
)
def test_a_store_s_errors_are_told_apart(monkeypatch: pytest.MonkeyPatch, raised, expected) -> None:
    def get(_store, _name):
        raise raised

    monkeypatch.setattr(obstore, "get", get)
    with pytest.raises(expected, match=r"^s3://b/p/f: [^\n]*$"):
        list(StoreSource(MemoryStore(), "s3://b/p").chunks("f"))
