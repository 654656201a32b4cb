"""ModelDeployment: an endpoint that answers with one version of a model, and moves to another without a gap."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from weir_operator.api.markers import AGE, ListType, PrinterColumn, Rule, Scale, condition_column
from weir_operator.api.v1alpha1.common import (
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
    NODE_SELECTOR_HELP,
    TOLERATIONS_HELP,
    NodeSelector,
    Resources,
    Tolerations,
)

REPLICAS_LIMIT = 1000
TRAFFIC_LIMIT = 16
LOAD_FAILURES_LIMIT = 8
LOG_TAIL_LIMIT = 4096


class Server(SpecModel):
    """The model server in each pod."""

    resources: Resources = Field(
        Resources(requests={"cpu": "100m", "memory": "256Mi"}, limits={"memory": "512Mi"}),
        description="Requests and limits of the server's container; given, they replace the default as a whole.",
    )
    threads: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Threads that compute one inference; by default as many as the CPU limit allows.",
    )
    timeout_seconds: int = Field(
        30, ge=1, le=3600, description="The longest time that one request may take, in seconds."
    )
    max_request_mib: int = Field(
        16, ge=1, le=1024, alias="maxRequestMiB", description="The largest request body, in MiB."
    )


class ModelDeploymentSpec(SpecModel):
    """What should answer, and with how many pods."""

    model: ModelName = Field(description="The model that the endpoint answers for; the version must be one of it.")
    version: VersionName = Field(description="The ModelVersion that should answer.")
    replicas: int = Field(1, ge=0, le=REPLICAS_LIMIT, description="How many pods serve the version.")
    server: Server = Field(Server(), description="The model server in each pod.")
    node_selector: NodeSelector = Field(default_factory=dict, description=NODE_SELECTOR_HELP)
    tolerations: Tolerations = Field((), description=TOLERATIONS_HELP)


class TrafficStatus(StatusModel):
    """One version's part in the traffic."""

    version: VersionName = Field(description="The ModelVersion.")
    weight: int = Field(ge=0, le=100, description="Its share of the requests, in percent.")
    ready_replicas: int = Field(0, ge=0, description="Its pods that are ready to answer.")
    digest: Digest | None = Field(None, description="The digest of the artifact that its pods serve.")


class LoadFailure(StatusModel):
    """Why a pod could not load or serve its version."""

    pod: ObjectName = Field(description="The pod.")
    container: str = Field(max_length=63, description="The container in it: fetch, sidecar or server.")
    reason: str = Field(max_length=256, description="The cause, as a condition's reason.")
    message: str = Field(max_length=LOG_TAIL_LIMIT, description="The exit code and the last lines of the log.")


class ModelDeploymentStatus(StatusModel):
    """What answers now."""

    observed_generation: int | None = Field(None, description="The generation that this status speaks about.")
    conditions: Conditions = Field(
        (), description="Available, Progressing, TrafficApplied, Ready and, while the user must act, Stalled."
    )
    url: str | None = Field(None, max_length=2048, description="Where clients inside the cluster send requests.")
    stable_version: VersionName | None = Field(None, description="The version that answers.")
    candidate_version: VersionName | None = Field(None, description="The version that is about to take over, if any.")
    traffic: Annotated[
        tuple[TrafficStatus, ...], Field(max_length=TRAFFIC_LIMIT), ListType("map", keys=("version",))
    ] = Field((), description="Which versions answer which share of the requests.")
    replicas: int | None = Field(None, ge=0, description="Pods of every version; what the scale subresource reports.")
    selector: str | None = Field(None, max_length=1024, description="The label selector of the pods, for autoscalers.")
    load_failures: Annotated[tuple[LoadFailure, ...], Field(max_length=LOAD_FAILURES_LIMIT), ListType("atomic")] = (
        Field((), description="Pods that could not load or serve their version, the newest first.")
    )


class ModelDeployment(Kind):
    """An endpoint: which version answers."""

    KIND: ClassVar[str] = "ModelDeployment"
    PLURAL: ClassVar[str] = "modeldeployments"
    SINGULAR: ClassVar[str] = "modeldeployment"
    SHORT_NAMES: ClassVar[tuple[str, ...]] = ("md",)
    SELECTABLE_FIELDS: ClassVar[tuple[str, ...]] = (".spec.model", ".spec.version")
    SCALE: ClassVar[Scale | None] = Scale(".spec.replicas", ".status.replicas", ".status.selector")
    RULES: ClassVar[tuple[Rule, ...]] = name_rules(
        "^[a-z]([-a-z0-9]*[a-z0-9])?$", "lower-case letters, digits and '-' and begin with a letter"
    )
    COLUMNS: ClassVar[tuple[PrinterColumn, ...]] = (
        PrinterColumn("Model", ".spec.model", "The model that the endpoint answers for."),
        PrinterColumn("Version", ".status.stableVersion", "The version that answers."),
        PrinterColumn("Candidate", ".status.candidateVersion", "The version that is about to take over."),
        PrinterColumn("Replicas", ".status.replicas", "Pods of every version.", type="integer"),
        condition_column("Available", "Available"),
        condition_column("Ready", "Ready"),
        condition_column("Reason", "Ready", "reason"),
        AGE,
        PrinterColumn("URL", ".status.url", "Where clients inside the cluster send requests.", wide=True),
        condition_column("Message", "Ready", "message", wide=True),
    )

    spec: ModelDeploymentSpec = Field(description="What should answer.")
    status: ModelDeploymentStatus = Field(ModelDeploymentStatus(), description="What answers now.")
