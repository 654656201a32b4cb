"""Names of children. Fixed: the same parent always has children of the same names, so nothing is made twice."""

from __future__ import annotations

import hashlib
from typing import Final

DEPLOYMENT_LIMIT: Final = 57  # leaves room for what Kubernetes appends to the names of pods
_HASH_LENGTH: Final = 8


def training(training_job: str) -> str:
    """Return the name of a TrainingJob's Job."""
    return f"{training_job}-train"


def verification(model_version: str) -> str:
    """Return the name of a ModelVersion's Job."""
    return f"{model_version}-verify"


def serving(model_deployment: str, version: str) -> str:
    """Return the name of the Deployment that serves one version of a ModelDeployment."""
    return fit(f"{model_deployment}-{version}", DEPLOYMENT_LIMIT)


def fit(text: str, limit: int) -> str:
    """Return ``text``, or when it is longer than ``limit`` its beginning and a hash of all of it."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{text[: limit - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
