"""From settings to a data plane that may answer: the artifact hashed again, loaded, compared, warm."""

from __future__ import annotations

import logging
import time

from weir_serving.artifact.integrity import verify_folder
from weir_serving.runtime.checked import load_checked
from weir_serving.server.dataplane import DataPlane
from weir_serving.server.engine import Engine
from weir_serving.server.settings import ServerSettings

_log = logging.getLogger(__name__)


def load_data_plane(settings: ServerSettings) -> DataPlane:
    """Return the data plane for the artifact in the model folder.

    Raises:
        StartupError: the artifact is not the approved one, or cannot be served; see weir_serving.errors.
    """
    started = time.monotonic()
    manifest = verify_folder(settings.folder, settings.digest)
    checked = load_checked(settings.folder, manifest, settings.threads)
    _log.info(
        "Loaded %s %s (%s) with %d threads in %.2f s; replayed %d golden examples",
        settings.model,
        settings.version,
        settings.digest,
        settings.threads,
        time.monotonic() - started,
        checked.examples,
    )
    engine = Engine(checked.model, settings.threads)
    return DataPlane(settings.model, settings.version, manifest.signature, engine)
