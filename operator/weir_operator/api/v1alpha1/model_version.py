"""ModelVersion: an immutable version of a model, pinned by the digest of its artifact."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from weir_operator.api.markers import AGE, PrinterColumn, Rule, condition_column
from weir_operator.api.v1alpha1.common import (
    Digest,
    Kind,
    ModelName,
    ObjectName,
    SpecModel,
    StatusModel,
    Uid,
    VersionName,
    name_rules,
)
from weir_operator.api.v1alpha1.conditions import Conditions
from weir_operator.api.v1alpha1.pods import CREDENTIALS_HELP, SERVICE_ACCOUNT_HELP, SecretRef
from weir_operator.api.v1alpha1.uris import ReadableUri


class Artifact(SpecModel):
    """A folder of files, pinned by one hash."""

    uri: ReadableUri = Field(
        description="The artifact's folder: pvc://<claim>/<path>, s3://, gs://, az:// or https://."
    )
    digest: Digest = Field(description="The sha256 of its manifest.json, which holds the sha256 of every other file.")


class TrainingJobRef(SpecModel):
    """The run that made the version; it may be gone."""

    name: VersionName = Field(description="The TrainingJob's name.")
    uid: Uid = Field(description="The TrainingJob's uid.")


class ModelVersionSpec(SpecModel):
    """What the version is. It cannot be changed: another model is another version."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self == oldSelf",
            "a ModelVersion is what was trained and verified and cannot be changed; create a new one",
            "FieldValueForbidden",
        ),
    )

    model: ModelName = Field(description="The model that this is a version of.")
    artifact: Artifact = Field(description="The files of the version.")
    credentials_secret_ref: SecretRef | None = Field(None, description=CREDENTIALS_HELP)
    service_account_name: ObjectName | None = Field(None, description=SERVICE_ACCOUNT_HELP)
    training_job: TrainingJobRef | None = Field(None, description="The run that made the version, if Weir made it.")


class ModelVersionStatus(StatusModel):
    """What is known about the version."""

    observed_generation: int | None = Field(None, description="The generation that this status speaks about.")
    conditions: Conditions = Field((), description="Verified, Ready and, while the user must act, Stalled.")
    job_name: ObjectName | None = Field(None, description="The Job that verifies it.")
    verified_time: AwareDatetime | None = Field(None, description="When the verification succeeded.")
    digest: Digest | None = Field(None, description="The digest that the verification computed.")
    metrics: Annotated[dict[str, float], Field(max_length=64)] = Field(
        default_factory=dict, description="What its TrainingJob measured on the holdout, by metric."
    )


class ModelVersion(Kind):
    """An immutable, content-addressed version of a model."""

    KIND: ClassVar[str] = "ModelVersion"
    PLURAL: ClassVar[str] = "modelversions"
    SINGULAR: ClassVar[str] = "modelversion"
    SHORT_NAMES: ClassVar[tuple[str, ...]] = ("mv",)
    SELECTABLE_FIELDS: ClassVar[tuple[str, ...]] = (".spec.model", ".spec.artifact.digest")
    RULES: ClassVar[tuple[Rule, ...]] = name_rules()
    COLUMNS: ClassVar[tuple[PrinterColumn, ...]] = (
        PrinterColumn("Model", ".spec.model", "The model that this is a version of."),
        condition_column("Verified", "Verified"),
        condition_column("Ready", "Ready"),
        condition_column("Reason", "Ready", "reason"),
        AGE,
        PrinterColumn("Run", ".spec.trainingJob.name", "The TrainingJob that made it.", wide=True),
        PrinterColumn("Digest", ".spec.artifact.digest", "The artifact's digest.", wide=True),
        condition_column("Message", "Ready", "message", wide=True),
    )

    spec: ModelVersionSpec = Field(description="What the version is.")
    status: ModelVersionStatus = Field(ModelVersionStatus(), description="What is known about the version.")
