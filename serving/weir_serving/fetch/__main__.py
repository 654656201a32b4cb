"""``python -m weir_serving.fetch``."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from weir_serving.artifact.download import download
from weir_serving.artifact.source import open_source
from weir_serving.fetch.settings import FetchSettings
from weir_serving.process.exit import run

_log = logging.getLogger(__name__)


def main(variables: Mapping[str, str]) -> None:
    """Bring the artifact into the model folder."""
    settings = FetchSettings.parse(variables)
    started = time.monotonic()
    manifest = download(open_source(settings.uri), settings.digest, settings.folder)
    size = sum(entry.size for entry in manifest.files.values())
    _log.info("Fetched %s: %d bytes in %.2f s", settings.uri, size, time.monotonic() - started)


if __name__ == "__main__":
    run(main)
