"""Is this the artifact that was approved? The manifest must have the digest, and every file what the manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from weir_model.codec import from_json
from weir_model.contract import MANIFEST_FILE, MODEL_FILE
from weir_model.errors import DocumentError
from weir_model.manifest import DIGEST_PREFIX, FileEntry, Manifest, digest_of
from weir_model.signature import contradiction
from weir_serving.errors import ArtifactNotFoundError, ArtifactUnavailableError, DigestMismatchError, LoadError

CHUNK_BYTES = 1 << 20


def parse_manifest(data: bytes, digest: str) -> Manifest:
    """Return the manifest that ``data`` spells.

    Raises:
        DigestMismatchError: ``data`` is not what ``digest`` pins.
        LoadError: it is, but cannot be read, or its files or signature cannot be right.
    """
    found = digest_of(data)
    if found != digest:
        raise DigestMismatchError(f"{MANIFEST_FILE}: expected {digest}, found {found}")
    try:
        manifest = from_json(Manifest, data)
    except DocumentError as error:
        raise LoadError(f"{MANIFEST_FILE}: {error}") from error
    _check_names(manifest.files)
    problem = contradiction(manifest.signature)
    if problem:
        raise LoadError(f"{MANIFEST_FILE}: signature: {problem}")
    return manifest


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that would leave the folder: the manifest is data from elsewhere, also when its digest is right."""
    names = tuple(names)
    if MODEL_FILE not in names:
        raise LoadError(f"{MANIFEST_FILE}: files: {MODEL_FILE} is not listed")
    for name in names:
        plain = name.isprintable() and name == Path(name).name and not name.startswith(".")
        if not name or not plain or name == MANIFEST_FILE:
            raise LoadError(f"{MANIFEST_FILE}: files: {name!r} is not the plain name of a file")


def checked(name: str, entry: FileEntry, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass a file's ``chunks`` on and, after the last, check them against its ``entry``.

    Raises:
        DigestMismatchError: the file is longer (raised as soon as it is), shorter or different.
    """
    hasher, size = hashlib.sha256(), 0
    for chunk in chunks:
        hasher.update(chunk)
        size += len(chunk)
        if size > entry.size:
            raise DigestMismatchError(f"{name}: expected {entry.digest} with {entry.size} bytes, found more bytes")
        yield chunk
    found = DIGEST_PREFIX + hasher.hexdigest()
    if found != entry.digest or size != entry.size:
        raise DigestMismatchError(
            f"{name}: expected {entry.digest} with {entry.size} bytes, found {found} with {size} bytes"
        )


def read_manifest(folder: Path, digest: str) -> Manifest:
    """Return the manifest of the artifact in ``folder``, checked against ``digest``; see `parse_manifest`."""
    return parse_manifest(b"".join(file_chunks(folder / MANIFEST_FILE)), digest)


def read_file(folder: Path, manifest: Manifest, name: str) -> bytes | None:
    """Return the checked content of a file, or None when the manifest does not list it."""
    entry = manifest.files.get(name)
    if entry is None:
        return None
    return b"".join(checked(name, entry, file_chunks(folder / name)))


def verify_folder(folder: Path, digest: str) -> Manifest:
    """Return the manifest of the artifact in ``folder`` after every file was hashed.

    Raises:
        ArtifactNotFoundError: a file is not there.
        DigestMismatchError: a file is not the one that was approved.
    """
    manifest = read_manifest(folder, digest)
    for name, entry in manifest.files.items():
        for _ in checked(name, entry, file_chunks(folder / name)):
            pass
    return manifest


def file_chunks(path: Path) -> Iterator[bytes]:
    """Yield the content of a file in pieces.

    Raises:
        ArtifactNotFoundError: there is no such file.
        ArtifactUnavailableError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise ArtifactNotFoundError(f"{path}: {error.strerror}") from error
    except PermissionError as error:
        raise ArtifactNotFoundError(f"{path}: {error.strerror}; it must be readable for user 65532") from error
    except OSError as error:
        raise ArtifactUnavailableError(f"{path}: {error.strerror}") from error
