"""Artifacts in object stores and on web servers, through obstore.

Credentials come from the standard environment variables (AWS_*, GOOGLE_*, AZURE_*) or the pod's identity, never from
us. obstore retries what is worth it; what still fails is sorted here into "not there" and "not this time".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, HTTPStore, S3Store

from weir_serving.artifact.integrity import CHUNK_BYTES
from weir_serving.errors import ArtifactNotFoundError, ArtifactUnavailableError, SettingsError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from weir_model.uri import Uri


class StoreSource:
    """A prefix of an object store."""

    def __init__(self, store: ObjectStore, place: str) -> None:
        self._store = store
        self._place = place

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of an object; see `Source`."""
        try:
            for chunk in obstore.get(self._store, name).stream(CHUNK_BYTES):
                yield bytes(chunk)
        except FileNotFoundError as error:
            raise ArtifactNotFoundError(f"{self._place}/{name}: there is no such object") from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise ArtifactNotFoundError(f"{self._place}/{name}: access denied: {_sentence(error)}") from error
        except InvalidPathError as error:
            raise ArtifactNotFoundError(f"{self._place}/{name}: {_sentence(error)}") from error
        except (BaseError, OSError) as error:
            raise ArtifactUnavailableError(f"{self._place}/{name}: {_sentence(error)}") from error


def open_store(uri: Uri) -> StoreSource:
    """Return the source for an object-store or web URI.

    Raises:
        SettingsError: the environment lacks something that the store needs, such as Azure's account.
    """
    try:
        return StoreSource(_OPENERS[uri.scheme](str(uri)), str(uri).rstrip("/"))
    except (BaseError, ValueError) as error:
        raise SettingsError(f"{uri}: {_sentence(error)}") from error


def _plain_http(url: str) -> ObjectStore:
    return HTTPStore.from_url(url, client_options={"allow_http": True})


_OPENERS: dict[str, Callable[[str], ObjectStore]] = {
    "s3": S3Store.from_url,
    "gs": GCSStore.from_url,
    "az": AzureStore.from_url,
    "https": HTTPStore.from_url,
    "http": _plain_http,
}


def _sentence(error: Exception) -> str:
    """Return an error's first paragraph; obstore appends a dump of its internals."""
    return str(error).split("\n\n", 1)[0].strip()
