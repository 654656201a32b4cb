"""Settings of the verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weir_model.contract import ENV_ARTIFACT_DIGEST, ENV_ARTIFACT_URI, ENV_THREADS
from weir_serving.process.env import Environment
from weir_serving.runtime.cpu import available_threads


@dataclass(frozen=True)
class VerifySettings:
    """Which artifact, from where, and how many threads may replay it."""

    uri: str
    digest: str
    threads: int

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> VerifySettings:
        """Return the settings that environment ``variables`` spell.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        env = Environment(variables)
        return cls(
            uri=env.text(ENV_ARTIFACT_URI),
            digest=env.digest(ENV_ARTIFACT_DIGEST),
            threads=env.integer(ENV_THREADS, available_threads(), low=1, high=1024),
        )
