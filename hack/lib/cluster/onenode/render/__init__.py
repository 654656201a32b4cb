"""Renders the configuration of every component: (settings, facts) -> files. Pure: reads and writes nothing."""

import json
from dataclasses import dataclass

from cluster.onenode.render import addons, coredns, kubernetes, runtime, storage
from cluster.onenode.settings import Settings


@dataclass(frozen=True)
class Facts:
    """What was found on the machine and decides a rendered line."""

    node_image: str  # holds the pause program and the volume helper
    may_raise_priority: bool  # CAP_SYS_RESOURCE is there


def render(settings: Settings, facts: Facts) -> dict[str, str]:
    """Every configuration file by its name below the configuration folder."""
    return {
        "containerd.toml": runtime.containerd(settings, facts.node_image, facts.may_raise_priority),
        "cni/10-weir.conflist": _json(runtime.cni(settings)),
        "kubelet.json": _json(kubernetes.kubelet(settings)),
        "kube-proxy.json": _json(kubernetes.kube_proxy(settings)),
        "Corefile": coredns.corefile(settings),
        "local-path.json": _json(storage.provisioner(settings)),
        "local-path-helper.json": _json(storage.helper_pod(facts.node_image)),
        "addons.json": _json(addons.objects()),
    }


def _json(value: object) -> str:
    """JSON is YAML too, and the standard library writes it."""
    return json.dumps(value, indent=2) + "\n"
