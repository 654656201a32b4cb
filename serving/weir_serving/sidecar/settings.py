"""Settings of the sidecar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weir_model.contract import (
    ENV_ARTIFACT_DIGEST,
    ENV_DEPLOYMENT,
    ENV_HANDOVER_SOCKET,
    ENV_MODEL,
    ENV_MODEL_DIR,
    ENV_SIDECAR_PORT,
    ENV_VERSION,
    HANDOVER_SOCKET,
    MODEL_DIR,
    SIDECAR_PORT,
)
from weir_serving.process.env import Environment


@dataclass(frozen=True)
class SidecarSettings:
    """What is counted, and where it comes from and goes to.

    Attributes:
        model: label of every metric; so are ``version`` and ``deployment``.
        digest: the approved artifact.
        folder: where fetch put it.
        socket: where to listen for the server.
        port: where to listen for scrapers; 0 takes any free one.
    """

    model: str
    version: str
    deployment: str
    digest: str
    folder: Path
    socket: Path
    port: int

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> SidecarSettings:
        """Return the settings that environment ``variables`` spell.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        env = Environment(variables)
        return cls(
            model=env.text(ENV_MODEL),
            version=env.text(ENV_VERSION),
            deployment=env.text(ENV_DEPLOYMENT),
            digest=env.digest(ENV_ARTIFACT_DIGEST),
            folder=Path(env.text(ENV_MODEL_DIR, MODEL_DIR)),
            socket=Path(env.text(ENV_HANDOVER_SOCKET, HANDOVER_SOCKET)),
            port=env.integer(ENV_SIDECAR_PORT, SIDECAR_PORT, low=0, high=65535),
        )
