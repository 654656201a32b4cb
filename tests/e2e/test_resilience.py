"""Kill the operator, delete what it made: one Job, one ModelVersion, and everything comes back."""

from __future__ import annotations

import pytest

from e2e import objects
from e2e.conftest import Workspace
from kubectl import Namespace

OPERATOR = Namespace("weir-system")


def _kill_operator() -> None:
    (pod,) = OPERATOR.list("pods", "app.kubernetes.io/component=operator")
    OPERATOR.delete("pod", pod["metadata"]["name"], "--force", "--grace-period=0")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("killed-at-once", lambda run: True),
        ("killed-job-made", lambda run: bool(run.get("status", {}).get("jobName"))),
        ("killed-succeeded", lambda run: bool(run.get("status", {}).get("completionTime"))),
    ],
)
def test_a_killed_operator_resumes_and_makes_nothing_twice(workspace: Workspace, name: str, moment) -> None:  # type: ignore[no-untyped-def]
    workspace.apply(objects.training_job(name))
    workspace.until("trainingjob", name, moment)
    _kill_operator()
    workspace.condition("modelversion", name, "Ready", "True", timeout=180)
    run = workspace.get("trainingjob", name)
    workspace.run("wait", "--for=condition=Complete", f"job/{run['status']['jobName']}", "--timeout=60s")
    trained = workspace.list("jobs", f"weir.dev/name={name},app.kubernetes.io/name=training")
    assert [job["metadata"]["name"] for job in trained] == [run["status"]["jobName"]]
    assert trained[0]["status"]["succeeded"] == 1
    assert len(workspace.list("pods", f"weir.dev/name={name},app.kubernetes.io/name=training")) == 1
    versions = [v["metadata"]["name"] for v in workspace.list("modelversions") if v["spec"]["model"] == "tumour"]
    assert versions.count(name) == 1


@pytest.mark.parametrize("kind", ["deployment", "service", "poddisruptionbudget"])
def test_a_deleted_child_comes_back(workspace: Workspace, endpoint: str, kind: str) -> None:
    (child,) = workspace.list(kind, f"weir.dev/name={endpoint}")
    name, uid = child["metadata"]["name"], child["metadata"]["uid"]
    workspace.delete(kind, name, "--wait=false")
    workspace.until(kind, name, lambda thing: thing["metadata"]["uid"] != uid, timeout=30)
    workspace.condition("modeldeployment", endpoint, "Ready", "True")


def test_a_running_job_that_is_deleted_comes_back(workspace: Workspace) -> None:
    workspace.apply(objects.training_job("job-deleted"))
    workspace.until("job", "job-deleted-train", lambda job: True)
    uid = workspace.get("job", "job-deleted-train")["metadata"]["uid"]
    workspace.delete("job", "job-deleted-train", "--wait=false")
    workspace.until("job", "job-deleted-train", lambda job: job["metadata"]["uid"] != uid, timeout=30)
    workspace.condition("trainingjob", "job-deleted", "Succeeded", "True", timeout=180)


def test_a_finished_run_stays_finished_when_its_job_is_deleted(workspace: Workspace, version: str) -> None:
    job = workspace.get("trainingjob", version)["status"]["jobName"]
    finished = workspace.get("trainingjob", version)["status"]
    workspace.delete("job", job, "--ignore-not-found")
    # A label makes the operator look again; the next run's Job proves that it has had its turn since.
    workspace.run("label", "trainingjob", version, "touched=yes", "--overwrite")
    workspace.apply(objects.training_job("after-the-finished"))
    workspace.condition("trainingjob", "after-the-finished", "Succeeded", "True", timeout=180)
    assert not workspace.list("jobs", f"weir.dev/name={version},app.kubernetes.io/name=training")
    assert workspace.get("trainingjob", version)["status"] == finished


def test_a_deleted_version_of_a_run_comes_back(workspace: Workspace) -> None:
    workspace.apply(objects.training_job("version-deleted"))
    workspace.condition("modelversion", "version-deleted", "Ready", "True", timeout=180)
    uid = workspace.get("modelversion", "version-deleted")["metadata"]["uid"]
    workspace.delete("modelversion", "version-deleted", "--wait=false")
    workspace.until("modelversion", "version-deleted", lambda thing: thing["metadata"]["uid"] != uid, timeout=30)
    workspace.condition("modelversion", "version-deleted", "Ready", "True")
