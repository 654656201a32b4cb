"""The chart as the tests see it: rendered by the real helm, as objects."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client

from cluster import tools

Object = dict[str, Any]

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts/weir"
NAMESPACE = "weir-system"
MODELS = {
    "ClusterRole": client.V1ClusterRole,
    "ClusterRoleBinding": client.V1ClusterRoleBinding,
    "Deployment": client.V1Deployment,
    "Job": client.V1Job,
    "Namespace": client.V1Namespace,
    "PersistentVolumeClaim": client.V1PersistentVolumeClaim,
    "Role": client.V1Role,
    "RoleBinding": client.V1RoleBinding,
    "Service": client.V1Service,
    "ServiceAccount": client.V1ServiceAccount,
    "CustomResourceDefinition": client.V1CustomResourceDefinition,
}


class HelmError(AssertionError):
    """helm refused; the message is what it said."""


@functools.cache
def helm(*arguments: str) -> str:
    done = subprocess.run([tools.helm(), *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise HelmError(done.stderr)
    return done.stdout


def render(*settings: str, namespace: str = NAMESPACE) -> list[Object]:
    """Return the objects that the chart makes with these `--set` settings."""
    options = [option for setting in settings for option in ("--set", setting)]
    text = helm("template", "weir", str(CHART), "--namespace", namespace, "--kube-version", "1.33.0", *options)
    return [thing for thing in yaml.safe_load_all(text) if thing]


def only(objects: list[Object], kind: str, name: str = "") -> Object:
    """Return the one object of that kind (and name)."""
    found = [thing for thing in objects if thing["kind"] == kind and name in ("", thing["metadata"]["name"])]
    assert len(found) == 1, [thing["metadata"]["name"] for thing in found]
    return found[0]


def is_hook(thing: Object) -> bool:
    return "helm.sh/hook" in thing["metadata"].get("annotations", {})


def as_kubernetes_reads(thing: Object) -> Object:
    """Return what is left of ``thing`` once the official types have read it; wrong types raise."""
    read: Object = client.ApiClient().sanitize_for_serialization(MODELS[thing["kind"]].from_dict(thing))
    return read
