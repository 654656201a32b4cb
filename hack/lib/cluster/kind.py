"""A kind cluster: Kubernetes in Docker. Knows kind's command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.tools import kind, kubectl
from machine.cache import cache_root
from machine.console import step
from machine.docker import image_id
from machine.errors import HackError
from machine.run import run

NAME = "weir"


@dataclass(frozen=True)
class Kind:
    """The kind cluster of this project; other kind clusters are left alone."""

    def up(self) -> None:
        """Create it if it is not there, and wait until it is ready."""
        if NAME not in run(kind(), "get", "clusters").split():
            self.kubeconfig().parent.mkdir(parents=True, exist_ok=True)
            with step("kind create cluster"):
                run(kind(), "create", "cluster", *self._this(), "--wait=180s")
        else:
            run(kind(), "export", "kubeconfig", *self._this())
        run(kubectl(), f"--kubeconfig={self.kubeconfig()}", "wait", "--for=condition=Ready", "node", "--all",
            "--timeout=180s")  # fmt: skip

    def down(self) -> None:
        """Delete it."""
        with step("kind delete cluster"):
            run(kind(), "delete", "cluster", *self._this())
        self.kubeconfig().unlink(missing_ok=True)

    def load(self, images: Sequence[str]) -> None:
        """Hand over images of the Docker daemon; kind itself skips those that every node has."""
        for image in images:
            if image_id(image) is None:
                raise HackError(f"Docker has no image {image}; build it first: hack/images build")
            with step(f"loading {image}"):
                run(kind(), "load", "docker-image", image, f"--name={NAME}")

    def status(self) -> tuple[list[str], bool]:
        """The node's state as the API server tells it."""
        if NAME not in run(kind(), "get", "clusters").split():
            return [f"kind cluster {NAME}: down"], False
        try:
            nodes = run(kubectl(), f"--kubeconfig={self.kubeconfig()}", "--request-timeout=10s", "get", "nodes")
        except HackError as error:
            return [str(error)], False
        return nodes.splitlines(), "NotReady" not in nodes

    def kubeconfig(self) -> Path:
        """A file of its own: the caller's kubeconfig is not touched."""
        return cache_root() / "kind" / "kubeconfig"

    def _this(self) -> tuple[str, str]:
        return f"--name={NAME}", f"--kubeconfig={self.kubeconfig()}"
