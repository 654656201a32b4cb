"""kopf really wakes, serialises, survives and lets go: the whole operator against an API server at a socket."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from builders import resources
from builders.k8s import condition
from builders.k8s_api_server import FakeApiServer
from builders.k8s_operator import OperatorProcess, eventually
from builders.serving_world import model_version

Object = dict[str, Any]


@pytest.fixture(scope="module")
def api() -> Iterator[FakeApiServer]:
    with FakeApiServer() as server:
        yield server


@pytest.fixture(scope="module")
def operator(api: FakeApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    folder = tmp_path_factory.mktemp("operator")
    (folder / "kubeconfig").write_text(yaml.safe_dump(api.kubeconfig))
    process = OperatorProcess("", folder / "log", {"KUBECONFIG": str(folder / "kubeconfig")})
    with process:
        yield process


@pytest.fixture(autouse=True)
def _healthy(api: FakeApiServer, operator: OperatorProcess) -> Iterator[None]:
    yield
    api.refused.clear()
    api.delay = 0
    assert operator.is_healthy()


def run(name: str, **spec: Any) -> Object:
    thing = resources.training_job(name, output={"uri": "pvc://lake/m"}, **spec)
    return resources.edited(thing, {"metadata.namespace": "team-a"})


def reason(api: FakeApiServer, plural: str, name: str, kind: str) -> str:
    conditions = (api.get(plural, name) or {}).get("status", {}).get("conditions", [])
    return next((str(entry["reason"]) for entry in conditions if entry["type"] == kind), "")


def test_an_object_wakes_its_worker(api: FakeApiServer) -> None:
    began = time.monotonic()
    api.put(run("parent"))
    eventually(lambda: api.get("jobs", "parent-train"))
    assert time.monotonic() - began < 1.0
    eventually(
        lambda: (api.get("trainingjobs", "parent") or {})["metadata"].get("finalizers") == ["weir.dev/finalizer"]
    )


def test_a_child_wakes_its_parent(api: FakeApiServer) -> None:
    api.put(run("child"))
    job = eventually(lambda: api.get("jobs", "child-train"))
    assert job
    began = time.monotonic()
    api.delete("jobs", "child-train")
    eventually(lambda: (api.get("jobs", "child-train") or job)["metadata"]["uid"] != job["metadata"]["uid"])
    assert time.monotonic() - began < 1.0


def test_a_version_wakes_the_endpoint_that_waits_for_it(api: FakeApiServer) -> None:
    endpoint = resources.model_deployment("endpoint", version="awaited")
    api.put(resources.edited(endpoint, {"metadata.namespace": "team-a"}))
    eventually(lambda: reason(api, "modeldeployments", "endpoint", "Ready") == "VersionNotFound")
    verified = {"verifiedTime": "2026-11-21T12:00:00Z", "conditions": [condition("Verified", reason="Verified")]}
    api.put(resources.edited(model_version("awaited"), {"status": verified, "metadata.uid": "u-awaited"}))
    eventually(lambda: api.get("deployments", "endpoint-awaited"))


def test_nothing_is_done_when_nothing_changes(api: FakeApiServer) -> None:
    api.put(run("quiet"))
    eventually(lambda: reason(api, "trainingjobs", "quiet", "Succeeded"))
    _settled(api)
    before = api.writes.copy()
    api.put(resources.edited(run("quiet"), {"metadata.labels": {"touched": "yes"}}))
    _settled(api)
    assert api.writes - before == {}


def test_passes_over_one_object_never_overlap(api: FakeApiServer) -> None:
    api.delay = 0.3
    for number in range(8):
        api.put(resources.edited(run("busy"), {"metadata.labels": {"n": str(number)}}))
        time.sleep(0.1)
    eventually(lambda: reason(api, "trainingjobs", "busy", "Succeeded"))
    _settled(api)
    assert api.busiest["jobs", "team-a", "busy-train"] == 1


def test_refusals_are_told_and_outlived(api: FakeApiServer) -> None:
    api.refused["jobs"] = 403
    api.put(run("refused"))
    eventually(lambda: reason(api, "trainingjobs", "refused", "Succeeded") == "Forbidden")
    api.refused.clear()
    # Having been refused, it tries again late by itself, but listens to what happens.
    eventually(lambda: _touched(api, "refused") and api.get("jobs", "refused-train"), 20)


def test_a_server_in_trouble_is_outlived(api: FakeApiServer) -> None:
    api.refused["jobs"] = 503
    api.put(run("trouble"))
    eventually(lambda: api.writes["PATCH jobs"] > 0)
    api.refused.clear()
    eventually(lambda: api.get("jobs", "trouble-train"), 20)


def test_watches_that_break_off_are_taken_up_again(api: FakeApiServer) -> None:
    api.hang_up()
    api.put(run("after-the-break"))
    eventually(lambda: api.get("jobs", "after-the-break-train"), 20)


def test_a_deleted_object_is_let_go_at_once(api: FakeApiServer) -> None:
    api.put(run("going"))
    eventually(lambda: (api.get("trainingjobs", "going") or {})["metadata"].get("finalizers"))
    began = time.monotonic()
    api.delete("trainingjobs", "going")
    eventually(lambda: api.get("trainingjobs", "going") is None)
    assert time.monotonic() - began < 1.0


def test_an_object_that_does_not_parse_is_told_so(api: FakeApiServer) -> None:
    api.put(resources.edited(run("broken"), {"spec.data": {"surprise": True}}))
    eventually(lambda: reason(api, "trainingjobs", "broken", "Succeeded") == "InvalidSpec")


def test_metrics_count_objects_that_are_there(api: FakeApiServer, operator: OperatorProcess) -> None:
    api.put(run("counted"))
    eventually(lambda: 'weir_operator_objects{kind="TrainingJob",ready="Unknown"}' in operator.metrics)


def test_nothing_unforeseen_happened(operator: OperatorProcess) -> None:
    assert "nobody foresaw" not in operator.log


def _settled(api: FakeApiServer) -> None:
    """Wait until nothing is written for a while."""
    before = None
    while api.writes != before:
        before = api.writes.copy()
        time.sleep(0.4)


def _touched(api: FakeApiServer, name: str) -> bool:
    time.sleep(0.2)
    api.put(resources.edited(run(name), {"metadata.labels": {"touched": str(time.monotonic())}}))
    return True
