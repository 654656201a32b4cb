"""What goes once its owner or its operator is gone: when the garbage collector follows, what tests leave behind."""

from __future__ import annotations

import uuid

from builders import resources
from builders.k8s_operator import eventually
from integration.api_server import GROUP, MERGE, PLURALS, ApiServer, RefusedError

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


def let_go(server: ApiServer, namespaces: str) -> None:
    """Take the finalizers off the objects in namespaces whose names begin so: the operator that put them is gone."""
    for plural in PLURALS.values():
        for thing in server.send("get", f"{GROUP}/{plural}")["items"]:
            namespace, name = thing["metadata"]["namespace"], thing["metadata"]["name"]
            if namespace.startswith(namespaces) and thing["metadata"].get("finalizers"):
                _strip(server, f"{GROUP}/namespaces/{namespace}/{plural}/{name}")


def _strip(server: ApiServer, path: str) -> None:
    try:
        server.send("patch", path, {"metadata": {"finalizers": None}}, content=MERGE)
    except RefusedError as error:
        if error.code != 404:
            raise


def _exists(server: ApiServer, path: str) -> bool:
    try:
        server.send("get", path)
    except RefusedError as error:
        if error.code == 404:
            return False
        raise
    return True
