"""Artifacts on a file system: whole or not there, never changed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from weir_model.contract import MANIFEST_FILE
from weir_model.uri import Uri
from weir_training import publish as module
from weir_training.errors import UserError
from weir_training.publish import check, publish

FILES = {MANIFEST_FILE: b"{}", "model.onnx": b"graph", "golden.json": b"[]"}


def _uri(path: Path) -> Uri:
    return Uri.parse(f"file://{path}")


def _folder(root: Path) -> Path:
    [folder] = (root / "tumour").iterdir()
    return folder


def test_everyone_may_read_what_was_published(tmp_path: Path) -> None:
    publish(_uri(tmp_path), "tumour", FILES)
    folder = _folder(tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o644}


def test_publishing_the_same_twice_changes_nothing(tmp_path: Path) -> None:
    first = publish(_uri(tmp_path), "tumour", FILES)
    made = _folder(tmp_path).stat().st_mtime_ns
    assert publish(_uri(tmp_path), "tumour", FILES) == first
    assert _folder(tmp_path).stat().st_mtime_ns == made


def test_an_artifact_that_was_altered_is_not_overwritten(tmp_path: Path) -> None:
    publish(_uri(tmp_path), "tumour", FILES)
    (_folder(tmp_path) / "model.onnx").write_bytes(b"forged")
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*model\.onnx exists with other bytes.*delete its folder"):
        publish(_uri(tmp_path), "tumour", FILES)


def test_an_artifact_that_lost_a_file_is_named(tmp_path: Path) -> None:
    publish(_uri(tmp_path), "tumour", FILES)
    (_folder(tmp_path) / "golden.json").unlink()
    with pytest.raises(UserError, match=r"exists, but is not complete"):
        publish(_uri(tmp_path), "tumour", FILES)


def test_a_failure_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", fail)
    with pytest.raises(module.TransientError, match=r"spec\.output\.uri: .*No space left on device"):
        publish(_uri(tmp_path), "tumour", FILES)
    assert list((tmp_path / "tumour").iterdir()) == []


def test_the_place_is_made_before_the_work_begins(tmp_path: Path) -> None:
    check(_uri(tmp_path / "new" / "place"))
    assert (tmp_path / "new" / "place").is_dir()


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"spec\.output\.uri: .* is a file, not a folder"):
        check(_uri(tmp_path / "file" / "below"))


def test_a_place_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*permission denied.*65532"):
        check(_uri(tmp_path))


def test_a_volume_that_is_mounted_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*Read-only file system"):
        check(_uri(tmp_path / "new"))


@pytest.mark.parametrize("uri", ["https://host/models", "http://host/models"])
def test_a_place_that_cannot_be_written(uri: str) -> None:
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*cannot be written") as caught:
        check(Uri.parse(uri))
    assert caught.value.reason == "PublishFailed"


def test_two_runs_that_publish_the_same_at_once_both_succeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(_uri(tmp_path), "tumour", FILES)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # the other one appears after we looked
    assert publish(_uri(tmp_path), "tumour", FILES) == first
    assert [path.name for path in (tmp_path / "tumour").iterdir()] == [_folder(tmp_path).name]
