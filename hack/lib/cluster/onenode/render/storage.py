"""Configuration of the local-path provisioner, which makes volumes for the default StorageClass. Pure."""

from cluster.onenode.settings import Settings


def provisioner(settings: Settings) -> dict[str, object]:
    """Where volumes lie and which program of the node image makes and removes them."""
    return {
        "nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [f"{settings.state}/volumes"]}],
        "setupCommand": "/volume",
        "teardownCommand": "/volume",
    }


def helper_pod(node_image: str) -> dict[str, object]:
    """The pod that runs the helper program on the node."""
    container = {
        "name": "helper-pod",
        "image": node_image,
        "imagePullPolicy": "Never",
        "securityContext": {"runAsUser": 0},  # a volume's files belong to whoever wrote them
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "helper-pod"},
        "spec": {"automountServiceAccountToken": False, "containers": [container]},
    }
