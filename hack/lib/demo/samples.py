"""The objects under manifests/samples, as this checkout's images run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

SAMPLES = Path(__file__).parents[3] / "manifests/samples"


def load(training_image: str) -> dict[str, Object]:
    """Return the samples by kind; containers that train run ``training_image``."""
    files = sorted(SAMPLES.glob("*.yaml"))
    objects = [thing for file in files for thing in yaml.safe_load_all(file.read_text()) if thing]
    for thing in objects:
        for container in thing.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
            container["image"] = training_image
    return {thing["kind"]: thing for thing in objects}
