"""Talks to the cluster's API server through kubectl. Knows what must hold before the cluster counts as up."""

from pathlib import Path

from cluster.onenode.settings import Settings
from machine.errors import HackError
from machine.run import run
from machine.wait import until


def apply_addons(settings: Settings, kubectl: Path) -> None:
    """Apply the objects that the cluster's own helpers need."""
    # Server-side: it creates what is missing and leaves alone what is equal.
    _kubectl(settings, kubectl, "apply", "--server-side", "--force-conflicts", "-f", str(settings.conf / "addons.json"))


def wait_usable(settings: Settings, kubectl: Path) -> None:
    """Wait until a pod that is created now would run."""
    until(lambda: _says(settings, kubectl, "True", *_READY_NODE, settings.node), 90, "the node to become Ready", 0.3)
    until(
        lambda: _says(
            settings, kubectl, "default", "get", "serviceaccount", "default", "-o", "jsonpath={.metadata.name}"
        ),
        30,
        "the default service account",
        0.3,
    )


_READY_NODE = ("get", "node", "-o", 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')


def _says(settings: Settings, kubectl: Path, expected: str, *words: str) -> bool:
    try:
        return _kubectl(settings, kubectl, *words) == expected
    except HackError:  # not there yet
        return False


def _kubectl(settings: Settings, kubectl: Path, *words: str) -> str:
    return run(kubectl, f"--kubeconfig={settings.kubeconfig}", "--request-timeout=10s", *words, timeout=30)
