"""Proves on this machine that `down` leaves nothing behind, also after every process was killed."""

import json
import os
import signal
import sys
from collections.abc import Callable

from cluster.onenode import daemon, proc, store
from cluster.onenode.down import down
from cluster.onenode.settings import Settings, from_environment
from cluster.onenode.snapshot import differences, snapshot
from cluster.onenode.up import up
from cluster.tools import kubectl
from machine.console import say
from machine.errors import HackError, guarded
from machine.run import run
from machine.wait import holds_within


def main() -> int:
    """Two rounds: taken down in order, and after a massacre."""
    settings = from_environment()
    if settings.state.exists():
        raise HackError("a one-node cluster is up or half up here; this would destroy it. First: hack/cluster down")
    for title, before_down in (("taken down while pods run", _nothing), ("killed, then taken down", _kill_everything)):
        say(title)
        _round(settings, before_down)
    print("nothing was left behind")
    return 0


def _round(settings: Settings, before_down: Callable[[Settings], None]) -> None:
    before = snapshot(settings)
    up(settings)
    _run_pods(settings)
    before_down(settings)
    down(settings)
    # Network interfaces of a pod vanish a moment after its namespace.
    if not holds_within(lambda: not differences(before, snapshot(settings)), 5):
        raise HackError("\n  ".join(["the machine is not as it was:", *differences(before, snapshot(settings))]))


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
    for pid in proc.marked(daemon.MARK, str(settings.state)):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(guarded(main))
