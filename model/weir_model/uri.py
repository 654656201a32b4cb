"""Where data and artifacts live: one parser for every URI that a custom resource may carry.

``pvc://claim/path`` names a file on a PersistentVolumeClaim. The operator mounts the claim at ``VOLUME_ROOT/claim``,
so inside the pod it reads as a local path; that convention is written here, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from weir_model.contract import VOLUME_ROOT
from weir_model.errors import UriError

SCHEMES = ("file", "pvc", "s3", "gs", "az", "https", "http")
OBJECT_STORES = ("s3", "gs", "az")


@dataclass(frozen=True)
class Uri:
    """A parsed location.

    Attributes:
        scheme: one of ``SCHEMES``.
        authority: the claim (pvc), bucket (s3, gs), container (az) or host (http, https); empty for file.
        path: without a leading slash, except for file, where it is the absolute path.
    """

    scheme: str
    authority: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Uri:
        """Return the parsed ``text``.

        Raises:
            UriError: an unknown scheme, a missing authority or a path with ``..`` in it.
        """
        parts = urlsplit(text)
        if parts.scheme not in SCHEMES:
            forms = ", ".join(f"{scheme}://" for scheme in SCHEMES)
            raise UriError(f"{text!r}: unknown scheme {parts.scheme!r}; use one of {forms}")
        if parts.query or parts.fragment or parts.username or parts.password:
            raise UriError(f"{text!r}: a query, a fragment or credentials do not belong into a URI here")
        if ".." in PurePosixPath(parts.path).parts:
            raise UriError(f"{text!r}: '..' is not allowed in the path")
        if parts.scheme == "file":
            return cls._file(text, parts.netloc, parts.path)
        if not parts.netloc:
            raise UriError(f"{text!r}: {parts.scheme}:// needs a {_authority_name(parts.scheme)} after the slashes")
        return cls(parts.scheme, parts.netloc, parts.path.lstrip("/"))

    @classmethod
    def _file(cls, text: str, host: str, path: str) -> Uri:
        if host or not path.startswith("/"):
            raise UriError(f"{text!r}: file:// needs three slashes and an absolute path")
        return cls("file", "", path)

    @property
    def claim(self) -> str | None:
        """The PersistentVolumeClaim's name, or None when the URI does not live on one."""
        return self.authority if self.scheme == "pvc" else None

    @property
    def local_path(self) -> PurePosixPath | None:
        """The path inside a pod, or None when the URI is not on a file system."""
        if self.scheme == "file":
            return PurePosixPath(self.path)
        if self.scheme == "pvc":
            return PurePosixPath(VOLUME_ROOT) / self.authority / self.path
        return None

    def joined(self, *segments: str) -> Uri:
        """Return the URI of something below this one."""
        path = "/".join([self.path.rstrip("/"), *segments]) if self.path else "/".join(segments)
        return Uri(self.scheme, self.authority, path)

    def __str__(self) -> str:
        return f"file://{self.path}" if self.scheme == "file" else f"{self.scheme}://{self.authority}/{self.path}"


def _authority_name(scheme: str) -> str:
    return {"pvc": "claim name", "s3": "bucket", "gs": "bucket", "az": "container"}.get(scheme, "host")
