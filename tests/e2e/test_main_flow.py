"""From a TrainingJob to answers that equal scikit-learn's, and what every step leaves behind for people to see."""

from __future__ import annotations

from e2e.conftest import Workspace
from kubectl import kubectl


def test_answers_through_the_service_equal_those_of_scikit_learn(workspace: Workspace, endpoint: str) -> None:
    told = workspace.compare(endpoint, "first")
    assert told["rows"] == 569
    assert told["labels_off"] == 0
    assert told["worst"] < 1e-5
    assert told["versions"] == ["first"]


def test_the_training_job_tells_what_it_read_and_measured(workspace: Workspace, version: str) -> None:
    status = workspace.get("trainingjob", version)["status"]
    assert (status["data"]["rows"], status["data"]["columns"]) == (569, 31)
    assert status["metrics"]["roc_auc"] > 0.95
    assert status["modelVersion"] == version
    assert status["completionTime"] >= status["startTime"]


def test_the_version_names_its_artifact_by_digest_and_links_its_run(workspace: Workspace, version: str) -> None:
    run = workspace.get("trainingjob", version)
    spec = workspace.get("modelversion", version)["spec"]
    assert spec["artifact"] == {key: run["status"]["artifact"][key] for key in ("uri", "digest")}
    assert spec["trainingJob"] == {"name": version, "uid": run["metadata"]["uid"]}


def test_the_sidecar_counts_requests_features_and_predictions(workspace: Workspace, endpoint: str) -> None:
    before = _counters(workspace, endpoint)
    workspace.compare(endpoint, "first")
    after = _counters(workspace, endpoint)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown["weir_requests_total"] == 6
    assert grown["weir_rows_total"] == 569
    assert grown["weir_feature_bin_total"] == 569 * 30
    assert grown["weir_request_duration_seconds_count"] == 6
    assert grown["weir_handover_dropped_total"] == 0


def test_kubectl_shows_what_a_person_asks_first(workspace: Workspace, endpoint: str) -> None:
    table = workspace.run("get", "modeldeployment", endpoint)
    assert "first" in table
    assert "True" in table
    assert "tumour" in workspace.run("get", "weir")


def _counters(workspace: Workspace, endpoint: str) -> dict[str, float]:
    """Return the sum of every counter of the endpoint's sidecars, by metric name."""
    totals: dict[str, float] = {}
    for pod in workspace.list("pods", f"weir.dev/name={endpoint}"):
        path = f"/api/v1/namespaces/{workspace.name}/pods/{pod['metadata']['name']}:9090/proxy/metrics"
        for line in kubectl("get", "--raw", path).splitlines():
            if not line.startswith("#"):
                name, value = line.split("{")[0].split(" ")[0], float(line.rsplit(" ", 1)[1])
                totals[name] = totals.get(name, 0) + value
    return totals
