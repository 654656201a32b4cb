"""TrainingJobs and ModelVersions on a real API server: one Job, one ModelVersion, whatever happens to the operator."""

from __future__ import annotations

import time
from typing import Any

import pytest

from builders import resources
from builders.k8s_operator import OperatorProcess, eventually
from builders.k8s_puppets import Stage
from integration.api_server import ApiServer
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, TrainingResult

Object = dict[str, Any]

DATA = DataLineage("pvc://lake/tumour.csv", resources.DIGEST, 569, 31)
RESULT = TrainingResult("pvc://lake/models/tumour/1", resources.DIGEST, DATA, {"roc_auc": 0.99})


@pytest.fixture
def stage(server: ApiServer, namespace: str, operator: OperatorProcess) -> Stage:
    assert operator.is_healthy()
    return Stage(server, namespace)


def finish(stage: Stage, name: str) -> Object:
    stage.ends(stage.pod_of("TrainingJob", name), "trainer", 0, RESULT)
    return stage.told("TrainingJob", name, "Succeeded", "True")


def test_a_run_becomes_a_version(stage: Stage) -> None:
    run = stage.run("whole")
    assert stage.appears("Job", "whole-train")["metadata"]["ownerReferences"][0]["uid"] == run["metadata"]["uid"]
    status = finish(stage, "whole")["status"]
    assert (status["modelVersion"], status["metrics"]) == ("whole", {"roc_auc": 0.99})
    version = stage.get("ModelVersion", "whole")
    assert version
    assert version["spec"]["artifact"] == {"uri": RESULT.uri, "digest": RESULT.digest}
    stage.told("ModelVersion", "whole", "Ready", "False")


def test_reactions_take_less_than_a_second(stage: Stage) -> None:
    began = time.monotonic()
    stage.run("quick")
    job = stage.appears("Job", "quick-train")
    created = time.monotonic() - began
    began = time.monotonic()
    stage.delete("Job", "quick-train")
    stage.appears("Job", "quick-train", unlike=job)
    restored = time.monotonic() - began
    print(f"TrainingJob -> Job {created:.3f} s, deleted Job -> new Job {restored:.3f} s")  # noqa: T201
    assert max(created, restored) < 1.0


@pytest.mark.parametrize(
    ("name", "end", "reason", "words"),
    [
        ("said-so", (42, Failure("NoRows", "no rows in x.csv")), "NoRows", "no rows in x.csv"),
        ("memory", (137, "Killed", "OOMKilled"), "OutOfMemory", "2Gi"),
        ("crash", (1, "the log ends: boom"), "TrainerCrashed", "the log ends: boom"),
        ("deadline", (43, Failure("DeadlineExceeded", "3600 seconds")), "DeadlineExceeded", "3600"),
    ],
)
def test_a_failure_is_named_and_told_as_an_event(
    stage: Stage, name: str, end: tuple[Any, ...], reason: str, words: str
) -> None:
    stage.run(name)
    stage.ends(stage.pod_of("TrainingJob", name), "trainer", *end)
    seen = stage.told("TrainingJob", name, "Succeeded", "False", reason)
    told = next(c for c in seen["status"]["conditions"] if c["type"] == "Succeeded")
    assert words in told["message"]
    eventually(lambda: reason in {e["reason"] for e in stage.all("Event") if e["regarding"]["name"] == name})
    assert stage.get("ModelVersion", name) is None


def test_a_finished_run_does_not_run_again(stage: Stage) -> None:
    stage.run("once")
    status = finish(stage, "once")["status"]
    stage.delete("Job", "once-train")
    stage.disappears("Job", "once-train")
    stage.server.patch(stage.namespace, "TrainingJob", "once", {"metadata": {"labels": {"touched": "yes"}}})
    stage.run("afterwards")
    stage.appears("Job", "afterwards-train")
    assert stage.get("Job", "once-train") is None
    assert (stage.get("TrainingJob", "once") or {})["status"] == status


def test_a_version_that_somebody_deletes_comes_back(stage: Stage) -> None:
    stage.run("kept")
    finish(stage, "kept")
    version = stage.appears("ModelVersion", "kept")
    stage.delete("ModelVersion", "kept")
    again = stage.appears("ModelVersion", "kept", unlike=version)
    assert again["spec"] == version["spec"]


def test_the_job_goes_only_after_its_result_was_recorded(stage: Stage) -> None:
    stage.run("short-lived", ttlSecondsAfterFinished=0)
    finish(stage, "short-lived")
    stage.disappears("Job", "short-lived-train")
    stage.told("TrainingJob", "short-lived", "Succeeded", "True")


def test_a_version_from_elsewhere_keeps_its_name(stage: Stage) -> None:
    foreign = stage.version("taken")
    stage.run("taken")
    stage.told("TrainingJob", "taken", "Succeeded", "False", "VersionExists")
    assert stage.get("Job", "taken-train") is None
    assert (stage.get("ModelVersion", "taken") or {})["spec"] == foreign["spec"]
    stage.delete("ModelVersion", "taken")
    stage.appears("Job", "taken-train")


def test_a_job_of_that_name_that_is_not_ours_is_left_alone(stage: Stage) -> None:
    container = {"name": "c", "image": "i"}
    pod = {"spec": {"restartPolicy": "Never", "nodeSelector": {"no": "node"}, "containers": [container]}}
    theirs = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "foreign-train"}, "spec": {"template": pod}}
    made = stage.server.send("post", stage.path("Job"), theirs)
    stage.run("foreign")
    stage.told("TrainingJob", "foreign", "Succeeded", "Unknown", "NameTaken")
    assert (stage.get("Job", "foreign-train") or {})["metadata"]["uid"] == made["metadata"]["uid"]
    stage.delete("Job", "foreign-train")
    stage.told("TrainingJob", "foreign", "Succeeded", "Unknown", "ClaimNotFound")


def test_a_deleted_run_takes_its_job_along_and_leaves_its_version(stage: Stage) -> None:
    stage.run("forgotten")
    finish(stage, "forgotten")
    began = time.monotonic()
    stage.delete("TrainingJob", "forgotten")
    stage.disappears("TrainingJob", "forgotten")
    assert time.monotonic() - began < 1.0
    stage.disappears("Job", "forgotten-train")
    assert stage.get("ModelVersion", "forgotten")


def test_a_run_of_the_same_name_does_not_inherit_a_result(stage: Stage) -> None:
    stage.run("again")
    stage.ends(stage.pod_of("TrainingJob", "again"), "trainer", 42, Failure("NoRows", "none"))
    first = stage.told("TrainingJob", "again", "Succeeded", "False")
    stage.delete("TrainingJob", "again")
    stage.disappears("TrainingJob", "again")
    stage.run("again")
    second = stage.told("TrainingJob", "again", "Succeeded", "Unknown", "ClaimNotFound")
    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    assert finish(stage, "again")["status"]["modelVersion"] == "again"


@pytest.mark.parametrize("moment", ["applied", "job made", "pod ended", "recorded"])
def test_a_killed_operator_resumes_and_makes_nothing_twice(
    stage: Stage, operator: OperatorProcess, moment: str
) -> None:
    name = f"killed-{moment.replace(' ', '-')}"
    if moment == "applied":
        operator.kill()
        stage.run(name)
    else:
        stage.run(name)
        pod = stage.pod_of("TrainingJob", name)
        if moment == "recorded":
            finish(stage, name)
        operator.kill()
        if moment == "pod ended":
            stage.ends(pod, "trainer", 0, RESULT)
    operator.start()
    if moment in ("applied", "job made"):
        stage.ends(stage.pod_of("TrainingJob", name), "trainer", 0, RESULT)
    stage.told("TrainingJob", name, "Succeeded", "True")
    stage.appears("ModelVersion", name)
    (pod_seen,) = stage.all("Pod", kind="TrainingJob", name=name)
    (job,) = stage.all("Job", kind="TrainingJob", name=name)
    assert pod_seen["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]
    assert (stage.get("ModelVersion", name) or {})["metadata"]["generation"] == 1


def test_the_operator_stays_small_and_says_what_it_does(stage: Stage, operator: OperatorProcess) -> None:
    stage.run("counted")
    stage.appears("Job", "counted-train")
    print(f"RSS {operator.rss_mib:.0f} MiB")  # noqa: T201
    assert operator.rss_mib < 120
    metrics = operator.metrics
    assert 'weir_operator_passes_total{kind="TrainingJob",result="done"}' in metrics
    assert 'weir_operator_objects{kind="TrainingJob",ready="True"}' in metrics


def test_the_operator_ends_when_told_to(operator: OperatorProcess) -> None:
    code, seconds = operator.stop()
    operator.start()
    assert (code, seconds < 5) == (0, True)


def test_nothing_unforeseen_happened(operator: OperatorProcess) -> None:
    assert "nobody foresaw" not in operator.log
    assert "Traceback" not in operator.log
