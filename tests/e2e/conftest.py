"""Namespaces with data and a client in them, on a cluster where Weir is installed (./hack/install)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import client
from e2e import objects
from kubectl import Namespace, kubectl

INSIDE = Path(__file__).parent / "inside"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker("e2e")
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def training_image() -> str:
    """The image that ./hack/install made; a pod of it has Python, scikit-learn and a shell."""
    return os.environ["WEIR_TRAINING_IMAGE"]


class Workspace(Namespace):
    """A namespace with a claim full of data and a pod to ask from."""

    def inside(self, script: Path, *arguments: str, timeout: float = 240) -> Any:
        """Run a script in the client pod; return the JSON document that it prints, or None."""
        printed = self.run(
            "exec", "-i", "client", "--", "python3", "-", *arguments, stdin=script.read_text(), timeout=timeout
        )
        return json.loads(printed) if printed else None

    def compare(self, endpoint: str, run: str) -> Any:
        """Send every row of the data to ``endpoint``; compare with what scikit-learn makes of that TrainingJob."""
        spec = json.dumps(self.get("trainingjob", run)["spec"])
        return self.inside(client.COMPARE, f"{endpoint}.{self.name}.svc", "/mnt/volumes/data/cancer.csv", spec)

    def shell(self, command: str) -> str:
        return self.run("exec", "client", "--", "sh", "-c", command)


def _create(name: str, image: str) -> Workspace:
    kubectl("delete", "namespace", name, "--ignore-not-found", "--wait", timeout=180)
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    workspace = Workspace(name)
    workspace.apply(objects.claim(), client.client_pod("client", objects.CLAIM, image))
    workspace.run("wait", "--for=condition=Ready", "pod/client", "--timeout=120s", timeout=150)
    workspace.inside(INSIDE / "write_data.py")
    return workspace


@pytest.fixture(scope="session")
def make_workspace(training_image: str) -> Iterator[Callable[[str], Workspace]]:
    made: list[str] = []

    def make(name: str) -> Workspace:
        made.append(name)
        return _create(name, training_image)

    yield make
    for name in made:
        kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def workspace(make_workspace: Callable[[str], Workspace]) -> Workspace:
    return make_workspace("weir-e2e")


@pytest.fixture(scope="session")
def version(workspace: Workspace) -> str:
    """A Ready ModelVersion, trained from real data."""
    workspace.apply(objects.training_job("first"))
    workspace.condition("trainingjob", "first", "Succeeded", "True", timeout=180)
    workspace.condition("modelversion", "first", "Ready", "True", timeout=120)
    return "first"


@pytest.fixture(scope="session")
def endpoint(workspace: Workspace, version: str) -> str:
    """A Ready ModelDeployment of that version."""
    workspace.apply(objects.model_deployment("tumour", version))
    workspace.condition("modeldeployment", "tumour", "Ready", "True", timeout=180)
    return "tumour"
