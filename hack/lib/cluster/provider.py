"""What every kind of cluster can do, and which one to take. Knows no kind from the inside but how to make it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from machine.cache import cache_root
from machine.errors import HackError

NAMES = ("existing", "kind", "onenode")


class Provider(Protocol):
    """A cluster to try things on."""

    def up(self) -> None:
        """Make it usable; safe to repeat."""

    def down(self) -> None:
        """Take away what `up` made, and nothing else; safe to repeat."""

    def load(self, images: Sequence[str]) -> None:
        """Make local images available to pods; quick when they are already."""

    def status(self) -> tuple[list[str], bool]:
        """Lines for a person, and whether all is well."""

    def kubeconfig(self) -> Path:
        """A kubeconfig for an administrator of this cluster alone."""


def choose(asked: str | None, remembered: str | None, docker_answers: bool) -> tuple[str, str]:
    """Decide on (provider, context): what is asked for, else what was used last, else what the machine offers."""
    name, _, context = (asked or remembered or ("kind" if docker_answers else "onenode")).partition(":")
    if name not in NAMES:
        raise HackError(f"there is no provider {name!r}; choose one of {', '.join(NAMES)}")
    if name == "existing" and not context:
        raise HackError("an existing cluster must be named: --provider existing --context NAME")
    return name, context


def asked(provider: str | None, context: str | None) -> str | None:
    """The caller's words: options first, then WEIR_CLUSTER, for example existing:staging."""
    if provider is None and context is None:
        return os.environ.get("WEIR_CLUSTER") or None
    return f"{provider or 'existing'}:{context or ''}".rstrip(":")


def remembered() -> str | None:
    """The choice of the last `up`, so that `load` and `down` mean the same cluster."""
    try:
        return str(json.loads(_memory().read_text())["cluster"])
    except (OSError, ValueError, KeyError):
        return None


def remember(choice: str | None) -> None:
    """Note the choice, or forget it."""
    _memory().parent.mkdir(parents=True, exist_ok=True)
    if choice is None:
        _memory().unlink(missing_ok=True)
    else:
        _memory().write_text(json.dumps({"cluster": choice}) + "\n")


def _memory() -> Path:
    return cache_root() / "cluster.json"
