"""Letting go of objects on a real API server; the operator is a Deployment that nothing runs."""

from __future__ import annotations

from typing import Any

import pytest
from kubernetes import config

from builders.resources import Object, edited, model_deployment, model_version, training_job
from integration.api_server import ApiServer
from weir_operator import release
from weir_operator.api.v1alpha1.common import FINALIZER

FOREIGN = "example.com/theirs"
THINGS = [training_job(), model_version(), model_deployment()]


def deployment(name: str) -> Object:
    labels = {"app": name}
    container = {"name": "operator", "image": "weir.dev/none:0"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "nodeSelector": {"weir.dev/none": "none"}},
            },
        },
    }


@pytest.fixture(scope="module")
def released(server: ApiServer, namespace: str) -> Any:
    """Objects held by us and by somebody else, after the release."""
    apps = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    server.send("post", apps, deployment("operator"))
    for thing in THINGS:
        server.create(namespace, edited(thing, {"metadata.finalizers": [FOREIGN, FINALIZER]}))
    config.load_config()
    release.main([f"--namespace={namespace}", "--deployment=operator", f"--watch-namespace={namespace}"])
    yield server.send("get", f"{apps}/operator")
    for thing in THINGS:
        server.patch(namespace, thing["kind"], thing["metadata"]["name"], {"metadata": {"finalizers": []}})


def test_the_operator_is_stopped(released: Object) -> None:
    assert released["spec"]["replicas"] == 0


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing["kind"])
def test_only_our_finalizer_is_gone(server: ApiServer, namespace: str, thing: Object) -> None:
    found = server.get(namespace, thing["kind"], thing["metadata"]["name"])
    assert found["metadata"]["finalizers"] == [FOREIGN]
    assert "deletionTimestamp" not in found["metadata"]


@pytest.mark.usefixtures("released")
def test_doing_it_again_without_an_operator_is_fine(namespace: str) -> None:
    release.main([f"--namespace={namespace}", "--deployment=gone", f"--watch-namespace={namespace}"])


def test_every_namespace_is_looked_at_page_by_page(
    server: ApiServer, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "PAGE", 2)
    names = {f"page-{number}" for number in range(5)}
    for name in names:
        server.create(namespace, model_version(name))
    cluster = release.KubernetesCluster("none", "none", [])
    seen = [t["metadata"] for t in cluster.objects(release.KINDS[1]) if t["metadata"]["namespace"] == namespace]
    assert names <= {metadata["name"] for metadata in seen}
    assert len(seen) == len({metadata["name"] for metadata in seen})
