"""What can go wrong between us and the Kubernetes API, sorted by what the caller should do about it.

ClusterError
├── NotFoundError   the object, its namespace or its kind is not there
├── ConflictError   somebody changed or replaced the object in the meantime: look again
├── ForbiddenError  our service account may not do this: a person must act
├── RejectedError   the API server will never take this object as it is: a person must act
└── TransientError  too busy, unreachable or too slow: try again later

Requests are sorted here and nowhere else; what each means for an object's conditions is engine/failures.py's matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final


class ClusterError(Exception):
    """Base of every failure of a request; the text is the API server's own message where there is one."""

    def __init__(self, message: str, *, action: str = "") -> None:
        super().__init__(f"{action}: {message}" if action else message)


class NotFoundError(ClusterError):
    """HTTP 404 or 410."""


class ConflictError(ClusterError):
    """HTTP 409: a precondition failed, or the object already exists."""


class ForbiddenError(ClusterError):
    """HTTP 403."""


class RejectedError(ClusterError):
    """HTTP 400, 405, 413, 415, 422, and the 500 that server-side apply answers to fields outside the schema."""


class TransientError(ClusterError):
    """HTTP 401 (tokens rotate), 408, 429, any other 5xx, a timeout or a broken connection."""


_BY_STATUS: Final[dict[int, type[ClusterError]]] = {
    400: RejectedError,
    403: ForbiddenError,
    404: NotFoundError,
    405: RejectedError,
    409: ConflictError,
    410: NotFoundError,
    413: RejectedError,
    415: RejectedError,
    422: RejectedError,
}

# Server-side apply answers this with a 500, although no retry can help.
_NOT_IN_SCHEMA: Final = "field not declared in schema"


def from_response(status: int, reason: str | None, body: bytes | str | None, *, action: str) -> ClusterError:
    """Return the error that an unsuccessful response means; ``action`` says what was tried, as "patch jobs/x"."""
    message = _message(body) or reason or f"HTTP {status}"
    return _kind(status, message)(message, action=action)


def _kind(status: int, message: str) -> Callable[..., ClusterError]:
    if _NOT_IN_SCHEMA in message:
        return RejectedError
    return _BY_STATUS.get(status, TransientError)


def _message(body: bytes | str | None) -> str:
    """Return the message of a Kubernetes Status object, or the start of whatever else was sent."""
    try:
        status = json.loads(body or "")
    except ValueError:
        text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
        return text.strip()[:500]
    return str(status.get("message") or "") if isinstance(status, dict) else ""
