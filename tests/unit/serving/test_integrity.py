"""The approved artifact, or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from builders.artifact import Artifact, sums
from weir_model.codec import to_json
from weir_model.manifest import FileEntry, Manifest, OnnxInfo, digest_of
from weir_serving.artifact.integrity import checked, parse_manifest, read_file, verify_folder
from weir_serving.errors import ArtifactNotFoundError, DigestMismatchError, LoadError

FILES = ("model.onnx", "manifest.json", "profile.json", "golden.json")


def flip_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_an_untouched_artifact_passes(tmp_path: Path) -> None:
    artifact = sums()
    assert artifact.manifest == verify_folder(artifact.write(tmp_path), artifact.digest)


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_byte_in_any_file_is_refused_with_both_digests(tmp_path: Path, name: str) -> None:
    artifact = sums()
    expected = artifact.digest if name == "manifest.json" else artifact.manifest.files[name].digest
    flip_last_byte(artifact.write(tmp_path) / name)
    found = digest_of((tmp_path / name).read_bytes())
    with pytest.raises(DigestMismatchError, match=f"^{name}: expected {expected}.*found {found}"):
        verify_folder(tmp_path, artifact.digest)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    artifact = sums()
    (artifact.write(tmp_path) / name).unlink()
    with pytest.raises(ArtifactNotFoundError, match=f"{name}: No such file"):
        verify_folder(tmp_path, artifact.digest)


def test_a_folder_in_place_of_a_file_is_not_a_file(tmp_path: Path) -> None:
    artifact = sums()
    (artifact.write(tmp_path) / "model.onnx").unlink()
    (tmp_path / "model.onnx").mkdir()
    with pytest.raises(ArtifactNotFoundError, match=r"model\.onnx: Is a directory"):
        verify_folder(tmp_path, artifact.digest)


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([b"abcd"], "found more bytes"),
        ([b"ab", b"cd" * 1000], "found more bytes"),
        ([b"ab"], "found sha256:.* with 2 bytes"),
        ([], "found sha256:.* with 0 bytes"),
    ],
)
def test_a_file_of_another_length_is_refused(chunks: list[bytes], message: str) -> None:
    entry = FileEntry(digest_of(b"abc"), 3)
    with pytest.raises(DigestMismatchError, match=f"^f: expected {entry.digest} with 3 bytes, {message}"):
        list(checked("f", entry, chunks))


def test_a_longer_file_is_not_read_to_its_end() -> None:
    def endless():
        yield b"ab"
        yield b"cd"
        raise AssertionError("read on")

    with pytest.raises(DigestMismatchError):
        list(checked("f", FileEntry(digest_of(b"abc"), 3), endless()))


@pytest.mark.parametrize("name", ["../model", "a/b", "/etc/passwd", ".hidden", "..", "", "a\u0000b", "manifest.json"])
def test_names_that_would_leave_the_folder_are_refused(name: str) -> None:
    entry = FileEntry(digest_of(b""), 0)
    manifest = Manifest("m", "v", sums().signature, OnnxInfo(9, {}), {"model.onnx": entry, name: entry})
    with pytest.raises(LoadError, match="is not the plain name of a file"):
        parse_manifest(to_json(manifest), manifest.digest())


def test_a_manifest_without_a_model_is_refused() -> None:
    manifest = Artifact(sums().signature).manifest
    with pytest.raises(LoadError, match=r"^manifest\.json: files: model\.onnx is not listed$"):
        parse_manifest(to_json(manifest), manifest.digest())


def test_a_manifest_whose_signature_cannot_be_right_is_refused() -> None:
    signature = sums().signature
    manifest = replace(sums(), signature=replace(signature, columns=signature.columns[:1])).manifest
    with pytest.raises(LoadError, match=r"^manifest\.json: signature: 1 columns take 1 of 2 places"):
        parse_manifest(to_json(manifest), manifest.digest())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"model": 1}'])
def test_a_manifest_that_cannot_be_read_is_named(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"^manifest\.json: Manifest"):
        parse_manifest(data, digest_of(data))


def test_a_file_that_the_manifest_does_not_list_is_not_there(tmp_path: Path) -> None:
    artifact = sums().with_files(profile_json=None)
    artifact.write(tmp_path)
    (tmp_path / "profile.json").write_bytes(b"smuggled in")
    assert read_file(tmp_path, artifact.manifest, "profile.json") is None
