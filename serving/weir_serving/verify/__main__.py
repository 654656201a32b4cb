"""``python -m weir_serving.verify``."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from weir_model.outcome import VerificationResult
from weir_serving.process.exit import run
from weir_serving.verify.settings import VerifySettings
from weir_serving.verify.verification import verify


def main(variables: Mapping[str, str]) -> VerificationResult:
    """Verify the artifact in a temporary folder of its own."""
    settings = VerifySettings.parse(variables)
    with tempfile.TemporaryDirectory(prefix="weir-verify-") as folder:
        return verify(settings, Path(folder))


if __name__ == "__main__":
    run(main)
