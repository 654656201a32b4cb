"""Debian packages that a provider needs. Knows which file proves that a package is there; installs only as root."""

import os
from collections.abc import Mapping
from pathlib import Path

from machine.console import say, step
from machine.errors import HackError
from machine.run import program, run


def missing(needed: Mapping[str, str]) -> list[str]:
    """Names of the packages whose proof (a program's name, or an absolute path) is not on this machine."""
    return [package for package, proof in needed.items() if not _present(proof)]


def ensure(needed: Mapping[str, str], purpose: str) -> None:
    """Install what is missing, or say exactly what to install."""
    absent = missing(needed)
    if not absent:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(absent)}"
    if os.geteuid() != 0 or program("apt-get") is None:
        raise HackError(f"{purpose} needs programs that are not installed; as root on Debian or Ubuntu: {command}")
    say(f"installing for {purpose}: {' '.join(absent)}")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    with step("apt-get install"):
        try:
            run(*command.split(), env=environment)
        except HackError:  # a fresh machine has no package lists, or old ones
            run("apt-get", "update", env=environment)
            run(*command.split(), env=environment)
    still = missing(needed)
    if still:
        raise HackError(f"apt-get installed {' '.join(still)}, yet what they should bring is not there")


def _present(proof: str) -> bool:
    return Path(proof).exists() if proof.startswith("/") else program(proof) is not None
