"""Bringing an artifact into a folder, checked while it is copied.

Files appear under their names only when complete and right, the manifest last: whoever finds a manifest finds all of
it. So a download that was interrupted is simply run again, and what is already there is not copied twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from weir_model.contract import MANIFEST_FILE
from weir_model.manifest import FileEntry, Manifest
from weir_serving.artifact.integrity import checked, file_chunks, parse_manifest
from weir_serving.artifact.source import Source
from weir_serving.errors import ArtifactNotFoundError, ArtifactUnavailableError, DigestMismatchError, LoadError

MANIFEST_LIMIT = 16 << 20  # bytes; it is held in memory before its digest is known to be right


def download(source: Source, digest: str, folder: Path) -> Manifest:
    """Copy the artifact with ``digest`` into ``folder`` and return its manifest.

    Raises:
        ArtifactNotFoundError: the manifest, or a file that it lists, is not there.
        ArtifactUnavailableError: the source could not be read, or the folder not be written, this time.
        DigestMismatchError: a file is not the one that was approved.
    """
    data = _read_bounded(source.chunks(MANIFEST_FILE))
    manifest = parse_manifest(data, digest)
    for name, entry in manifest.files.items():
        if not _is_there(folder / name, name, entry):
            _write(folder / name, checked(name, entry, source.chunks(name)))
    _write(folder / MANIFEST_FILE, [data])
    return manifest


def _read_bounded(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MANIFEST_LIMIT:
            raise LoadError(f"{MANIFEST_FILE}: larger than {MANIFEST_LIMIT >> 20} MiB")
    return bytes(data)


def _is_there(path: Path, name: str, entry: FileEntry) -> bool:
    try:
        for _ in checked(name, entry, file_chunks(path)):
            pass
    except (ArtifactNotFoundError, DigestMismatchError):
        return False
    return True


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.writelines(chunks)
        partial.chmod(0o444)
        partial.replace(path)
    except OSError as error:
        raise ArtifactUnavailableError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
