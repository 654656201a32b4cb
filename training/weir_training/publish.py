"""Writes the artifact below ``spec.output.uri``, as ``<output>/<model>/<digest>/``: whole, once, never changed.

On a file system the folder appears by one rename of a synced temporary one; in an object store objects are created
if absent and the manifest comes last, so that whoever sees it sees all. Publishing what is there already is a no-op;
finding other bytes there is a failure.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore

from weir_model.contract import MANIFEST_FILE, USER_ID
from weir_model.manifest import DIGEST_PREFIX, digest_of
from weir_model.uri import OBJECT_STORES, Uri
from weir_training.errors import TrainingError, TransientError, UserError
from weir_training.storage import access_error, open_store

FIELD = "spec.output.uri"
_TEMPORARY = ".tmp-"


def check(output: Uri) -> None:
    """Find out before the work begins whether its result can be written; object stores are not asked.

    Raises:
        UserError: PublishFailed.
    """
    if output.local_path is None and output.scheme not in OBJECT_STORES:
        raise UserError("PublishFailed", f"{FIELD}: {output}: artifacts cannot be written to {output.scheme}://")
    if output.local_path is not None:
        _prepared(Path(output.local_path), output)


def publish(output: Uri, model: str, files: dict[str, bytes]) -> Uri:
    """Write ``files``, which include the manifest, and return their folder.

    Raises:
        UserError: PublishFailed when access is denied or other bytes are there already.
        TransientError: PublishFailed when the storage fails.
    """
    folder = output.joined(model, digest_of(files[MANIFEST_FILE]).removeprefix(DIGEST_PREFIX))
    if folder.local_path is not None:
        _write_folder(Path(folder.local_path), folder, files)
    else:
        write_objects(_opened(folder), folder, files)
    return folder


def _opened(folder: Uri) -> ObjectStore:
    try:
        return open_store(folder)
    except Exception as error:
        raise access_error(error, "PublishFailed", FIELD, folder) from error


def write_objects(store: ObjectStore, folder: Uri, files: dict[str, bytes]) -> None:
    """Create the objects below ``folder`` in ``store``, the manifest last."""
    for name in sorted(files, key=lambda name: name == MANIFEST_FILE):
        target = folder.joined(name)
        try:
            found = _created_or_found(store, target.path, files[name])
        except Exception as error:
            raise access_error(error, "PublishFailed", FIELD, target) from error
        _expect_same(found, files[name], target)


def _created_or_found(store: ObjectStore, path: str, content: bytes) -> bytes:
    try:
        store.put(path, content, mode="create")
    except AlreadyExistsError:
        return store.get(path).bytes().to_bytes()
    return content


def _write_folder(path: Path, folder: Uri, files: dict[str, bytes]) -> None:
    _prepared(path.parent, folder)
    try:
        if not path.exists():
            _rename_into_place(path, files)
        for name, content in files.items():
            _expect_same((path / name).read_bytes(), content, folder.joined(name))
    except TrainingError:
        raise
    except FileNotFoundError as error:
        raise UserError(
            "PublishFailed", f"{FIELD}: {folder} exists, but is not complete; delete it and run again"
        ) from error
    except OSError as error:
        raise _failed(folder, error) from error


def _rename_into_place(path: Path, files: dict[str, bytes]) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=path.parent))
    try:
        temporary.chmod(0o755)
        for name, content in files.items():
            _write_synced(temporary / name, content)
        _sync(temporary)
        temporary.rename(path)
        _sync(path.parent)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # another run of the same was faster
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prepared(path: Path, uri: Uri) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (NotADirectoryError, FileExistsError) as error:
        raise UserError("PublishFailed", f"{FIELD}: {uri}: a part of the path is a file, not a folder") from error
    except OSError as error:
        raise _failed(uri, error) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise _denied(uri, "the folder is not writable")


def _failed(uri: Uri, error: OSError) -> TrainingError:
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return _denied(uri, error.strerror)
    return TransientError("PublishFailed", f"{FIELD}: {uri}: {error.strerror}")


def _denied(uri: Uri, why: object) -> UserError:
    return UserError(
        "PublishFailed",
        f"{FIELD}: {uri}: permission denied ({why}); user and group {USER_ID} must be able to write there",
    )


def _expect_same(found: bytes, expected: bytes, target: Uri) -> None:
    if found != expected:
        raise UserError(
            "PublishFailed",
            f"{FIELD}: {target} exists with other bytes than this run made, so it was altered; delete its folder and "
            "run again",
        )
