"""kopf's settings: what is watched, how, and everything of kopf that we do without."""

from __future__ import annotations

from typing import Final

import kopf

from weir_operator.api.v1alpha1.common import FINALIZER
from weir_operator.plan import labels

# The plurals and groups of what plans make, and of the pods behind it.
CHILDREN: Final = (
    ("batch", "v1", "jobs"),
    ("", "v1", "pods"),
    ("apps", "v1", "deployments"),
    ("", "v1", "services"),
    ("policy", "v1", "poddisruptionbudgets"),
)
OURS: Final = f"{labels.MANAGED_BY}={labels.MANAGER}"

_STREAMING_SINCE: Final = (1, 34)  # Kubernetes versions that stream the first list (WatchList)
_CHUNK: Final = 200
_REQUEST_SECONDS: Final = 30


def tune(settings: kopf.OperatorSettings, server_version: tuple[int, int]) -> None:
    """Set what this operator wants of kopf."""
    settings.persistence.finalizer = FINALIZER
    settings.posting.enabled = False  # Events are written by the engine, after the status that they speak of
    settings.scanning.disabled = True  # kinds are there before we start, and namespaces are given
    settings.peering.standalone = True  # two at once do the same thing twice, harmlessly
    settings.networking.request_timeout = _REQUEST_SECONDS
    settings.networking.connect_timeout = _REQUEST_SECONDS
    if server_version >= _STREAMING_SINCE:
        settings.watching.initial_streaming = True
    else:
        settings.watching.chunk_size = _CHUNK
    for group, version, plural in CHILDREN:
        settings.watching.label_selectors[group, version, plural] = OURS
