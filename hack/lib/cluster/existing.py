"""A cluster that somebody else made. Used only when asked for by name; nothing of it is created or removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.tools import kubectl
from machine.cache import cache_root
from machine.errors import HackError
from machine.files import write_if_different
from machine.run import run


@dataclass(frozen=True)
class Existing:
    """A context of the caller's own kubeconfig."""

    context: str

    def up(self) -> None:
        """Check that it answers, and take its part out of the caller's kubeconfig."""
        flattened = run(kubectl(), "config", "view", "--context", self.context, "--minify", "--flatten", "--raw")
        path = self.kubeconfig()
        write_if_different(path, flattened, mode=0o600)
        run(kubectl(), f"--kubeconfig={path}", "--request-timeout=10s", "get", "--raw=/readyz")

    def down(self) -> None:
        """Forget it; the cluster itself stays as it is."""
        self.kubeconfig().unlink(missing_ok=True)

    def load(self, images: Sequence[str]) -> None:
        """Refuse: how images get into it is the cluster's own affair."""
        raise HackError(
            f"images cannot be loaded into the existing cluster {self.context}: its nodes must be able to pull them. "
            f"Push {', '.join(images)} to a registry that it reaches, and give that repository to the chart"
        )

    def status(self) -> tuple[list[str], bool]:
        """Whether its API server is ready."""
        try:
            run(kubectl(), f"--kubeconfig={self.kubeconfig()}", "--request-timeout=10s", "get", "--raw=/readyz")
        except HackError as error:
            return [str(error)], False
        return [f"context {self.context}: ready"], True

    def kubeconfig(self) -> Path:
        """A copy that holds this context and no other."""
        return cache_root() / "existing" / f"{self.context.replace('/', '_')}.kubeconfig"
