"""Where an artifact is read from: one small port, a folder behind it here, an object store in `remote`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from weir_model.errors import UriError
from weir_model.uri import Uri
from weir_serving.artifact.integrity import file_chunks
from weir_serving.errors import SettingsError


class Source(Protocol):
    """A place with an artifact's files."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of the file ``name`` in pieces.

        Raises:
            ArtifactNotFoundError: there is no such file, or no right to read it.
            ArtifactUnavailableError: it could not be read this time.
        """


class FolderSource:
    """A folder of this machine, or of a mounted volume."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file; see `Source`."""
        return file_chunks(self._folder / name)


def open_source(text: str) -> Source:
    """Return the source that an artifact's URI names.

    Raises:
        SettingsError: it is not a URI that Weir knows.
    """
    try:
        uri = Uri.parse(text)
    except UriError as error:
        raise SettingsError(str(error)) from error
    if uri.local_path is not None:
        return FolderSource(Path(uri.local_path))
    from weir_serving.artifact.remote import open_store  # noqa: PLC0415  (15 MB that a volume's artifact never needs)

    return open_store(uri)
