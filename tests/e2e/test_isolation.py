"""Two namespaces do not see each other."""

from __future__ import annotations

from collections.abc import Callable

from e2e import objects
from e2e.conftest import Workspace


def test_a_version_of_another_namespace_does_not_exist_here(
    workspace: Workspace, version: str, make_workspace: Callable[[str], Workspace]
) -> None:
    other = make_workspace("weir-e2e-other")
    other.apply(objects.model_deployment("tumour", version))
    assert other.condition("modeldeployment", "tumour", "Ready", "False")["reason"] == "VersionNotFound"

    other.apply(objects.training_job(version, sklearn={"estimator": "sklearn.linear_model.LogisticRegression"}))
    other.condition("modeldeployment", "tumour", "Ready", "True", timeout=240)
    here, there = (space.get("modelversion", version)["spec"]["artifact"] for space in (workspace, other))
    assert here["digest"] != there["digest"]
