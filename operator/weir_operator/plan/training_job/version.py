"""The ModelVersion that a run makes: named like the run, so a retry never makes a second one."""

from __future__ import annotations

from weir_operator.api.v1alpha1 import ModelVersion, TrainingJob
from weir_operator.api.v1alpha1.training_job import ArtifactStatus
from weir_operator.plan import labels
from weir_operator.plan.objects import Object


def manifest(run: TrainingJob, artifact: ArtifactStatus) -> Object:
    """Return the ModelVersion of a run's artifact.

    It has no owner reference: a version outlives the record of the run that made it.
    """
    spec: Object = {
        "model": run.spec.model,
        "artifact": {"uri": artifact.uri, "digest": artifact.digest},
        "trainingJob": {"name": run.metadata.name, "uid": run.metadata.uid},
    }
    if run.spec.credentials_secret_ref:
        spec["credentialsSecretRef"] = {"name": run.spec.credentials_secret_ref.name}
    if run.spec.service_account_name:
        spec["serviceAccountName"] = run.spec.service_account_name
    return {
        "apiVersion": ModelVersion.API_VERSION,
        "kind": ModelVersion.KIND,
        "metadata": {
            "name": run.metadata.name,
            "namespace": run.metadata.namespace,
            "labels": labels.child(run, "training", model=run.spec.model, version=run.metadata.name),
        },
        "spec": spec,
    }


def is_of(version: Object, run: TrainingJob) -> bool:
    """Return whether a ModelVersion was made by exactly this run, not by an earlier one of the same name."""
    made_by = version["spec"].get("trainingJob", {}).get("uid")
    return bool(made_by == run.metadata.uid)


def artifact_of(version: Object) -> ArtifactStatus:
    """Return the artifact that a ModelVersion names."""
    return ArtifactStatus.model_validate(version["spec"]["artifact"])
