"""Hands an image of buildah's over to containerd: only the layers that it does not hold yet. Knows OCI's formats."""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from cluster.onenode import store
from cluster.onenode.settings import Settings
from machine.errors import HackError
from machine.run import run, tail

_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'


def deliver(settings: Settings, reference: str) -> None:
    """Make an image of buildah's store available to pods under its name."""
    with tempfile.TemporaryDirectory(dir=settings.state) as scratch:
        # A plain folder, as the only destination that buildah writes uncompressed: compressing takes longer than all
        # the rest, and a layer keeps its digest from one push to the next.
        run("buildah", "push", "--quiet", "--format=oci", "--disable-compression", reference, f"dir:{scratch}")
        command = store.command(settings, "images", "import", "-")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as ctr:
            assert ctr.stdin  # noqa: S101 - asked for above
            assert ctr.stderr  # noqa: S101
            with suppress(BrokenPipeError):  # then ctr says itself why it ended
                write(ctr.stdin, Path(scratch), reference, held=store.blobs(settings))
                ctr.stdin.close()
            complaint = ctr.stderr.read().decode(errors="replace")
    if ctr.returncode != 0:
        raise HackError(f"containerd did not take {reference}:\n{tail(complaint)}")


def write(stream: IO[bytes], folder: Path, reference: str, held: Collection[str]) -> None:
    """Write an image archive that leaves out the blobs that are held already."""
    manifest = (folder / "manifest.json").read_bytes()
    with tarfile.open(fileobj=stream, mode="w|", bufsize=1 << 20) as archive:
        _add(archive, "oci-layout", _LAYOUT)
        _add(archive, "index.json", index(manifest, reference))
        _add(archive, _blob_name(_digest(manifest)), manifest)
        for digest in missing(json.loads(manifest), held):
            archive.add(folder / digest.removeprefix("sha256:"), arcname=_blob_name(digest))


def index(manifest: bytes, reference: str) -> bytes:
    """The index of an archive with one image, with the name that containerd gives it. Pure."""
    described = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": _digest(manifest),
        "size": len(manifest),
        "annotations": {"io.containerd.image.name": reference},
    }
    return json.dumps({"schemaVersion": 2, "manifests": [described]}).encode()


def missing(manifest: dict[str, Any], held: Collection[str]) -> Iterator[str]:
    """Digests that a manifest refers to and that are not held, each once. Pure."""
    digests = [manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])]
    return (digest for digest in dict.fromkeys(digests) if digest not in held)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, BytesIO(content))


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _blob_name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
