"""Names images after their content: an unchanged image keeps its name and is neither built nor loaded again."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from images import dockerfile
from machine.errors import HackError
from machine.run import run

IMAGES = ("operator", "training", "serving")
_IGNORE = ".dockerignore"


def reference(root: Path, image: str) -> str:
    """The full name of an image as the working tree would build it now."""
    version = project_version((root / "pyproject.toml").read_text())
    return f"weir.dev/{image}:{version}-{content_hash(_files(root, image))}"


def dockerfile_of(root: Path, image: str) -> Path:
    """The Dockerfile of an image."""
    path = root / image / "Dockerfile"
    if not path.exists():
        raise HackError(f"{path.relative_to(root)} does not exist: there is no image {image!r} to build")
    return path


def project_version(pyproject: str) -> str:
    """Read the version from a pyproject.toml (tomllib is newer than the oldest Python that runs this)."""
    found = re.search(r'^\[project\]$.*?^version = "([^"]+)"', pyproject, re.MULTILINE | re.DOTALL)
    if not found:
        raise HackError("pyproject.toml has no version in [project]")
    return found[1]


def content_hash(files: Mapping[str, tuple[bool, bytes]]) -> str:
    """Twelve hex digits over names, executable bits and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        executable, content = files[name]
        digest.update(f"{name}\0{executable:d}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _files(root: Path, image: str) -> dict[str, tuple[bool, bytes]]:
    """Every file that git does not ignore below the paths that the Dockerfile names, as it is on disk."""
    recipe = dockerfile_of(root, image)
    paths = [recipe.relative_to(root).as_posix(), _IGNORE, *dockerfile.sources(recipe.read_text())]
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths, cwd=root)
    present = [name for name in listed.split("\0") if name and (root / name).is_file()]
    return {name: (os.access(root / name, os.X_OK), (root / name).read_bytes()) for name in present}
