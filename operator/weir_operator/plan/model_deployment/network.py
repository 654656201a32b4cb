"""The Service that clients ask, and the budget that keeps node drains from taking all pods at once."""

from __future__ import annotations

from weir_model import contract
from weir_operator.api.v1alpha1 import ModelDeployment
from weir_operator.plan import labels, owner
from weir_operator.plan.model_deployment.traffic import SWITCHED_AT, Selection
from weir_operator.plan.objects import Object, format_time


def service(deployment: ModelDeployment, selection: Selection) -> Object:
    """Return the Service; its selector decides which version answers."""
    metadata = owner.metadata(deployment, deployment.metadata.name, _labels(deployment))
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**metadata, "annotations": {SWITCHED_AT: format_time(selection.since)}},
        "spec": {
            "type": "ClusterIP",
            "selector": labels.version_selector(deployment, selection.version),
            "ports": [{"name": "http", "port": contract.SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}],
        },
    }


def disruption_budget(deployment: ModelDeployment) -> Object:
    """Return the PodDisruptionBudget over the pods of all versions; pods that are not ready may always go."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": owner.metadata(deployment, deployment.metadata.name, _labels(deployment)),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": labels.parent_selector(deployment)},
        },
    }


def url(deployment: ModelDeployment) -> str:
    """Return where clients inside the cluster find the endpoint."""
    return f"http://{deployment.metadata.name}.{deployment.metadata.namespace}.svc"


def _labels(deployment: ModelDeployment) -> dict[str, str]:
    return labels.child(deployment, "serving", model=deployment.spec.model)
