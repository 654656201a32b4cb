"""Finds and reads the files that ``spec.data.uri`` names: one file, or every data file in a folder and below it.

Knows places, not formats. Files whose name, or a folder's on the way, starts with ``.`` or ``_`` are left out, as
Spark and Hive do: they are markers and unfinished writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from obstore.store import ObjectStore

from weir_model.contract import USER_ID
from weir_model.manifest import DIGEST_PREFIX, digest_of
from weir_model.uri import Uri
from weir_training.errors import TrainingError, TransientError, UserError
from weir_training.storage import access_error, open_store

FIELD = "spec.data.uri"
SUFFIXES = (".csv", ".csv.gz", ".parquet", ".pq")


@dataclass(frozen=True)
class DataFile:
    """One file: its path below the URI (its own name when the URI is a file), and its bytes."""

    name: str
    content: bytes


def read_files(uri: Uri) -> list[DataFile]:
    """Return the data files at ``uri``, by name.

    Raises:
        UserError: DataNotFound when there is nothing, DataUnreadable when access is denied.
        TransientError: DataUnreadable when the store cannot be reached.
    """
    if uri.local_path is not None:
        return _local(Path(uri.local_path), uri)
    try:
        store = open_store(uri)
    except Exception as error:
        raise access_error(error, "DataUnreadable", FIELD, uri) from error
    return stored_files(store, uri)


def digest(files: list[DataFile]) -> str:
    """Return the sha256 of one file's bytes; of several, that of their ``sha256sum`` listing, so names count too."""
    if len(files) == 1:
        return digest_of(files[0].content)
    listing = "".join(f"{digest_of(file.content).removeprefix(DIGEST_PREFIX)}  {file.name}\n" for file in files)
    return DIGEST_PREFIX + hashlib.sha256(listing.encode()).hexdigest()


def stored_files(store: ObjectStore, uri: Uri) -> list[DataFile]:
    """Return the data files at ``uri`` in an object store; see ``read_files``."""
    try:
        if uri.path and not uri.path.endswith("/"):
            try:
                return [DataFile(PurePosixPath(uri.path).name, store.get(uri.path).bytes().to_bytes())]
            except FileNotFoundError:
                if uri.scheme in ("http", "https"):
                    raise _not_found(uri, "the server answers 404") from None
        prefix = uri.path.strip("/")
        paths = [meta["path"] for chunk in store.list(prefix=prefix or None) for meta in chunk]
        names = {path.removeprefix(prefix).lstrip("/"): path for path in paths}
        return _chosen(uri, names, lambda path: store.get(path).bytes().to_bytes())
    except TrainingError:
        raise
    except Exception as error:
        raise access_error(error, "DataUnreadable", FIELD, uri) from error


def _local(path: Path, uri: Uri) -> list[DataFile]:
    try:
        if path.is_dir():
            names = {_spelled(p.relative_to(path)): str(p) for p in path.rglob("*") if p.is_file()}
            return _chosen(uri, names, lambda name: Path(name).read_bytes())
        return [DataFile(path.name, path.read_bytes())]
    except FileNotFoundError:
        raise _not_found(uri, _neighbours(path)) from None
    except NotADirectoryError:
        raise _not_found(uri, "a part of the path is a file, not a folder") from None
    except PermissionError:
        who = f"user and group {USER_ID}, as whom the trainer runs,"
        message = f"{FIELD}: {uri}: permission denied; {who} must be able to read it"
        raise UserError("DataUnreadable", message) from None
    except OSError as error:
        raise TransientError("DataUnreadable", f"{FIELD}: {uri}: {error.strerror}") from error


def _chosen(uri: Uri, names: dict[str, str], read: Callable[[str], bytes]) -> list[DataFile]:
    chosen = [name for name in sorted(names) if _is_data(name)]
    if not chosen:
        found = f"it holds {_some(sorted(names))}" if names else "there is nothing"
        raise _not_found(uri, f"{found}; a folder must hold files that end in {', '.join(SUFFIXES)}")
    return [DataFile(name, read(names[name])) for name in chosen]


def _is_data(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not any(part[0] in "._" for part in PurePosixPath(name).parts)


def _neighbours(path: Path) -> str:
    parent = next((folder for folder in path.parents if folder.is_dir()), None)
    if parent is None:
        return "no folder on the way to it exists"
    return f"{parent} exists and holds {_some(sorted(_spelled(entry.name) for entry in parent.iterdir()))}"


def _spelled(path: Path | str) -> str:
    """Return a name on disk as text that can be encoded; bytes that are not UTF-8 are escaped."""
    return str(path).encode(errors="backslashreplace").decode()


def _some(names: list[str], limit: int = 5) -> str:
    if not names:
        return "nothing"
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def _not_found(uri: Uri, detail: str) -> UserError:
    return UserError("DataNotFound", f"{FIELD}: {uri} does not exist: {detail}")
