"""Errors of the serving package.

WeirServingError
├── StartupError                  a process cannot start or finish its task; becomes a Failure and an exit code
│   ├── SettingsError             an environment variable is missing or malformed
│   ├── ArtifactNotFoundError     the artifact, or a file of it, is not there
│   ├── ArtifactUnavailableError  it could not be read this time (network, disk); trying again may help
│   ├── DigestMismatchError       what is there is not what was approved
│   ├── LoadError                 ONNX Runtime refuses the graph, or the graph is not what the manifest says
│   └── GoldenMismatchError       the graph does not answer like the original model
└── RequestError                  one request cannot be answered; becomes an HTTP status
    ├── InvalidInputError         the client must change the request; the message names the field and the fix
    ├── UnsupportedEncodingError  the body is compressed or binary
    ├── UnknownModelError         another model or version is served here
    ├── TooLargeError             the body is over the limit
    ├── SlowBodyError             the body did not arrive in time
    ├── DisconnectedError         the client left before its request was complete
    ├── DeadlineError             the model did not answer in time
    └── InferenceError            ONNX Runtime failed on a valid request

StartupErrors are mapped in process.exit, RequestErrors in server.http.responses, each nowhere else.
"""

from typing import ClassVar

from weir_model.outcome import FailureReason


class WeirServingError(Exception):
    """Base of every error that weir_serving raises."""


class StartupError(WeirServingError):
    """A process cannot start or finish its task.

    Attributes:
        reason: what the operator shows as the condition's reason.
        permanent: trying again with the same input cannot help.
    """

    reason: ClassVar[FailureReason] = "InternalError"
    permanent: ClassVar[bool] = True


class SettingsError(StartupError):
    """An environment variable is missing or malformed; the message names it."""

    reason = "InvalidRequest"


class ArtifactNotFoundError(StartupError):
    """The artifact, or a file that its manifest lists, is not there."""

    reason = "ArtifactNotFound"


class ArtifactUnavailableError(StartupError):
    """The artifact could not be read this time."""

    reason = "ArtifactUnavailable"
    permanent = False


class DigestMismatchError(StartupError):
    """A file is not the one that was approved; the message names it and both digests."""

    reason = "DigestMismatch"


class LoadError(StartupError):
    """The artifact is intact, but cannot be served."""

    reason = "LoadFailed"


class GoldenMismatchError(StartupError):
    """The graph's answers to the golden examples are off; the message says by how much."""

    reason = "GoldenMismatch"


class RequestError(WeirServingError):
    """One request cannot be answered.

    Attributes:
        kind: the value of the ``kind`` label in the error counter.
    """

    kind: ClassVar[str] = "internal"


class InvalidInputError(RequestError):
    """The client must change the request; the message names the field or column and the fix."""

    kind = "invalid_input"


class UnsupportedEncodingError(RequestError):
    """The body is compressed or binary, which this server does not take."""

    kind = "unsupported_encoding"


class UnknownModelError(RequestError):
    """Another model or version is served here."""

    kind = "unknown_model"


class TooLargeError(RequestError):
    """The body is over the limit."""

    kind = "too_large"


class SlowBodyError(RequestError):
    """The body did not arrive in time."""

    kind = "slow_body"


class DisconnectedError(RequestError):
    """The client left before its request was complete; nobody will read the answer."""

    kind = "disconnected"


class DeadlineError(RequestError):
    """The model did not answer in time."""

    kind = "deadline"


class InferenceError(RequestError):
    """ONNX Runtime failed on a valid request."""

    kind = "inference"
