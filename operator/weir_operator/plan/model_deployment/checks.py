"""Whether the version that the spec asks for may serve. The first violation becomes the condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from weir_operator.api.v1alpha1 import ModelDeployment, Reason
from weir_operator.plan.objects import Object, condition


@dataclass(frozen=True)
class Refusal:
    """Why a version may not serve.

    Attributes:
        final: whether waiting is in vain.
    """

    reason: Reason
    message: str
    final: bool


Check = Callable[[ModelDeployment, Object | None], Refusal | None]


def refusal(deployment: ModelDeployment, version: Object | None) -> Refusal | None:
    """Return the first reason against serving ``version``, the ModelVersion that the spec names, if it exists."""
    return next((found for check in _CHECKS if (found := check(deployment, version))), None)


def exists(deployment: ModelDeployment, version: Object | None) -> Refusal | None:
    """There must be such a version."""
    if version is not None:
        return None
    text = f"there is no ModelVersion {deployment.spec.version} in namespace {deployment.metadata.namespace} (yet)"
    return Refusal(Reason.VERSION_NOT_FOUND, text, final=False)


def is_of_model(deployment: ModelDeployment, version: Object | None) -> Refusal | None:
    """It must be a version of the model that the endpoint answers for."""
    model = version["spec"]["model"] if version else deployment.spec.model
    if model == deployment.spec.model:
        return None
    text = f"ModelVersion {deployment.spec.version} is of model {model}, not of {deployment.spec.model}"
    return Refusal(Reason.MODEL_MISMATCH, text, final=True)


def is_ready(deployment: ModelDeployment, version: Object | None) -> Refusal | None:
    """It must have been verified."""
    told = condition(version, "Ready") if version else None
    if told and told["status"] == "True":
        return None
    why = f"{told['reason']}: {told.get('message', '')}" if told else "nothing is known about it yet"
    failed = version is not None and (condition(version, "Verified") or {}).get("status") == "False"
    return Refusal(
        Reason.VERSION_NOT_READY, f"ModelVersion {deployment.spec.version} is not Ready: {why}", final=failed
    )


_CHECKS: Final[tuple[Check, ...]] = (exists, is_of_model, is_ready)
