"""Files that containerd, CNI and the kubelet leave outside the state folder: their paths cannot be configured."""

import json
from pathlib import Path

from cluster.onenode.settings import Settings

# Folders that get made by the way. One that was there before `up` stays; a new one goes when it is empty.
FOLDERS = (
    "/run/containerd/s", "/run/containerd/fifo", "/run/containerd/io.containerd.runtime.v2.task",
    "/run/containerd/runc", "/run/containerd",
    "/var/lib/cni/results", "/var/lib/cni/networks", "/var/lib/cni", "/run/netns",
    "/var/lib/kubelet/device-plugins", "/var/lib/kubelet/pki", "/var/lib/kubelet",
    "/var/log/containers", "/var/log/pods",
    "/usr/libexec/kubernetes/kubelet-plugins/volume/exec", "/usr/libexec/kubernetes/kubelet-plugins/volume",
    "/usr/libexec/kubernetes/kubelet-plugins", "/usr/libexec/kubernetes",
    "/run/mount",
)  # fmt: skip
_DEVICE_PLUGINS = Path("/var/lib/kubelet/device-plugins")
_CNI_RESULTS = Path("/var/lib/cni/results")
_POD_LOG_LINKS = Path("/var/log/containers")


def remember(settings: Settings) -> None:
    """Note once which of the folders were there before this cluster."""
    memory = _memory(settings)
    if not memory.exists():
        memory.write_text(json.dumps([folder for folder in FOLDERS if Path(folder).exists()], indent=2) + "\n")


def remove(settings: Settings) -> None:
    """Remove what this cluster left, and the folders that came with it. Call while the state folder still exists."""
    for path in owned(settings):
        path.unlink(missing_ok=True)
    before = _before(settings)
    if before is None:
        return
    if str(_DEVICE_PLUGINS) not in before and _DEVICE_PLUGINS.is_dir():
        for path in _DEVICE_PLUGINS.iterdir():
            path.unlink()
    for folder in map(Path, FOLDERS):
        if str(folder) not in before and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def owned(settings: Settings) -> list[Path]:
    """Files in shared folders that belong to this very cluster."""
    return [*_sockets(settings), *_cni_results(settings), *_log_links(settings)]


def _sockets(settings: Settings) -> list[Path]:
    """Sockets of shims, found through the bundles, because a killed shim does not remove its own."""
    bundles = settings.run / "containerd" / "io.containerd.runtime.v2.task" / "k8s.io"
    addresses = [file.read_text().strip() for file in bundles.glob("*/address")]
    return [
        Path(address.removeprefix("unix://"))
        for address in addresses
        if address.startswith("unix:///run/containerd/s/")
    ]


def _cni_results(settings: Settings) -> list[Path]:
    """What CNI remembers of our sandboxes, under every network's name: pods also have a loopback network."""
    sandboxes = settings.state / "containerd" / "io.containerd.grpc.v1.cri" / "sandboxes"
    if not sandboxes.is_dir() or not _CNI_RESULTS.is_dir():
        return []
    ours = {folder.name for folder in sandboxes.iterdir()}
    return [path for path in _CNI_RESULTS.iterdir() if ours & set(path.name.split("-"))]


def _log_links(settings: Settings) -> list[Path]:
    if not _POD_LOG_LINKS.is_dir():
        return []
    links = [path for path in _POD_LOG_LINKS.iterdir() if path.is_symlink()]
    return [path for path in links if str(path.readlink()).startswith(f"{settings.state}/")]


def _before(settings: Settings) -> set[str] | None:
    try:
        return set(json.loads(_memory(settings).read_text()))
    except (OSError, ValueError):
        return None


def _memory(settings: Settings) -> Path:
    return settings.state / "folders-before.json"
