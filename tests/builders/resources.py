"""Custom resources as a user would write them, the smallest that are valid, and a way to change one field."""

from __future__ import annotations

import copy
from typing import Any

Object = dict[str, Any]

DIGEST = "sha256:" + "0123456789abcdef" * 4
GONE = object()  # as a value of ``edited``: take the field away


def resource(kind: str, name: str, spec: Object) -> Object:
    return {"apiVersion": "weir.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def training_job(name: str = "tumour-1", **spec: Any) -> Object:
    minimum = {
        "model": "tumour",
        "data": {"uri": "pvc://lake/tumour.csv", "target": "malignant"},
        "trainer": {"sklearn": {"estimator": "sklearn.linear_model.LogisticRegression"}},
    }
    return resource("TrainingJob", name, minimum | spec)


def model_version(name: str = "tumour-1", **spec: Any) -> Object:
    minimum = {"model": "tumour", "artifact": {"uri": "pvc://lake/models/tumour/1", "digest": DIGEST}}
    return resource("ModelVersion", name, minimum | spec)


def model_deployment(name: str = "tumour", **spec: Any) -> Object:
    return resource("ModelDeployment", name, {"model": "tumour", "version": "tumour-1"} | spec)


def edited(thing: Object, changes: dict[str, Any]) -> Object:
    """Return a copy of ``thing`` with the fields at dotted paths set, or taken away where the value is ``GONE``."""
    changed = copy.deepcopy(thing)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = changed
        for name in parents:
            place = place.setdefault(name, {})
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return changed


def stored(thing: Object) -> Object:
    """Return ``thing`` with the metadata that every object read from an API server has."""
    return thing | {"metadata": {"namespace": "team-a", "uid": "u-1", "generation": 1} | thing["metadata"]}
