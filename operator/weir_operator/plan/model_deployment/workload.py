"""The Deployment that runs one version: each version has its own, so a new one starts beside the one that answers."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from weir_model import contract
from weir_operator.api.v1alpha1 import ModelDeployment, ModelVersion
from weir_operator.plan import labels, names, owner
from weir_operator.plan.model_deployment import pod
from weir_operator.plan.objects import Object
from weir_operator.plan.observed import Settings

DIGEST: Final = "weir.dev/digest"  # annotation of pods: the digest that they must serve
TEMPLATE: Final = "weir.dev/template"  # annotation of the Deployment: which pods it was last told to make

_SCRAPE: Final = {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": str(contract.SIDECAR_PORT),
    "prometheus.io/path": contract.METRICS_PATH,
}


def manifest(deployment: ModelDeployment, version: ModelVersion, settings: Settings) -> Object:
    """Return the Deployment that runs ``version``, at full size.

    Raises:
        weir_model.errors.UriError: the artifact's URI cannot be used.
    """
    name = version.metadata.name
    # The version's model, not the endpoint's: that may have moved on while this version still answers.
    found = labels.child(deployment, "serving", model=version.spec.model, version=name)
    annotations = {**_SCRAPE, DIGEST: version.spec.artifact.digest}
    template = {
        "metadata": {"labels": found, "annotations": annotations},
        "spec": pod.spec(deployment, version, settings),
    }
    metadata = owner.metadata(deployment, names.serving(deployment.metadata.name, name), found)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata | {"annotations": {TEMPLATE: _fingerprint(template)}},
        "spec": {
            "replicas": deployment.spec.replicas,
            "revisionHistoryLimit": 2,
            "selector": {"matchLabels": labels.version_selector(deployment, name)},
            # A pod goes only after its successor is ready.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": template,
        },
    }


def _fingerprint(template: Object) -> str:
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:16]
