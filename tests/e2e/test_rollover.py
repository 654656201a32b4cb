"""A change of version while clients keep asking: both versions answer, nothing fails."""

from __future__ import annotations

import threading
from typing import Any

import client
from e2e import objects
from e2e.conftest import Workspace

DEEPER = {"estimator": "sklearn.ensemble.RandomForestClassifier", "params": {"n_estimators": 30, "random_state": 8}}


def test_a_change_of_version_fails_no_request(workspace: Workspace, version: str) -> None:
    workspace.apply(objects.training_job("second", sklearn=DEEPER))
    workspace.condition("modelversion", "second", "Ready", "True", timeout=180)
    workspace.apply(objects.model_deployment("rolling", version, replicas=2))
    workspace.condition("modeldeployment", "rolling", "Ready", "True", timeout=180)

    told = _while_asking(workspace, lambda: workspace.apply(objects.model_deployment("rolling", "second", replicas=2)))

    assert told["failures"] == []
    assert set(told["answers"]) == {version, "second"}
    status = workspace.until(
        "modeldeployment", "rolling", lambda thing: thing["status"].get("stableVersion") == "second"
    )
    assert [(t["version"], t["weight"]) for t in status["status"]["traffic"]] == [("second", 100)]


def test_a_deleted_pod_fails_no_request(workspace: Workspace, version: str) -> None:
    workspace.apply(objects.model_deployment("steady", version, replicas=2))
    workspace.condition("modeldeployment", "steady", "Ready", "True", timeout=180)
    pod = workspace.list("pods", "weir.dev/name=steady")[0]["metadata"]["name"]
    told = _while_asking(workspace, lambda: workspace.delete("pod", pod), "steady", version)
    assert told["failures"] == []


def _while_asking(workspace: Workspace, change: Any, host: str = "rolling", wanted: str = "second") -> Any:
    told: dict[str, Any] = {}

    def ask() -> None:
        told.update(workspace.inside(client.LOAD, f"{host}.{workspace.name}.svc", "tumour", wanted, "20"))

    asking = threading.Thread(target=ask)
    asking.start()
    change()
    asking.join()
    return told
