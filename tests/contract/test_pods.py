"""What the operator writes into pods is what the programs in them read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import resources
from builders.k8s import by_kind, environment, live, observed
from builders.serving_world import World, digest
from weir_model.codec import from_json
from weir_model.run import RunRequest
from weir_operator.plan.kinds import decide
from weir_serving.fetch.settings import FetchSettings
from weir_serving.server.settings import ServerSettings
from weir_serving.sidecar.settings import SidecarSettings
from weir_serving.verify.settings import VerifySettings

Object = dict[str, Any]

SERVER = {"threads": 2, "timeoutSeconds": 7, "maxRequestMiB": 3}


@pytest.fixture
def pod() -> Object:
    found = World(spec={"server": SERVER}).applied["Deployment/a"]["spec"]["template"]["spec"]
    assert isinstance(found, dict)
    return found


def container(pod: Object, name: str) -> Object:
    every: list[Object] = [*pod.get("initContainers", ()), *pod["containers"]]
    return next(each for each in every if each["name"] == name)


def mounted(pod: Object, name: str) -> set[Path]:
    return {Path(mount["mountPath"]) for mount in container(pod, name)["volumeMounts"]}


def test_the_server_reads_what_the_spec_says(pod: Object) -> None:
    settings = ServerSettings.parse(environment(container(pod, "server")))
    assert (settings.model, settings.version, settings.digest) == ("tumour", "a", digest("a"))
    assert (settings.threads, settings.timeout_seconds, settings.max_request_bytes) == (2, 7.0, 3 << 20)
    assert pod["terminationGracePeriodSeconds"] > settings.drain_seconds + settings.timeout_seconds
    assert [port["containerPort"] for port in container(pod, "server")["ports"]] == [settings.port]


def test_the_sidecar_reads_whom_it_measures(pod: Object) -> None:
    settings = SidecarSettings.parse(environment(container(pod, "sidecar")))
    assert (settings.model, settings.version, settings.deployment) == ("tumour", "a", "tumour")
    assert [port["containerPort"] for port in container(pod, "sidecar")["ports"]] == [settings.port]


def test_fetch_server_and_sidecar_meet_in_the_same_folders(pod: Object) -> None:
    fetch = FetchSettings.parse(environment(container(pod, "fetch")))
    server = ServerSettings.parse(environment(container(pod, "server")))
    sidecar = SidecarSettings.parse(environment(container(pod, "sidecar")))
    assert (fetch.uri, fetch.digest) == ("pvc://lake/a", digest("a"))
    assert {fetch.folder, server.folder, sidecar.folder} == {fetch.folder}
    assert fetch.folder in mounted(pod, "fetch") & mounted(pod, "server") & mounted(pod, "sidecar")
    assert server.socket == sidecar.socket
    assert server.socket.parent in mounted(pod, "server") & mounted(pod, "sidecar")


def test_verification_reads_which_artifact() -> None:
    job = by_kind(decide(observed(live(resources.model_version()))).apply)["Job"]
    settings = VerifySettings.parse(environment(container(job["spec"]["template"]["spec"], "verifier")))
    assert (settings.uri, settings.digest) == ("pvc://lake/models/tumour/1", resources.DIGEST)


def test_the_trainer_reads_the_whole_request() -> None:
    spec = {"data": {"uri": "pvc://lake/x.csv", "target": "y", "split": {"strategy": "Time", "column": "t"}}}
    job = by_kind(decide(observed(live(resources.training_job("run", **spec)))).apply)["Job"]
    variables = environment(container(job["spec"]["template"]["spec"], "trainer"))
    request = from_json(RunRequest, variables["WEIR_RUN_REQUEST"])
    assert (request.training_job, request.data.target, request.data.split.column) == ("run", "y", "t")
