"""The chart's objects and the samples, as a real API server takes them: strictly, without storing them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from contract.chart import Object, render
from integration.api_server import APPLY, ApiServer
from weir_operator.api.v1alpha1 import KINDS

pytestmark = pytest.mark.timeout(900)  # the first run on a machine builds helm

SAMPLES = sorted((Path(__file__).parents[2] / "manifests/samples").rglob("*.yaml"))
PLURALS = {
    "ClusterRole": "clusterroles",
    "ClusterRoleBinding": "clusterrolebindings",
    "CustomResourceDefinition": "customresourcedefinitions",
    "Deployment": "deployments",
    "Job": "jobs",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Role": "roles",
    "RoleBinding": "rolebindings",
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
} | {kind.KIND: kind.PLURAL for kind in KINDS}
CLUSTER_WIDE = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"}


def path_of(thing: Object, namespace: str) -> str:
    version, kind = thing["apiVersion"], thing["kind"]
    place = "" if kind in CLUSTER_WIDE else f"/namespaces/{namespace}"
    return f"/{'apis' if '/' in version else 'api'}/{version}{place}/{PLURALS[kind]}/{thing['metadata']['name']}"


def apply_dry(server: ApiServer, thing: Object, namespace: str) -> Object:
    query = {"fieldManager": "weir-tests", "force": "true", "dryRun": "All"}
    return server.send("patch", path_of(thing, namespace), thing, content=APPLY, **query)


@pytest.mark.parametrize("watched", [False, True], ids=["every namespace", "one namespace"])
def test_the_chart_is_accepted(server: ApiServer, namespace: str, watched: bool) -> None:
    objects = render(*([f"watchNamespaces={{{namespace}}}"] if watched else []), namespace=namespace)
    assert objects
    for thing in objects:
        assert apply_dry(server, thing, namespace)["kind"] == thing["kind"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_accepted(server: ApiServer, namespace: str, path: Path) -> None:
    thing = yaml.safe_load(path.read_text())
    assert apply_dry(server, thing, namespace)["metadata"]["name"] == thing["metadata"]["name"]
