"""A real API server (the one that KUBECONFIG names), Weir's definitions on it, and fresh namespaces."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from kubernetes import config
from kubernetes.dynamic import DynamicClient

from builders.k8s_operator import OperatorProcess, eventually
from integration import garbage
from integration.api_server import MERGE, ApiServer, Object

ROOT = Path(__file__).parents[2]
NAMESPACES = "weir-test-"  # what the names of the tests' own namespaces begin with
OPERATORS = "/apis/apps/v1/namespaces/weir-system"
OPERATOR = "app.kubernetes.io/name=weir,app.kubernetes.io/component=operator"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker("integration")
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(180))  # the first test waits until the server is ready for it


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    cache = tmp_path_factory.mktemp("discovery") / "cache"
    with config.new_client_from_config() as client:
        yield ApiServer(DynamicClient(client, cache_file=str(cache)))


@pytest.fixture(scope="session", autouse=True)
def _no_other_operator(server: ApiServer) -> Iterator[None]:
    """An operator that is installed on the cluster rests meanwhile: it would work on the tests' objects."""
    found = server.send("get", f"{OPERATORS}/deployments", labelSelector=OPERATOR)["items"]
    for deployment in found:
        scale(server, deployment["metadata"]["name"], 0)
    pods = "/api/v1/namespaces/weir-system/pods"
    eventually(lambda: not server.send("get", pods, labelSelector=OPERATOR)["items"], 60, "the operator rests")
    yield
    for deployment in found:
        scale(server, deployment["metadata"]["name"], deployment["spec"]["replicas"])


def scale(server: ApiServer, name: str, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    server.send("patch", f"{OPERATORS}/deployments/{name}/scale", body, content=MERGE)


@pytest.fixture(scope="session")
def definitions(server: ApiServer) -> Iterator[list[Object]]:
    """This checkout's definitions, served. Those that were not there before are removed in the end."""
    wanted = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "crds").glob("*.yaml"))]
    present = server.definitions()
    try:
        for definition in wanted:
            server.apply_definition(adopted(definition, present.get(definition["metadata"]["name"])))
        yield wanted
    finally:
        garbage.let_go(server, NAMESPACES)
        for definition in wanted:
            if definition["metadata"]["name"] not in present:
                server.delete_definition(definition)


def adopted(definition: Object, present: Object | None) -> Object:
    """Return ``definition`` as Helm would have it, so that a later `helm upgrade` finds nobody else's fields."""
    metadata = present["metadata"] if present else {}
    kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    return definition | {"metadata": definition["metadata"] | kept}


@pytest.fixture(scope="module")
def namespace(server: ApiServer, definitions: list[Object]) -> Iterator[str]:
    """A namespace of the test module's own, on a server that knows Weir's kinds."""
    assert definitions
    name = f"{NAMESPACES}{uuid.uuid4().hex[:8]}"
    server.send("post", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    server.send("delete", f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def _garbage_is_collected(server: ApiServer, definitions: list[Object]) -> None:
    assert definitions
    garbage.follows_kinds(server)


@pytest.fixture(scope="module")
def operator(
    namespace: str, _garbage_is_collected: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OperatorProcess]:
    """The operator as a process of its own, at work in the test module's namespace."""
    with OperatorProcess(namespace, tmp_path_factory.mktemp("operator") / "log") as process:
        yield process
