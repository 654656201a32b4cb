"""The objects that the end-to-end tests apply, as a user would write them."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

CLAIM = "data"
FOREST = {"estimator": "sklearn.ensemble.RandomForestClassifier", "params": {"n_estimators": 20, "random_state": 7}}
CANCER = {"uri": f"pvc://{CLAIM}/cancer.csv", "target": "malignant", "split": {"holdout": 0.25, "seed": 7}}


def claim() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": CLAIM},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }


def training_job(name: str, *, data: Object | None = None, sklearn: Object | None = None, **spec: Any) -> Object:
    return {
        "apiVersion": "weir.dev/v1alpha1",
        "kind": "TrainingJob",
        "metadata": {"name": name},
        "spec": {
            "model": "tumour",
            "data": CANCER | (data or {}),
            "trainer": {"sklearn": sklearn or FOREST},
            "output": {"uri": f"pvc://{CLAIM}/models"},
            "backoffLimit": 0,
            **spec,
        },
    }


def model_version(name: str, uri: str, digest: str) -> Object:
    return {
        "apiVersion": "weir.dev/v1alpha1",
        "kind": "ModelVersion",
        "metadata": {"name": name},
        "spec": {"model": "tumour", "artifact": {"uri": uri, "digest": digest}},
    }


def model_deployment(name: str, version: str, **spec: Any) -> Object:
    return {
        "apiVersion": "weir.dev/v1alpha1",
        "kind": "ModelDeployment",
        "metadata": {"name": name},
        "spec": {"model": "tumour", "version": version, **spec},
    }
