"""Settings of fetch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weir_model.contract import ENV_ARTIFACT_DIGEST, ENV_ARTIFACT_URI, ENV_MODEL_DIR, MODEL_DIR
from weir_serving.process.env import Environment


@dataclass(frozen=True)
class FetchSettings:
    """Which artifact, from where, to where."""

    uri: str
    digest: str
    folder: Path

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> FetchSettings:
        """Return the settings that environment ``variables`` spell.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        env = Environment(variables)
        return cls(
            uri=env.text(ENV_ARTIFACT_URI),
            digest=env.digest(ENV_ARTIFACT_DIGEST),
            folder=Path(env.text(ENV_MODEL_DIR, MODEL_DIR)),
        )
