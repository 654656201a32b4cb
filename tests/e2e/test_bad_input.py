"""Every mistake gets a named cause: in a condition, in an event and, where the schema can know, at apply."""

from __future__ import annotations

import json

import pytest

from e2e import objects
from e2e.conftest import Workspace
from e2e.objects import Object

LINEAR = {"estimator": "sklearn.linear_model.LinearRegression"}

# name -> the run, the condition's reason, and words that its message must have
RUNS: dict[str, tuple[Object, str, tuple[str, ...]]] = {
    "no-data": (
        objects.training_job("no-data", data={"uri": "pvc://data/nowhere.csv"}),
        "DataNotFound",
        ("spec.data.uri", "nowhere.csv"),
    ),
    "no-claim": (
        objects.training_job("no-claim", data={"uri": "pvc://nothing/x.csv"}, activeDeadlineSeconds=10),
        "ClaimNotFound",
        ("PersistentVolumeClaim nothing",),
    ),
    "noise": (
        objects.training_job("noise", data={"uri": "pvc://data/noise.parquet"}),
        "DataUnreadable",
        ("noise.parquet",),
    ),
    "no-rows": (objects.training_job("no-rows", data={"uri": "pvc://data/empty.csv"}), "NoRows", ("empty.csv",)),
    "no-target": (
        objects.training_job("no-target", data={"target": "malignancy"}),
        "TargetMissing",
        ("spec.data.target", "malignancy", "malignant"),
    ),
    "one-class": (
        objects.training_job("one-class", data={"uri": "pvc://data/one-class.csv"}),
        "SingleClass",
        ("malignant",),
    ),
    "words": (
        objects.training_job("words", data={"uri": "pvc://data/words.csv"}, sklearn=LINEAR),
        "TargetNotNumeric",
        ("malignant",),
    ),
    "no-estimator": (
        objects.training_job("no-estimator", sklearn={"estimator": "sklearn.ensemble.RandomForrestClassifier"}),
        "UnknownEstimator",
        ("RandomForestClassifier",),
    ),
    "not-convertible": (
        objects.training_job("not-convertible", sklearn={"estimator": "sklearn.semi_supervised.LabelSpreading"}),
        "NotConvertible",
        ("LabelSpreading",),
    ),
    "bad-parameter": (
        objects.training_job("bad-parameter", sklearn=objects.FOREST | {"params": {"trees": 3}}),
        "InvalidParameters",
        ("trees", "n_estimators"),
    ),
    "out-of-memory": (
        objects.training_job("out-of-memory", resources={"limits": {"memory": "40Mi"}}),
        "OutOfMemory",
        ("40Mi",),
    ),
    "timed-out": (
        objects.training_job(
            "timed-out",
            sklearn=objects.FOREST | {"params": {"n_estimators": 1_000_000}},
            activeDeadlineSeconds=10,
        ),
        "DeadlineExceeded",
        ("10",),
    ),
}


@pytest.fixture(scope="module")
def applied(workspace: Workspace) -> Workspace:
    workspace.apply(*(run for run, _, _ in RUNS.values()))
    return workspace


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_cannot_succeed_says_why(applied: Workspace, name: str) -> None:
    _, reason, words = RUNS[name]
    if name == "no-claim":
        seen = applied.until("trainingjob", name, lambda run: _reason(run) == reason)
        told = next(c for c in seen["status"]["conditions"] if c["type"] == "Succeeded")
    else:
        told = applied.condition("trainingjob", name, "Succeeded", "False", timeout=240)
    assert told["reason"] == reason, told["message"]
    assert not [word for word in words if word not in told["message"]], told["message"]
    assert "Traceback" not in told["message"]


@pytest.mark.parametrize("name", [name for name in RUNS if name != "no-claim"])
def test_a_failed_run_leaves_an_event_and_no_version(applied: Workspace, name: str) -> None:
    applied.condition("trainingjob", name, "Succeeded", "False", timeout=240)
    selector = f"involvedObject.kind=TrainingJob,involvedObject.name={name},type=Warning"
    events = json.loads(applied.run("get", "events", "--field-selector", selector, "-o", "json"))["items"]
    assert RUNS[name][1] in {event["reason"] for event in events}
    assert name not in {version["metadata"]["name"] for version in applied.list("modelversions")}


def _reason(run: Object) -> str:
    conditions = run.get("status", {}).get("conditions", [])
    return next((c["reason"] for c in conditions if c["type"] == "Succeeded"), "")


def test_a_deployment_of_a_version_that_does_not_exist_waits_and_says_so(workspace: Workspace) -> None:
    workspace.apply(objects.model_deployment("early", "not-there-yet"))
    told = workspace.condition("modeldeployment", "early", "Ready", "False")
    assert (told["reason"], "not-there-yet" in told["message"]) == ("VersionNotFound", True)
    workspace.apply(objects.training_job("not-there-yet"))
    workspace.condition("modeldeployment", "early", "Ready", "True", timeout=180)


def test_one_flipped_byte_is_never_served(workspace: Workspace) -> None:
    workspace.apply(objects.training_job("altered"))
    workspace.condition("modelversion", "altered", "Ready", "True", timeout=180)
    uri = workspace.get("modelversion", "altered")["spec"]["artifact"]["uri"]
    model = uri.replace("pvc://", "/mnt/volumes/") + "/model.onnx"
    workspace.shell(
        f"chmod u+w {model} && python3 -c \"f=open('{model}','r+b'); f.seek(999); b=f.read(1)[0]; f.seek(999); "
        'f.write(bytes([b ^ 1]))"'
    )
    workspace.apply(objects.model_deployment("altered", "altered"))
    seen = workspace.until(
        "modeldeployment", "altered", lambda thing: bool(thing.get("status", {}).get("loadFailures"))
    )
    told = workspace.condition("modeldeployment", "altered", "Ready", "False")
    assert told["reason"] == "DigestMismatch", told
    assert seen["status"]["loadFailures"][0]["reason"] == "DigestMismatch"
    assert "model.onnx" in seen["status"]["loadFailures"][0]["message"]
    assert not workspace.get("deployment", "altered-altered")["status"].get("readyReplicas")


def test_an_altered_artifact_never_becomes_a_ready_version(workspace: Workspace, version: str) -> None:
    spec = workspace.get("modelversion", version)["spec"]["artifact"]
    workspace.apply(objects.model_version("wrong-digest", spec["uri"], "sha256:" + "0" * 64))
    told = workspace.condition("modelversion", "wrong-digest", "Verified", "False")
    assert told["reason"] == "DigestMismatch"
    workspace.condition("modelversion", "wrong-digest", "Ready", "False")


def test_a_version_cannot_be_changed(workspace: Workspace, version: str) -> None:
    spec = workspace.get("modelversion", version)["spec"]
    told = workspace.refusal(objects.model_version(version, spec["artifact"]["uri"], "sha256:" + "0" * 64))
    assert "ModelVersion" in told
    assert "cannot be changed" in told
