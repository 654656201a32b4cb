"""Kernel settings that the cluster changes. Remembers what they were; puts them back."""

import json
from pathlib import Path

from cluster.onenode.settings import Settings

ROOT = Path("/proc/sys")
_FORWARDING = "net/ipv4/ip_forward"
# The kubelet sets the others by itself when it starts.
NAMES = (
    _FORWARDING,
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)


def ensure(settings: Settings) -> None:
    """Remember the values once, then allow forwarding between pods."""
    memory = _memory(settings)
    if not memory.exists():
        values = {name: (ROOT / name).read_text().strip() for name in NAMES if (ROOT / name).exists()}
        memory.write_text(json.dumps(values, indent=2) + "\n")
    (ROOT / _FORWARDING).write_text("1")


def restore(settings: Settings) -> None:
    """Put back what is different from what was remembered."""
    try:
        values = json.loads(_memory(settings).read_text())
    except (OSError, ValueError):  # never started, or died before it changed anything
        return
    for name, value in values.items():
        path = ROOT / name
        if name in NAMES and path.read_text().strip() != value:
            path.write_text(value)


def _memory(settings: Settings) -> Path:
    return settings.state / "sysctls.json"
