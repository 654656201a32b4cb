"""TrainingJob: one run that makes a ModelVersion. The spec is a record of what was asked for; it never changes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from weir_operator.api.markers import AGE, ListType, PrinterColumn, Rule, condition_column
from weir_operator.api.v1alpha1.common import (
    ColumnName,
    Digest,
    Kind,
    ModelName,
    ObjectName,
    SpecModel,
    StatusModel,
    VersionName,
    name_rules,
)
from weir_operator.api.v1alpha1.conditions import Conditions
from weir_operator.api.v1alpha1.pods import (
    CREDENTIALS_HELP,
    NODE_SELECTOR_HELP,
    SERVICE_ACCOUNT_HELP,
    TOLERATIONS_HELP,
    NodeSelector,
    Resources,
    SecretRef,
    Tolerations,
)
from weir_operator.api.v1alpha1.uris import URI_LIMIT, ReadableUri, WritableUri


class Split(SpecModel):
    """How rows are divided into what is fitted on and what is only measured on."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.strategy == 'Random' || has(self.column)",
            "strategies Time and Group need the column to split by",
            path=".column",
            reason="FieldValueRequired",
        ),
        Rule(
            "self.strategy != 'Random' || !has(self.column)",
            "strategy Random takes no column; did you mean Time or Group?",
            path=".column",
            reason="FieldValueForbidden",
        ),
    )

    holdout: float = Field(0.2, gt=0, lt=1, description="The share of rows that is never fitted on.")
    strategy: Literal["Random", "Time", "Group"] = Field(
        "Random",
        description="Random (stratified for classification), Time (the last rows by the column are held out) or Group "
        "(no value of the column is on both sides).",
    )
    column: ColumnName | None = Field(None, description="The column that Time sorts by or Group keeps together.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Makes a Random or Group split repeatable.")


class Data(SpecModel):
    """What is trained on."""

    uri: ReadableUri = Field(
        description="A CSV or parquet file, or a folder of them: pvc://<claim>/<path>, s3://, gs://, az://, https://, "
        "http:// or file:///<path in the image>."
    )
    target: ColumnName = Field(description="The column to predict.")
    split: Split = Field(Split(), description="How rows are divided into training and holdout.")


class Preprocessing(SpecModel):
    """Overrides of what is otherwise inferred from the data."""

    columns: Annotated[dict[str, Literal["Numeric", "Categorical"]], Field(max_length=1000)] = Field(
        default_factory=dict, description="The kind of columns by name; the kind of others is inferred."
    )
    exclude: Annotated[tuple[ColumnName, ...], Field(max_length=1000), ListType("set")] = Field(
        (), description="Columns that are not features, such as ids."
    )
    scale: bool | None = Field(
        None, description="Standardise numeric columns; by default only for estimators that need it."
    )


class SklearnTrainer(SpecModel):
    """The built-in trainer: any scikit-learn estimator that converts to ONNX."""

    estimator: str = Field(
        min_length=3,
        max_length=253,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)+$",
        description="The estimator's import path, such as sklearn.linear_model.LogisticRegression.",
    )
    params: Annotated[dict[str, Any], Field(max_length=64)] = Field(
        default_factory=dict, description="Keyword arguments of the estimator."
    )
    task: Literal["Classification", "Regression"] | None = Field(
        None, description="What is predicted; by default what the estimator is made for."
    )
    preprocessing: Preprocessing = Field(
        Preprocessing(), description="How columns become features; by default inferred from the data."
    )


class Trainer(SpecModel):
    """How the model is made."""

    sklearn: SklearnTrainer = Field(description="The built-in scikit-learn trainer.")


class Output(SpecModel):
    """Where the artifact goes."""

    uri: WritableUri = Field(
        description="The artifact is published below it, as <uri>/<model>/<digest>: pvc://<claim>/<path>, s3://, "
        "gs://, az:// or file://."
    )


class TrainingJobSpec(SpecModel):
    """What is asked for. One TrainingJob is one run, so it cannot be changed."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self == oldSelf", "a TrainingJob is one run and cannot be changed; create a new one", "FieldValueForbidden"
        ),
    )

    model: ModelName = Field(description="The model that this run makes a version of.")
    data: Data = Field(description="What is trained on.")
    trainer: Trainer = Field(description="How the model is made; exactly one trainer.")
    output: Output | None = Field(
        None, description="Where the artifact goes; by default where the operator is told to."
    )
    resources: Resources = Field(
        Resources(requests={"cpu": "250m", "memory": "512Mi"}, limits={"memory": "2Gi"}),
        description="Requests and limits of the training container; given, they replace the default as a whole.",
    )
    service_account_name: ObjectName | None = Field(None, description=SERVICE_ACCOUNT_HELP)
    credentials_secret_ref: SecretRef | None = Field(None, description=CREDENTIALS_HELP)
    active_deadline_seconds: int = Field(
        3600, ge=1, le=30 * 86400, description="The longest time that the run may take, in seconds."
    )
    backoff_limit: int = Field(
        1, ge=0, le=10, description="How often the run is tried again after a crash; what cannot get better is not."
    )
    ttl_seconds_after_finished: int | None = Field(
        None, ge=0, le=365 * 86400, description="When the finished Job and its pod are removed; none keeps them."
    )
    node_selector: NodeSelector = Field(default_factory=dict, description=NODE_SELECTOR_HELP)
    tolerations: Tolerations = Field((), description=TOLERATIONS_HELP)


class DataStatus(StatusModel):
    """The data that the run really read."""

    uri: str = Field(max_length=URI_LIMIT, description="Where it was read from.")
    digest: Digest = Field(description="The digest of its bytes.")
    rows: int = Field(ge=0, description="Its rows.")
    columns: int = Field(ge=0, description="Its columns, target included.")


class ArtifactStatus(StatusModel):
    """The artifact that the run published."""

    uri: str = Field(max_length=URI_LIMIT, description="The artifact's folder.")
    digest: Digest = Field(description="The digest of its manifest, which pins every file.")


class TrainingJobStatus(StatusModel):
    """What is known about the run."""

    observed_generation: int | None = Field(None, description="The generation that this status speaks about.")
    conditions: Conditions = Field((), description="DataAccepted, Succeeded and, while the user must act, Stalled.")
    job_name: ObjectName | None = Field(None, description="The Job that runs it.")
    start_time: AwareDatetime | None = Field(None, description="When the Job was first seen.")
    completion_time: AwareDatetime | None = Field(None, description="When the run ended, well or badly.")
    data: DataStatus | None = Field(None, description="The data that was read.")
    metrics: Annotated[dict[str, float], Field(max_length=64)] = Field(
        default_factory=dict, description="What was measured on the holdout, by metric."
    )
    model_version: VersionName | None = Field(None, description="The ModelVersion that came out.")
    artifact: ArtifactStatus | None = Field(None, description="The artifact that was published.")


class TrainingJob(Kind):
    """One run: data, training, ONNX, a ModelVersion."""

    KIND: ClassVar[str] = "TrainingJob"
    PLURAL: ClassVar[str] = "trainingjobs"
    SINGULAR: ClassVar[str] = "trainingjob"
    SHORT_NAMES: ClassVar[tuple[str, ...]] = ("tj",)
    SELECTABLE_FIELDS: ClassVar[tuple[str, ...]] = (".spec.model",)
    RULES: ClassVar[tuple[Rule, ...]] = name_rules()
    COLUMNS: ClassVar[tuple[PrinterColumn, ...]] = (
        PrinterColumn("Model", ".spec.model", "The model that the run makes a version of."),
        condition_column("Succeeded", "Succeeded"),
        condition_column("Reason", "Succeeded", "reason"),
        PrinterColumn("Version", ".status.modelVersion", "The ModelVersion that came out."),
        AGE,
        PrinterColumn("Estimator", ".spec.trainer.sklearn.estimator", "What is fitted.", wide=True),
        PrinterColumn("Rows", ".status.data.rows", "Rows of the data.", type="integer", wide=True),
        PrinterColumn("Completed", ".status.completionTime", "When the run ended.", type="date", wide=True),
        condition_column("Message", "Succeeded", "message", wide=True),
    )

    spec: TrainingJobSpec = Field(description="What is asked for.")
    status: TrainingJobStatus = Field(TrainingJobStatus(), description="What is known about the run.")
