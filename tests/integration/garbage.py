"""The garbage collector of a real API server, and from when on it follows Weir's kinds."""

from __future__ import annotations

import uuid

from builders import resources
from builders.k8s_operator import eventually
from integration.api_server import ApiServer, RefusedError

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


def follows_kinds(server: ApiServer) -> None:
    """Wait until what a deleted object of ours owned is deleted: new kinds are looked for every 30 seconds only."""
    name = f"weir-test-{uuid.uuid4().hex[:8]}"
    owner = server.create("default", resources.model_version(name))
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name,
        "uid": owner["metadata"]["uid"],
    }
    metadata = {"name": name, "ownerReferences": [reference]}
    server.send("post", CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    server.delete("default", "ModelVersion", name)
    eventually(lambda: not _exists(server, f"{CONFIG_MAPS}/{name}"), 120, "the garbage collector follows Weir's kinds")


def _exists(server: ApiServer, path: str) -> bool:
    try:
        server.send("get", path)
    except RefusedError as error:
        if error.code == 404:
            return False
        raise
    return True
