"""The definitions on a real API server: accepted, defaulting, pruning, strict, with their subresources and columns."""

from __future__ import annotations

from typing import Any

import pytest

from builders.resources import DIGEST, Object, edited, model_deployment, model_version, training_job
from integration.api_server import ApiServer, RefusedError
from weir_operator.api.v1alpha1 import KINDS, Kind

EVERY = {"TrainingJob": training_job(), "ModelVersion": model_version(), "ModelDeployment": model_deployment()}
OF_KIND = {kind.KIND: kind for kind in KINDS}
NOW = "2026-01-02T03:04:05Z"

every_kind = pytest.mark.parametrize("thing", EVERY.values(), ids=EVERY.keys())


def condition(kind: str, status: str, reason: str) -> Object:
    return {"type": kind, "status": status, "reason": reason, "message": "as told", "lastTransitionTime": NOW}


@pytest.fixture(scope="module")
def stored(server: ApiServer, namespace: str) -> dict[str, Object]:
    """One object of each kind, as the API server gave it back."""
    return {kind: server.create(namespace, thing) for kind, thing in EVERY.items()}


def test_are_accepted_and_served(server: ApiServer, definitions: list[Object]) -> None:
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for definition in definitions:
        found = server.send("get", f"{path}/{definition['metadata']['name']}")
        conditions = {entry["type"]: entry["status"] for entry in found["status"]["conditions"]}
        assert conditions == {"NamesAccepted": "True", "Established": "True"}


@every_kind
def test_defaults_are_those_of_the_types(stored: dict[str, Object], thing: Object) -> None:
    kind: type[Kind] = OF_KIND[thing["kind"]]
    found = stored[thing["kind"]]
    ours: Any = kind.parse(found | {"spec": thing["spec"]})
    assert ours == kind.parse(found)
    filled = ours.spec.model_dump(by_alias=True, mode="json", exclude_none=True)
    assert found["spec"] == without_empty(filled)


def without_empty(value: Any) -> Any:
    """Return ``value`` without empty containers, which the definitions leave out."""
    if not isinstance(value, dict):
        return value
    pairs = {key: without_empty(item) for key, item in value.items()}
    return {key: item for key, item in pairs.items() if item not in ({}, [])}


@every_kind
def test_an_unknown_field_is_refused_under_strict_validation(server: ApiServer, namespace: str, thing: Object) -> None:
    with pytest.raises(RefusedError, match=r'unknown field "spec\.color"'):
        server.create(namespace, edited(thing, {"spec.color": "red"}), dryRun="All")


@every_kind
def test_an_unknown_field_is_pruned_otherwise(server: ApiServer, namespace: str, thing: Object) -> None:
    changed = edited(thing, {"spec.color": "red", "metadata.name": "pruned"})
    assert "color" not in server.create(namespace, changed, dryRun="All", fieldValidation="Ignore")["spec"]


@every_kind
def test_a_status_is_not_written_with_the_object(server: ApiServer, namespace: str, thing: Object) -> None:
    changed = edited(thing, {"status.observedGeneration": 1, "metadata.name": "status"})
    assert "status" not in server.create(namespace, changed, dryRun="All")


@every_kind
def test_the_spec_is_not_written_with_the_status(
    server: ApiServer, namespace: str, stored: dict[str, Object], thing: Object
) -> None:
    kind, name = thing["kind"], thing["metadata"]["name"]
    changes = {"spec": {"model": "other"}, "status": {"observedGeneration": 1}}
    found = server.patch(namespace, kind, name, changes, "/status", dryRun="All")
    assert found["spec"] == stored[kind]["spec"]
    assert found["metadata"]["generation"] == 1
    assert found["status"] == {"observedGeneration": 1}


def test_parameters_keep_what_the_schema_does_not_know(server: ApiServer, namespace: str) -> None:
    params = {"max_depth": None, "hidden": [1, "a"], "nested": {"a": 0.5}, "flag": True}
    run = edited(training_job("params"), {"spec.trainer.sklearn.params": params})
    assert params == server.create(namespace, run, dryRun="All")["spec"]["trainer"]["sklearn"]["params"]


FULL_STATUS: dict[str, Object] = {
    "TrainingJob": {
        "observedGeneration": 1,
        "conditions": [condition("DataAccepted", "True", "DataRead"), condition("Succeeded", "True", "Succeeded")],
        "jobName": "tumour-1-train",
        "startTime": NOW,
        "completionTime": NOW,
        "data": {"uri": "pvc://lake/tumour.csv", "digest": DIGEST, "rows": 569, "columns": 31},
        "metrics": {"roc_auc": 0.99, "accuracy": 1},
        "modelVersion": "tumour-1",
        "artifact": {"uri": "pvc://lake/models/tumour/0123", "digest": DIGEST},
    },
    "ModelVersion": {
        "observedGeneration": 1,
        "conditions": [condition("Verified", "True", "Verified"), condition("Ready", "True", "Verified")],
        "jobName": "tumour-1-verify",
        "verifiedTime": NOW,
        "digest": DIGEST,
        "metrics": {"roc_auc": 0.99},
    },
    "ModelDeployment": {
        "observedGeneration": 1,
        "conditions": [condition("Available", "True", "Serving"), condition("Ready", "False", "RollingOut")],
        "url": "http://tumour.team-a.svc",
        "stableVersion": "tumour-1",
        "candidateVersion": "tumour-2",
        "traffic": [{"version": "tumour-1", "weight": 100, "readyReplicas": 2, "digest": DIGEST}],
        "replicas": 2,
        "selector": "weir.dev/name=tumour",
        "loadFailures": [{"pod": "p-1", "container": "fetch", "reason": "DigestMismatch", "message": "exit code 42"}],
    },
}

COLUMNS: dict[str, Object] = {
    "TrainingJob": {"Model": "tumour", "Succeeded": "True", "Reason": "Succeeded", "Version": "tumour-1", "Rows": 569},
    "ModelVersion": {"Model": "tumour", "Verified": "True", "Ready": "True", "Digest": DIGEST},
    "ModelDeployment": {"Model": "tumour", "Version": "tumour-1", "Candidate": "tumour-2", "Available": "True"},
}


@every_kind
@pytest.mark.usefixtures("stored")
def test_a_full_status_comes_back_whole_and_is_shown(server: ApiServer, namespace: str, thing: Object) -> None:
    kind, name = thing["kind"], thing["metadata"]["name"]
    found = server.patch(namespace, kind, name, {"status": FULL_STATUS[kind]}, "/status")
    assert found["status"] == FULL_STATUS[kind]
    parsed: Any = OF_KIND[kind].parse(found)
    assert parsed.status.model_dump(by_alias=True, mode="json", exclude_none=True).keys() == FULL_STATUS[kind].keys()
    row = server.table(namespace, kind)[name]
    assert COLUMNS[kind].items() <= row.items()


@pytest.mark.usefixtures("stored")
def test_conditions_merge_by_type(server: ApiServer, namespace: str) -> None:
    twice = [condition("Succeeded", "True", "Succeeded"), condition("Succeeded", "False", "Succeeded")]
    with pytest.raises(RefusedError, match="Duplicate value"):
        server.patch(namespace, "TrainingJob", "tumour-1", {"status": {"conditions": twice}}, "/status")


@pytest.mark.usefixtures("stored")
def test_an_endpoint_is_scaled(server: ApiServer, namespace: str) -> None:
    status = {"replicas": 1, "selector": "weir.dev/name=tumour"}
    server.patch(namespace, "ModelDeployment", "tumour", {"status": status}, "/status")
    found = server.patch(namespace, "ModelDeployment", "tumour", {"spec": {"replicas": 3}}, "/scale")
    assert found["spec"] == {"replicas": 3}
    assert found["status"] == {"replicas": 1, "selector": "weir.dev/name=tumour"}


SELECTED = {
    "runs of a model": ("TrainingJob", "spec.model=tumour", ["tumour-1"]),
    "versions of another model": ("ModelVersion", "spec.model=other", []),
    "versions with these bytes": ("ModelVersion", f"spec.artifact.digest={DIGEST}", ["tumour-1"]),
    "endpoints that want a version": ("ModelDeployment", "spec.version=tumour-1", ["tumour"]),
}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(("kind", "selector", "expected"), SELECTED.values(), ids=SELECTED.keys())
def test_selects(server: ApiServer, namespace: str, kind: str, selector: str, expected: list[str]) -> None:
    assert expected == server.names(namespace, kind, selector)


BOUNDS: dict[str, tuple[Object, str, Any]] = {
    "a holdout of nothing": (training_job(), "spec.data.split.holdout", 0),
    "a holdout of everything": (training_job(), "spec.data.split.holdout", 1),
    "no deadline": (training_job(), "spec.activeDeadlineSeconds", 0),
    "an unknown strategy": (training_job(), "spec.data.split.strategy", "Magic"),
    "a column of an unknown kind": (training_job(), "spec.trainer.sklearn.preprocessing.columns", {"a": "Text"}),
    "an estimator without a module": (training_job(), "spec.trainer.sklearn.estimator", "Ridge"),
    "a trainer of no kind": (training_job(), "spec.trainer", {}),
    "an excluded column twice": (training_job(), "spec.trainer.sklearn.preprocessing.exclude", ["a", "a"]),
    "a quantity of words": (training_job(), "spec.resources", {"limits": {"memory": "lots"}}),
    "a quantity below zero": (training_job(), "spec.resources", {"limits": {"cpu": -1}}),
    "a negative quantity as text": (training_job(), "spec.resources", {"limits": {"cpu": "-1"}}),
    "a digest of another kind": (model_version(), "spec.artifact.digest", "md5:" + "0" * 64),
    "a short digest": (model_version(), "spec.artifact.digest", "sha256:0"),
    "a negative number of pods": (model_deployment(), "spec.replicas", -1),
    "a model that is no label": (model_deployment(), "spec.model", "Tumour!"),
    "a number as text": (model_deployment(), "spec.replicas", "1"),
}


@pytest.mark.parametrize(("thing", "path", "value"), BOUNDS.values(), ids=BOUNDS.keys())
def test_refuses(server: ApiServer, namespace: str, thing: Object, path: str, value: Any) -> None:
    with pytest.raises(RefusedError) as refusal:
        server.create(namespace, edited(thing, {path: value}), dryRun="All")
    assert any(cause.field.startswith(path) for cause in refusal.value.causes), refusal.value
