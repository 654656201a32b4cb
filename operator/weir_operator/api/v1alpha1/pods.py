"""The bounded part of Kubernetes' own pod types that specs offer: resources, tolerations, Secret references."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from weir_operator.api.markers import IntOrString, ListType, Rule
from weir_operator.api.v1alpha1.common import ObjectName, SpecModel

QUANTITY_LIMIT = 32
QUANTITY_PATTERN = r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$"


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Quantity = Annotated[
    str,
    Field(max_length=QUANTITY_LIMIT, pattern=QUANTITY_PATTERN),
    BeforeValidator(_as_text),
    IntOrString(QUANTITY_PATTERN, QUANTITY_LIMIT),
]
Quantities = Annotated[dict[str, Quantity], Field(max_length=16)]
LabelValue = Annotated[str, Field(max_length=63)]
NodeSelector = Annotated[dict[str, LabelValue], Field(max_length=16)]


class Resources(SpecModel):
    """Requests and limits of one container."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "!has(self.requests) || !has(self.limits) || self.requests.all(name, !(name in self.limits) || "
            "quantity(string(self.requests[name])).compareTo(quantity(string(self.limits[name]))) <= 0)",
            "a request must not be larger than its limit",
            path=".requests",
        ),
    )

    requests: Quantities = Field(
        default_factory=dict, description="What the scheduler reserves, by resource name (cpu, memory, nvidia.com/gpu)."
    )
    limits: Quantities = Field(
        default_factory=dict, description="What the container may use at most, by resource name."
    )


class Toleration(SpecModel):
    """A taint that pods may ignore; as in a pod's spec."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.operator == 'Equal' || !has(self.value)",
            "operator Exists takes no value",
            path=".value",
            reason="FieldValueForbidden",
        ),
        Rule(
            "self.operator == 'Exists' || has(self.key)",
            "operator Equal needs a key",
            path=".key",
            reason="FieldValueRequired",
        ),
        Rule(
            "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
            "tolerationSeconds needs effect NoExecute",
            path=".effect",
        ),
    )

    key: str | None = Field(
        None, max_length=317, description="The taint's key; none, with Exists, matches every taint."
    )
    operator: Literal["Exists", "Equal"] = Field("Equal", description="How the taint's value is compared.")
    value: LabelValue | None = Field(None, description="The taint's value, with operator Equal.")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = Field(
        None, description="The taint's effect; none matches every effect."
    )
    toleration_seconds: int | None = Field(
        None, ge=0, description="How long a NoExecute taint is tolerated; none means for ever."
    )


Tolerations = Annotated[tuple[Toleration, ...], Field(max_length=16), ListType("atomic")]


class SecretRef(SpecModel):
    """A Secret in the object's own namespace."""

    name: ObjectName = Field(description="The Secret's name.")


NODE_SELECTOR_HELP = "Labels that a node must have to run the pods."
TOLERATIONS_HELP = "Taints that the pods tolerate."
SERVICE_ACCOUNT_HELP = "The ServiceAccount that pods run as (workload identity); none means the namespace's default."
CREDENTIALS_HELP = (
    "A Secret whose keys become environment variables of the containers that open URIs, such as AWS_ACCESS_KEY_ID."
)
