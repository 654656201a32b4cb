"""Conditions: their type, and every condition type and reason that Weir writes, each with one explaining sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field

from weir_operator.api.markers import ListType
from weir_operator.api.v1alpha1.common import Message, StatusModel

ConditionStatus = Literal["True", "False", "Unknown"]


class Condition(StatusModel):
    """One aspect of an object, as Kubernetes' own conditions have it."""

    type: str = Field(
        max_length=64, pattern=r"^[A-Z][A-Za-z]*$", description="The aspect; True is good, but for Stalled."
    )
    status: ConditionStatus = Field(description="Whether it holds.")
    reason: str = Field(max_length=64, pattern=r"^[A-Z][A-Za-z0-9]*$", description="Why, as one CamelCase word.")
    message: Message = Field("", description="Why, in words.")
    observed_generation: int | None = Field(None, description="The object's generation that this speaks about.")
    last_transition_time: AwareDatetime = Field(description="When the status last changed.")


Conditions = Annotated[tuple[Condition, ...], Field(max_length=16), ListType("map", keys=("type",))]


class Explained(StrEnum):
    """Constants that carry one explaining sentence each, as ``member.sentence``."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """Return the member that equals ``value``."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    @classmethod
    def named(cls, text: str) -> Self | None:
        """Return the member that equals ``text``, or None: a newer container may say what this operator cannot."""
        return next((member for member in cls if member == text), None)


class ConditionType(Explained):
    """Every condition type."""

    # TrainingJob
    DATA_ACCEPTED = "DataAccepted", "The training data was found, read and has what the run needs."
    SUCCEEDED = "Succeeded", "The run ended and its ModelVersion exists; Unknown while it runs."
    # ModelVersion
    VERIFIED = "Verified", "The artifact has its digest, loads in ONNX Runtime and answers its golden examples."
    # ModelDeployment
    AVAILABLE = "Available", "At least one pod of the version that has the traffic is ready to answer."
    PROGRESSING = "Progressing", "The endpoint is moving to what the spec asks for, or has arrived there."
    TRAFFIC_APPLIED = "TrafficApplied", "Requests go to the version that the spec asks for."
    # ModelVersion and ModelDeployment
    READY = "Ready", "The object is what its spec asks for and can be used."
    # every kind
    STALLED = "Stalled", "Nothing will change until the user acts; absent otherwise."


class Reason(Explained):
    """Every reason of a condition. What containers report as a failure has its reason here under the same name."""

    # any kind
    INVALID_SPEC = "InvalidSpec", "The spec is not valid; the message names the field."
    APPLY_FAILED = "ApplyFailed", "The API server refused a child object; the message is the server's."
    NAME_TAKEN = "NameTaken", "An object that is not ours has the name of a child; the message names it."
    FORBIDDEN = "Forbidden", "The operator lacks a permission; the message names it."
    INTERNAL_ERROR = "InternalError", "Something failed that Weir does not foresee; its log has the details."
    PENDING = "Pending", "The work was asked for and has not begun."
    UNSCHEDULABLE = "Unschedulable", "No node can take the pod; the message is the scheduler's."
    CLAIM_NOT_FOUND = "ClaimNotFound", "There is no PersistentVolumeClaim of the name that a pvc:// URI has."
    POD_NOT_CREATED = (
        "PodNotCreated",
        "Kubernetes makes no pod for the Job; a quota may refuse it, for instance.",
    )
    IMAGE_PULL_FAILED = "ImagePullFailed", "A node cannot pull the image; the message names it."
    CONTAINER_NOT_STARTED = "ContainerNotStarted", "The node cannot start the container; the message is the kubelet's."
    OUT_OF_MEMORY = "OutOfMemory", "The container used more memory than its limit and was killed."
    DEADLINE_EXCEEDED = "DeadlineExceeded", "The run took longer than its deadline and was stopped."

    # TrainingJob
    RUNNING = "Running", "The run is under way."
    SUCCEEDED = "Succeeded", "The run ended well and its ModelVersion exists."
    DATA_READ = "DataRead", "The data was read; status.data says what it was."
    OUTPUT_MISSING = "OutputMissing", "Neither spec.output nor the operator says where the artifact goes."
    VERSION_EXISTS = "VersionExists", "A ModelVersion of that name exists already and comes from elsewhere."
    TRAINER_CRASHED = "TrainerCrashed", "The training container ended without a result; the message has its log's tail."
    RESULT_LOST = "ResultLost", "The run ended, but its pod was removed before its result was read."
    INVALID_REQUEST = "InvalidRequest", "The trainer cannot make sense of the run as it was asked for."
    DATA_NOT_FOUND = "DataNotFound", "There is nothing at the data's URI."
    DATA_UNREADABLE = "DataUnreadable", "The data is there but cannot be read as CSV or parquet."
    NO_ROWS = "NoRows", "The data has too few rows to train and to measure."
    TARGET_MISSING = "TargetMissing", "The data has no column of the target's name."
    TARGET_NOT_NUMERIC = "TargetNotNumeric", "A regression needs a target of numbers."
    TARGET_NOT_CATEGORICAL = "TargetNotCategorical", "A classification needs a target of labels, not of fractions."
    SINGLE_CLASS = "SingleClass", "The target has only one class, so there is nothing to tell apart."
    INVALID_SPLIT = "InvalidSplit", "The data cannot be split as asked for."
    INVALID_COLUMN = "InvalidColumn", "A column that the spec names is missing or is not of the kind it says."
    UNKNOWN_ESTIMATOR = "UnknownEstimator", "There is no estimator at that import path."
    INVALID_PARAMETERS = "InvalidParameters", "The estimator refuses its parameters."
    FIT_FAILED = "FitFailed", "The estimator failed while it was fitted."
    NOT_CONVERTIBLE = "NotConvertible", "The fitted pipeline has no ONNX form."
    PARITY_FAILED = (
        "ParityFailed",
        "The ONNX model answers differently from the original; the message says by how much.",
    )
    PUBLISH_FAILED = "PublishFailed", "The artifact could not be written to the output's URI."

    # ModelVersion, and pods that load one
    VERIFYING = "Verifying", "The artifact is being downloaded, hashed, loaded and replayed."
    VERIFIED = "Verified", "The artifact is what its digest says and answers like the original model."
    VERIFIER_CRASHED = (
        "VerifierCrashed",
        "The verifying container ended without a result; the message has its log's tail.",
    )
    ARTIFACT_NOT_FOUND = "ArtifactNotFound", "There is no artifact at the URI."
    ARTIFACT_UNAVAILABLE = "ArtifactUnavailable", "The artifact's storage cannot be reached or refuses the credentials."
    DIGEST_MISMATCH = (
        "DigestMismatch",
        "The artifact's bytes are not those of its digest: it was altered or is damaged.",
    )
    LOAD_FAILED = "LoadFailed", "ONNX Runtime cannot load the model."
    GOLDEN_MISMATCH = "GoldenMismatch", "The model does not answer its golden examples as the original did."

    # ModelDeployment
    SERVING = "Serving", "The version that the spec asks for answers, with all its replicas."
    ROLLING_OUT = "RollingOut", "The next version starts beside the one that answers."
    SCALING = "Scaling", "Pods of the version that answers are being added or removed."
    COMPLETE = "Complete", "What the spec asks for is in place."
    NO_READY_REPLICAS = "NoReadyReplicas", "No pod of the version is ready."
    SCALED_TO_ZERO = "ScaledToZero", "The spec asks for no pods."
    VERSION_NOT_FOUND = "VersionNotFound", "There is no ModelVersion of that name in the namespace."
    VERSION_NOT_READY = "VersionNotReady", "The ModelVersion is not Ready yet, or failed its verification."
    MODEL_MISMATCH = "ModelMismatch", "The ModelVersion is of another model."
    SERVER_CRASHED = "ServerCrashed", "A serving container ended; the message has its exit code and its log's tail."
