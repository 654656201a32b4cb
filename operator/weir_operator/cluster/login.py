"""How the operator proves who it is: by its service account's token inside a cluster, by a kubeconfig outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubernetes.aio import config
from kubernetes.aio.client.configuration import Configuration

_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def in_cluster() -> bool:
    """Return whether this process runs in a pod with a service account."""
    return _TOKEN.exists()


async def configuration() -> Any:
    """Return a fresh client configuration.

    Inside a cluster it reads the token file again every minute, as the kubelet rotates tokens.

    Raises:
        kubernetes.aio.config.ConfigException: there is neither a service account nor a usable kubeconfig.
    """
    settings = Configuration()
    if in_cluster():
        config.load_incluster_config(client_configuration=settings)
    else:
        await config.load_kube_config(client_configuration=settings)
    return settings
