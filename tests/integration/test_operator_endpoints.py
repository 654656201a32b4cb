"""ModelDeployments on a real API server: children that come back, traffic that moves late, pods that go later."""

from __future__ import annotations

import time
from typing import Any

import pytest

from builders import resources
from builders.k8s_operator import OperatorProcess, eventually
from builders.k8s_puppets import Stage
from integration.api_server import ApiServer
from weir_model.outcome import Failure

Object = dict[str, Any]


@pytest.fixture(scope="module")
def stage(server: ApiServer, namespace: str, operator: OperatorProcess) -> Stage:
    assert operator.is_healthy()
    found = Stage(server, namespace)
    for name in ("blue", "green"):
        found.ready_version(name)
    return found


def pods(stage: Stage, endpoint: str, version: str) -> list[str]:
    """Return the names of a version's pods that are there to stay."""
    found = stage.all("Pod", "ModelDeployment", endpoint)
    staying = [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]
    return [p["metadata"]["name"] for p in staying if p["metadata"]["labels"]["weir.dev/version"] == version]


def all_answer(stage: Stage, endpoint: str, version: str, replicas: int) -> None:
    """Say that all pods of a version are ready."""
    for pod in eventually(lambda: found if len(found := pods(stage, endpoint, version)) == replicas else None) or []:
        stage.answers(pod)


def selected(stage: Stage, endpoint: str) -> str:
    service = stage.get("Service", endpoint) or {}
    return str(service["spec"]["selector"]["weir.dev/version"])


@pytest.fixture
def serving(stage: Stage, request: pytest.FixtureRequest) -> str:
    """An endpoint that answers with version blue."""
    name = f"e-{abs(hash(request.node.name)) % 10**8}"
    stage.endpoint(name, "blue", replicas=2)
    all_answer(stage, name, "blue", 2)
    stage.told("ModelDeployment", name, "Ready", "True")
    return name


def test_an_endpoint_gets_its_children_and_becomes_ready(stage: Stage) -> None:
    stage.endpoint("first", "blue", replicas=2)
    stage.appears("Deployment", "first-blue")
    stage.appears("PodDisruptionBudget", "first")
    stage.told("ModelDeployment", "first", "Available", "False")
    all_answer(stage, "first", "blue", 2)
    status = stage.told("ModelDeployment", "first", "Ready", "True", "Serving")["status"]
    assert (status["stableVersion"], status["replicas"]) == ("blue", 2)
    assert status["traffic"] == [
        {"version": "blue", "weight": 100, "readyReplicas": 2, "digest": resources.DIGEST},
    ]
    scale = stage.server.send("get", stage.path("ModelDeployment", "first") + "/scale")
    assert (scale["spec"]["replicas"], scale["status"]["replicas"]) == (2, 2)


@pytest.mark.parametrize("kind", ["Deployment", "Service", "PodDisruptionBudget"])
def test_a_child_that_somebody_deletes_is_back_within_a_second(stage: Stage, serving: str, kind: str) -> None:
    name = f"{serving}-blue" if kind == "Deployment" else serving
    child = stage.appears(kind, name)
    began = time.monotonic()
    stage.delete(kind, name)
    stage.appears(kind, name, unlike=child)
    seconds = time.monotonic() - began
    print(f"{kind} back after {seconds:.3f} s")  # noqa: T201
    assert seconds < 1.0
    assert selected(stage, serving) == "blue"


def test_a_child_that_somebody_edits_is_put_right(stage: Stage, serving: str) -> None:
    stage.server.send(
        "patch",
        stage.path("Deployment", f"{serving}-blue"),
        {"spec": {"replicas": 7}},
        content="application/merge-patch+json",
    )
    eventually(lambda: (stage.get("Deployment", f"{serving}-blue") or {})["spec"]["replicas"] == 2)


def test_a_change_of_the_spec_reaches_the_pods_within_a_second(stage: Stage, serving: str) -> None:
    began = time.monotonic()
    stage.change("ModelDeployment", serving, {"server": {"threads": 3}})

    def threads() -> bool:
        template = (stage.get("Deployment", f"{serving}-blue") or {})["spec"]["template"]
        return {"name": "WEIR_THREADS", "value": "3"} in template["spec"]["containers"][0]["env"]

    eventually(threads)
    seconds = time.monotonic() - began
    print(f"spec change -> Deployment {seconds:.3f} s")  # noqa: T201
    assert seconds < 1.0


def test_the_traffic_moves_when_the_next_version_is_ready_and_the_old_pods_go_later(stage: Stage, serving: str) -> None:
    stage.change("ModelDeployment", serving, {"version": "green"})
    stage.appears("Deployment", f"{serving}-green")
    stage.told("ModelDeployment", serving, "Ready", "False", "RollingOut")
    first, *rest = eventually(lambda: found if len(found := pods(stage, serving, "green")) == 2 else None) or []
    stage.answers(first)
    eventually(lambda: stage.get("Deployment", f"{serving}-green")["status"].get("readyReplicas") == 1)  # type: ignore[index]
    assert selected(stage, serving) == "blue"
    for pod in rest:
        stage.answers(pod)
    status = stage.told("ModelDeployment", serving, "Ready", "True")["status"]
    switched = time.monotonic()
    assert (selected(stage, serving), status["stableVersion"]) == ("green", "green")
    assert stage.get("Deployment", f"{serving}-blue")
    stage.disappears("Deployment", f"{serving}-blue")
    assert time.monotonic() - switched > 3
    assert sorted(pods(stage, serving, "green")) == sorted([first, *rest])  # promotion restarts no pod


def test_an_altered_artifact_is_told_and_the_version_before_keeps_the_traffic(stage: Stage, serving: str) -> None:
    stage.change("ModelDeployment", serving, {"version": "green"})
    for pod in eventually(lambda: pods(stage, serving, "green")):
        stage.cannot_load(pod, Failure("DigestMismatch", "model.onnx was altered"))
    seen = stage.told("ModelDeployment", serving, "Ready", "False", "DigestMismatch")
    assert seen["status"]["loadFailures"][0]["message"] == "model.onnx was altered"
    stage.told("ModelDeployment", serving, "Available", "True", "Serving")
    assert selected(stage, serving) == "blue"
    stage.change("ModelDeployment", serving, {"version": "blue"})
    stage.told("ModelDeployment", serving, "Ready", "True", "Serving")
    stage.disappears("Deployment", f"{serving}-green")


def test_a_version_that_does_not_exist_is_waited_for(stage: Stage) -> None:
    stage.endpoint("early", "later")
    stage.told("ModelDeployment", "early", "Ready", "False", "VersionNotFound")
    stage.version("later")
    stage.told("ModelDeployment", "early", "Ready", "False", "VersionNotReady")
    stage.delete("ModelVersion", "later")
    stage.disappears("ModelVersion", "later")
    began = time.monotonic()
    stage.ready_version("later")
    stage.appears("Deployment", "early-later")
    print(f"version Ready -> Deployment, all in all {time.monotonic() - began:.3f} s")  # noqa: T201


def test_another_teams_service_is_not_taken_over(stage: Stage) -> None:
    port = {"port": 80, "protocol": "TCP", "targetPort": 80}
    theirs = {"metadata": {"name": "theirs"}, "spec": {"selector": {"app": "x"}, "ports": [port]}}
    stage.server.send("post", stage.path("Service"), {"apiVersion": "v1", "kind": "Service", **theirs})
    stage.endpoint("theirs", "blue")
    stage.told("ModelDeployment", "theirs", "Ready", "Unknown", "NameTaken")
    assert (stage.get("Service", "theirs") or {})["spec"]["selector"] == {"app": "x"}


def test_a_killed_operator_finishes_the_rollover(stage: Stage, serving: str, operator: OperatorProcess) -> None:
    stage.change("ModelDeployment", serving, {"version": "green"})
    stage.appears("Deployment", f"{serving}-green")
    operator.kill()
    all_answer(stage, serving, "green", 2)
    operator.start()
    eventually(lambda: selected(stage, serving) == "green")
    operator.kill()
    operator.start()
    stage.disappears("Deployment", f"{serving}-blue")
    stage.told("ModelDeployment", serving, "Ready", "True", "Serving")


def test_a_deleted_endpoint_takes_everything_along(stage: Stage, serving: str) -> None:
    stage.delete("ModelDeployment", serving)
    stage.disappears("ModelDeployment", serving)
    for kind, name in (("Service", serving), ("Deployment", f"{serving}-blue"), ("PodDisruptionBudget", serving)):
        stage.disappears(kind, name)


def test_nothing_unforeseen_happened(operator: OperatorProcess) -> None:
    assert "nobody foresaw" not in operator.log
    assert "Traceback" not in operator.log
