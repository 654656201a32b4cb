"""The one-node cluster as a provider. Knows which part does what, nothing of how."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.onenode import store
from cluster.onenode.delivery import deliver
from cluster.onenode.down import down
from cluster.onenode.settings import Settings
from cluster.onenode.status import report
from cluster.onenode.up import up
from machine import buildah, docker
from machine.cache import locked
from machine.console import say, step
from machine.errors import HackError
from machine.run import run


@dataclass(frozen=True)
class OneNode:
    """A real Kubernetes of host processes, one per machine."""

    settings: Settings

    def up(self) -> None:
        """Bring it up, or heal it."""
        with locked("onenode"):
            up(self.settings)

    def down(self) -> None:
        """Remove every trace of it."""
        with locked("onenode"):
            down(self.settings)

    def load(self, images: Sequence[str]) -> None:
        """Import local images that the cluster does not hold yet."""
        for image in images:
            self._load(image)

    def status(self) -> tuple[list[str], bool]:
        """One line per component."""
        return report(self.settings)

    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.settings.kubeconfig

    def _load(self, image: str) -> None:
        from_docker = docker.image_id(image) if docker.answers() else None
        image_id = from_docker or buildah.image_id(image)
        if image_id is None:
            raise HackError(f"there is no local image {image}; build it first: hack/images build")
        if store.holds(self.settings, image, image_id):
            say(f"  {image}: already in the cluster")
            return
        with step(f"loading {image}"), locked("onenode-images"):
            if from_docker:
                self._from_docker(image)
            else:
                deliver(self.settings, image)
            store.remember(self.settings, image, image_id)

    def _from_docker(self, image: str) -> None:
        with tempfile.NamedTemporaryFile(dir=self.settings.state, suffix=".tar") as file:
            run("docker", "save", "--output", file.name, image)
            store.import_archive(self.settings, Path(file.name))
