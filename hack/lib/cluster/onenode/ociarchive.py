"""Packs static programs into an image archive without any image tool. Pure but for reading the programs."""

import gzip
import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def archive(reference: str, programs: Mapping[str, Path], entrypoint: Sequence[str]) -> bytes:
    """An OCI archive of an image that holds only these programs; equal input gives equal bytes."""
    layer = _tar({name.lstrip("/"): path.read_bytes() for name, path in programs.items()}, mode=0o755)
    packed = gzip.compress(layer, compresslevel=1, mtime=0)
    config = _json(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Entrypoint": list(entrypoint), "User": "65535:65535"},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, config),
            "layers": [_descriptor(_LAYER, packed)],
        }
    )
    names = {"io.containerd.image.name": reference}
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [_descriptor(_MANIFEST, manifest, names)]}
    files = {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}), "index.json": _json(index)}
    blobs = {f"blobs/sha256/{_digest(blob).removeprefix('sha256:')}": blob for blob in (packed, config, manifest)}
    return _tar({**files, **blobs}, mode=0o644)


def _tar(files: Mapping[str, bytes], mode: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _descriptor(kind: str, blob: bytes, annotations: Mapping[str, str] | None = None) -> dict[str, object]:
    described: dict[str, object] = {"mediaType": kind, "digest": _digest(blob), "size": len(blob)}
    return {**described, "annotations": dict(annotations)} if annotations else described


def _digest(blob: bytes) -> str:
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
