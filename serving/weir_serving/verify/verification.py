"""The verification itself."""

from __future__ import annotations

import logging
from pathlib import Path

from weir_model.outcome import VerificationResult
from weir_serving.artifact.documents import read_profile
from weir_serving.artifact.download import download
from weir_serving.artifact.source import open_source
from weir_serving.runtime.checked import load_checked
from weir_serving.verify.settings import VerifySettings

_log = logging.getLogger(__name__)


def verify(settings: VerifySettings, folder: Path) -> VerificationResult:
    """Fetch the artifact into ``folder``, load it, replay its golden examples and read its profile.

    Raises:
        StartupError: whatever is wrong with it; see weir_serving.errors.
    """
    manifest = download(open_source(settings.uri), settings.digest, folder)
    checked = load_checked(folder, manifest, settings.threads)
    read_profile(folder, manifest)
    _log.info("Verified %s: replayed %d golden examples", settings.digest, checked.examples)
    return VerificationResult(settings.digest, checked.examples)
