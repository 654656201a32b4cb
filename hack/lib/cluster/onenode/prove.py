"""Proves on this machine that `down` leaves nothing behind, also after every process was killed.

It runs a second cluster under other names, in a network of its own (see hack/onenode/prove): one that is up stays.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from cluster.onenode import daemon, proc, store
from cluster.onenode.down import down
from cluster.onenode.settings import Settings
from cluster.onenode.snapshot import differences, snapshot
from cluster.onenode.up import up
from cluster.tools import kubectl
from machine.console import say
from machine.errors import HackError, guarded
from machine.run import run
from machine.wait import holds_within


def main() -> int:
    """Two rounds: taken down in order, and after a massacre."""
    name = "weir-prove"
    settings = Settings(state=Path("/var/lib") / name, node=name, link="weirp0", table=name, cgroup=name)
    down(settings)  # what an interrupted proof may have left
    for title, before_down in (("taken down while pods run", _nothing), ("killed, then taken down", _kill_everything)):
        say(title)
        _round(settings, before_down)
    print("nothing was left behind")
    return 0


def _round(settings: Settings, before_down: Callable[[Settings], None]) -> None:
    before = snapshot(settings, Settings())
    up(settings)
    _run_pods(settings)
    before_down(settings)
    down(settings)
    # Network interfaces of a pod vanish a moment after its namespace.
    if not holds_within(lambda: not _left(before, settings), 10):
        raise HackError("\n  ".join(["left behind:", *_left(before, settings)]))


def _left(before: dict[str, set[str]], settings: Settings) -> list[str]:
    return differences(before, snapshot(settings, Settings()))


def _run_pods(settings: Settings) -> None:
    """Everything that makes traces: addresses, a Service's rules, a volume."""
    kubeconfig = f"--kubeconfig={settings.kubeconfig}"
    run(kubectl(), kubeconfig, "apply", "-f", "-", stdin=json.dumps(_objects()))
    run(kubectl(), kubeconfig, "rollout", "status", "deployment/trace", "--timeout=90s")


def _objects() -> dict[str, object]:
    labels = {"app": "trace"}
    pod = {
        "containers": [
            {
                "name": "main",
                "image": store.node_image(),
                "imagePullPolicy": "Never",
                "volumeMounts": [{"name": "data", "mountPath": "/data"}],
            }
        ],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "trace"}}],
    }
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "trace"}, "spec": claim},
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "trace"},
                "spec": {"selector": labels, "ports": [{"port": 80}]},
            },
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "trace"},
                "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": template},
            },
        ],
    }


def _nothing(settings: Settings) -> None:
    del settings


def _kill_everything(settings: Settings) -> None:
    daemon.stop(proc.marked(daemon.MARK, str(settings.state)), patience=0)


if __name__ == "__main__":
    sys.exit(guarded(main))
