"""Builds one image with whatever this machine has: Docker's buildx, or buildah. Knows no image's content."""

import os
import tempfile
from pathlib import Path

from images import base, dockerfile, network
from machine import buildah, docker, packages
from machine.console import say, step
from machine.errors import HackError
from machine.run import run

_BASE_ARGUMENT = "PYTHON_IMAGE"
_PROXY = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def ensure(root: Path, recipe: Path, reference: str) -> None:
    """Build an image unless one of this very name is there."""
    with_docker = docker.answers()
    if not with_docker:
        _require_buildah()
    if (docker if with_docker else buildah).image_id(reference) is not None:
        say(f"  {reference}: built already")
        return
    (_with_docker if with_docker else _with_buildah)(root, recipe, reference)


def _with_docker(root: Path, recipe: Path, reference: str) -> None:
    # Docker's predefined arguments: they take effect without being declared and do not stay in the image.
    proxies = [word for name in _PROXY if name in os.environ for word in ("--build-arg", name)]
    with step(f"building {reference}"):
        run("docker", "buildx", "build", "--load", *proxies, "--file", recipe, "--tag", reference, root)


def _with_buildah(root: Path, recipe: Path, reference: str) -> None:
    wanted = dockerfile.argument(recipe.read_text(), _BASE_ARGUMENT)
    if wanted is None:
        raise HackError(f"{recipe} has no ARG {_BASE_ARGUMENT} with a default: the base image must be named there")
    base.ensure(wanted)
    with tempfile.TemporaryDirectory() as scratch, step(f"building {reference}"):
        mounted = [f"--volume={source}:{place}:ro" for source, place in network.mounts(Path(scratch))]
        run(
            "buildah", "build", "--layers", "--isolation=chroot", "--network=host", "--pull-never", *mounted,
            f"--file={recipe}", f"--tag={reference}", root,
        )  # fmt: skip


def _require_buildah() -> None:
    if os.geteuid() != 0:
        raise HackError("no Docker daemon answers, and buildah needs root here; run as root, or start Docker")
    packages.ensure({"buildah": "buildah", "runc": "runc"}, "building images")
