"""Two namespaces do not see each other, and an operator for one of them leaves the other alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.k8s_operator import OperatorProcess
from builders.k8s_puppets import Stage
from integration.api_server import ApiServer


@pytest.fixture(scope="module")
def other(server: ApiServer, namespace: str) -> Iterator[Stage]:
    name = f"{namespace}-{uuid.uuid4().hex[:4]}"
    server.send("post", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield Stage(server, name)
    server.send("delete", f"/api/v1/namespaces/{name}")


def test_a_version_is_found_in_its_own_namespace_only(
    server: ApiServer, namespace: str, other: Stage, tmp_path: Path
) -> None:
    here = Stage(server, namespace)
    with OperatorProcess(f"{namespace},{other.namespace}", tmp_path / "log"):
        here.ready_version("blue")
        other.endpoint("tumour", "blue")
        here.endpoint("tumour", "blue")
        here.appears("Deployment", "tumour-blue")
        other.told("ModelDeployment", "tumour", "Ready", "False", "VersionNotFound")
        assert other.all("Deployment") == []


def test_an_operator_for_one_namespace_leaves_others_alone(
    server: ApiServer, namespace: str, other: Stage, tmp_path: Path
) -> None:
    here = Stage(server, namespace)
    with OperatorProcess(namespace, tmp_path / "log"):
        other.run("elsewhere")
        here.run("here")
        here.appears("Job", "here-train")
        untouched = other.get("TrainingJob", "elsewhere") or {}
        assert ("status" in untouched, "finalizers" in untouched["metadata"]) == (False, False)
