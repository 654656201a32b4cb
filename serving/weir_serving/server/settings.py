"""Settings of the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weir_model.contract import (
    ENV_ARTIFACT_DIGEST,
    ENV_DRAIN_SECONDS,
    ENV_HANDOVER_SOCKET,
    ENV_HTTP_PORT,
    ENV_MAX_REQUEST_MIB,
    ENV_MODEL,
    ENV_MODEL_DIR,
    ENV_THREADS,
    ENV_TIMEOUT_SECONDS,
    ENV_VERSION,
    HANDOVER_SOCKET,
    HTTP_PORT,
    MODEL_DIR,
)
from weir_serving.process.env import Environment
from weir_serving.runtime.cpu import available_threads

DRAIN_SECONDS = 5.0
TIMEOUT_SECONDS = 30.0
MAX_REQUEST_MIB = 16


@dataclass(frozen=True)
class ServerSettings:
    """What is served, and within which bounds.

    Attributes:
        model: the model's name in URLs.
        version: the version's name in URLs, answers and the version header.
        digest: the approved artifact.
        folder: where fetch put it.
        socket: where the sidecar listens.
        port: 0 takes any free one.
        threads: of one inference.
        timeout_seconds: from a request's head to its answer.
        max_request_bytes: of one request's body.
        drain_seconds: between SIGTERM and the listener closing.
    """

    model: str
    version: str
    digest: str
    folder: Path
    socket: Path
    port: int
    threads: int
    timeout_seconds: float
    max_request_bytes: int
    drain_seconds: float

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> ServerSettings:
        """Return the settings that environment ``variables`` spell.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        env = Environment(variables)
        return cls(
            model=env.text(ENV_MODEL),
            version=env.text(ENV_VERSION),
            digest=env.digest(ENV_ARTIFACT_DIGEST),
            folder=Path(env.text(ENV_MODEL_DIR, MODEL_DIR)),
            socket=Path(env.text(ENV_HANDOVER_SOCKET, HANDOVER_SOCKET)),
            port=env.integer(ENV_HTTP_PORT, HTTP_PORT, low=0, high=65535),
            threads=env.integer(ENV_THREADS, available_threads(), low=1, high=1024),
            timeout_seconds=env.seconds(ENV_TIMEOUT_SECONDS, TIMEOUT_SECONDS, low=0.001, high=3600),
            max_request_bytes=env.integer(ENV_MAX_REQUEST_MIB, MAX_REQUEST_MIB, low=1, high=1024) << 20,
            drain_seconds=env.seconds(ENV_DRAIN_SECONDS, DRAIN_SECONDS, low=0, high=3600),
        )
