"""The Job that verifies a version's artifact."""

from __future__ import annotations

from typing import Final

from weir_model import contract
from weir_model.uri import Uri
from weir_operator.api.v1alpha1 import ModelVersion
from weir_operator.plan import jobs, labels, names, owner, pods
from weir_operator.plan.objects import Object
from weir_operator.plan.observed import Settings

RETRIES: Final = 2
DEADLINE_SECONDS: Final = 1800
RESOURCES: Final = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "2Gi"}}


def manifest(version: ModelVersion, settings: Settings) -> Object:
    """Return the Job that verifies a version.

    Raises:
        weir_model.errors.UriError: the artifact's URI cannot be used.
    """
    name, spec = version.metadata.name, version.spec
    volumes, mounts = pods.claims(read=[Uri.parse(spec.artifact.uri)])
    found = labels.child(version, "verification", model=spec.model, version=name)
    return jobs.job(
        jobs.Work(
            metadata=owner.metadata(version, names.verification(name), found),
            container=_container(version, settings, mounts),
            pod={"volumes": volumes},
            retries=RETRIES,
            deadline_seconds=DEADLINE_SECONDS,
            service_account=spec.service_account_name,
        )
    )


def _container(version: ModelVersion, settings: Settings, mounts: list[Object]) -> Object:
    artifact = version.spec.artifact
    variables = {contract.ENV_ARTIFACT_URI: artifact.uri, contract.ENV_ARTIFACT_DIGEST: artifact.digest}
    return {
        "name": contract.VERIFIER_CONTAINER,
        "image": settings.serving_image,
        "imagePullPolicy": settings.pull_policy,
        "command": pods.command(contract.VERIFY_MODULE),
        "env": pods.environment(**variables),
        "resources": RESOURCES,
        "volumeMounts": mounts,
        **pods.credentials(version.spec.credentials_secret_ref),
    }
