"""How a container tells the operator what happened: one JSON document in its termination message.

The kubelet keeps 4096 bytes of it, so messages are cut here, at a place of our choice, instead of in the middle of
the JSON. The operator needs no storage credentials and no access to logs to learn a result.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from weir_model.codec import from_json, to_json
from weir_model.contract import TERMINATION_LIMIT
from weir_model.errors import DocumentError
from weir_model.manifest import DataLineage

FailureReason = Literal[
    "InvalidRequest",
    "DataNotFound",
    "DataUnreadable",
    "NoRows",
    "TargetMissing",
    "TargetNotNumeric",
    "TargetNotCategorical",
    "SingleClass",
    "InvalidSplit",
    "InvalidColumn",
    "UnknownEstimator",
    "InvalidParameters",
    "FitFailed",
    "NotConvertible",
    "ParityFailed",
    "PublishFailed",
    "DeadlineExceeded",
    "ArtifactNotFound",
    "ArtifactUnavailable",
    "DigestMismatch",
    "LoadFailed",
    "GoldenMismatch",
    "InternalError",
]


@dataclass(frozen=True)
class Failure:
    """Why a container gave up.

    Attributes:
        data: what was read, when the failure came after the data had been accepted.
        metrics: what was measured before the failure.
    """

    open_document: ClassVar[bool] = True

    reason: FailureReason
    message: str
    data: DataLineage | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    kind: Literal["failure"] = "failure"


@dataclass(frozen=True)
class TrainingResult:
    """A published artifact: ``uri`` is its folder, ``digest`` that of its manifest."""

    open_document: ClassVar[bool] = True

    uri: str
    digest: str
    data: DataLineage
    metrics: dict[str, float]
    kind: Literal["trainingResult"] = "trainingResult"


@dataclass(frozen=True)
class VerificationResult:
    """An artifact that was downloaded, hashed, loaded and replayed."""

    open_document: ClassVar[bool] = True

    digest: str
    examples: int
    kind: Literal["verificationResult"] = "verificationResult"


Outcome = Failure | TrainingResult | VerificationResult


@dataclass(frozen=True)
class _Envelope:
    outcome: Outcome


def encode(outcome: Outcome) -> bytes:
    """Return ``outcome`` as JSON of at most ``TERMINATION_LIMIT`` bytes; a failure's message is cut, numbers are not.

    Raises:
        DocumentError: a result without a message is too long, which no run of ours makes.
    """
    data = to_json(_Envelope(outcome))
    if len(data) <= TERMINATION_LIMIT:
        return data
    if isinstance(outcome, Failure) and outcome.metrics:
        return encode(replace(outcome, metrics={}))
    if isinstance(outcome, Failure) and len(outcome.message) > 1:
        return encode(replace(outcome, message=outcome.message[: len(outcome.message) * 3 // 4].rstrip(". ") + "…"))
    raise DocumentError(f"an outcome of {len(data)} bytes does not fit into {TERMINATION_LIMIT}")


def decode(message: str) -> Outcome | None:
    """Return the outcome that a termination message spells, or None when it is something else (a log tail)."""
    try:
        return from_json(_Envelope, message).outcome
    except DocumentError:
        return None
