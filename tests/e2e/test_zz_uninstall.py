"""Last of all: uninstalling Weir leaves served models running and nothing stuck."""

from __future__ import annotations

import subprocess

from e2e.conftest import Workspace
from kubectl import Namespace

SYSTEM = Namespace("weir-system")


def test_uninstalling_leaves_models_serving_and_objects_free(workspace: Workspace, endpoint: str) -> None:
    before = {pod["metadata"]["uid"] for pod in workspace.list("pods", f"weir.dev/name={endpoint}")}

    subprocess.run(["helm", "uninstall", "weir", "-n", "weir-system", "--wait"], check=True, timeout=300)

    assert not SYSTEM.list("pods", "app.kubernetes.io/component=operator")
    after = {pod["metadata"]["uid"] for pod in workspace.list("pods", f"weir.dev/name={endpoint}")}
    assert after == before
    told = workspace.compare(endpoint, "first")
    assert told["labels_off"] == 0
    for kind in ("trainingjobs", "modelversions", "modeldeployments"):
        assert not [thing["metadata"]["name"] for thing in workspace.list(kind) if thing["metadata"].get("finalizers")]
    workspace.delete("modeldeployment", endpoint, "--wait", "--timeout=60s")
