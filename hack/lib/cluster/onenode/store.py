"""The images that the cluster's containerd holds. Knows ctr, not where an image was built."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cluster.onenode.ociarchive import archive
from cluster.onenode.settings import Settings
from cluster.onenode.tools import PAUSE, VOLUME
from machine import gobuild
from machine.run import run


def node_image() -> str:
    """The node's own image: the name says which programs are in it."""
    key = hashlib.sha256(f"{gobuild.key(PAUSE)} {gobuild.key(VOLUME)}".encode()).hexdigest()
    return f"weir.dev/onenode:{key[:12]}"


def ensure_node_image(settings: Settings, programs: Mapping[str, Path]) -> None:
    """Put the pause program and the volume helper where every pod needs them."""
    if node_image() in names(settings):
        return
    packed = archive(node_image(), {"/pause": programs["pause"], "/volume": programs["volume"]}, ["/pause"])
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        file.write(packed)
        file.flush()
        import_archive(settings, Path(file.name))


def names(settings: Settings) -> set[str]:
    """References of all images."""
    return set(run(*command(settings, "images", "list", "-q")).split())


def import_archive(settings: Settings, file: Path) -> None:
    """Import an image archive, under the names that it carries."""
    run(*command(settings, "images", "import", str(file)))


def blobs(settings: Settings) -> set[str]:
    """Digests of all manifests, configs and layers."""
    return set(run(*command(settings, "content", "list", "--quiet")).split())


def holds(settings: Settings, reference: str, image_id: str) -> bool:
    """Say whether the cluster has exactly this image under this name."""
    return _ids(settings).get(reference) == image_id and reference in names(settings)


def remember(settings: Settings, reference: str, image_id: str) -> None:
    """Note which image a name stands for: containerd itself keeps another kind of digest."""
    path = _memory(settings)
    path.write_text(json.dumps({**_ids(settings), reference: image_id}, indent=2) + "\n")


def _ids(settings: Settings) -> dict[str, str]:
    try:
        return dict(json.loads(_memory(settings).read_text()))
    except (OSError, ValueError):
        return {}


def _memory(settings: Settings) -> Path:
    return settings.state / "images.json"


def command(settings: Settings, *words: str) -> list[str]:
    """A command line for ctr, in the namespace that the kubelet looks into."""
    return ["ctr", "--address", str(settings.containerd), "--namespace", "k8s.io", *words]
