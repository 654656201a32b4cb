"""The manifest of an artifact. Its sha256 is the version's digest: one hash pins every file through ``files``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from weir_model.codec import to_json
from weir_model.signature import Signature

DIGEST_PREFIX = "sha256:"


def digest_of(data: bytes) -> str:
    """Return ``sha256:<64 hex digits>`` of ``data``."""
    return DIGEST_PREFIX + hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class FileEntry:
    """One file of the artifact: its digest (``sha256:...``) and size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True)
class OnnxInfo:
    """What a runtime must understand to load the graph; opsets by domain ('' is ONNX's own)."""

    ir_version: int
    opsets: dict[str, int]


@dataclass(frozen=True)
class Parity:
    """How the ONNX graph compares with the original model on the holdout.

    Attributes:
        rows: compared rows.
        rows_off: rows beyond the tolerance.
        max_error: largest absolute error over every floating-point output.
        p99_error: its 99th percentile.
        absolute: the absolute part of the tolerance.
        relative: the relative part of the tolerance.
    """

    rows: int
    rows_off: int
    max_error: float
    p99_error: float
    absolute: float
    relative: float


@dataclass(frozen=True)
class DataLineage:
    """The data that the version was made from."""

    open_document: ClassVar[bool] = True

    uri: str
    digest: str
    rows: int
    columns: int


@dataclass(frozen=True)
class Lineage:
    """Where the version comes from. What is unknown is None, never invented."""

    open_document: ClassVar[bool] = True

    namespace: str | None = None
    training_job: str | None = None
    training_job_uid: str | None = None
    data: DataLineage | None = None
    estimator: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    code_revision: str | None = None
    image: str | None = None
    libraries: dict[str, str] = field(default_factory=dict)
    parent_version: str | None = None
    trigger: str | None = None


@dataclass(frozen=True)
class Manifest:
    """The artifact's table of contents."""

    open_document: ClassVar[bool] = True

    model: str
    version: str
    signature: Signature
    onnx: OnnxInfo
    files: dict[str, FileEntry]
    metrics: dict[str, float] = field(default_factory=dict)
    parity: Parity | None = None
    lineage: Lineage = field(default_factory=Lineage)
    schema_version: Literal[1] = 1

    def digest(self) -> str:
        """Return the version's digest: that of this manifest's canonical JSON."""
        return digest_of(to_json(self))
