"""Names of the sidecar's metrics and their labels: the sidecar writes them; dashboards, alerts and tests read them.

Every metric has the labels ``model``, ``version`` and ``deployment``; others are named beside it.
"""

from __future__ import annotations

from typing import Final

BASE_LABELS: Final = ("model", "version", "deployment")

REQUESTS: Final = "weir_requests_total"  # protocol, code
REQUEST_SECONDS: Final = "weir_request_duration_seconds"  # protocol; a histogram over LATENCY_BUCKETS
REQUEST_ERRORS: Final = "weir_request_errors_total"  # kind
ROWS: Final = "weir_rows_total"
FEATURE_BINS: Final = "weir_feature_bin_total"  # feature, bin
FEATURE_QUALITY: Final = "weir_feature_quality_total"  # feature, kind
PREDICTION_BINS: Final = "weir_prediction_bin_total"  # output, bin
PREDICTION_QUALITY: Final = "weir_prediction_quality_total"  # output, kind
HANDOVER_DROPPED: Final = "weir_handover_dropped_total"
HANDOVER_QUEUE: Final = "weir_handover_queue_depth"
BUILD_INFO: Final = "weir_build_info"  # build

_FIRST_SECONDS = 100e-6
_PER_DOUBLING = 4  # bounds the error of a quantile that is read from the histogram to 2^(1/4), 19 %
_DOUBLINGS = 19.25  # up to 62 s

LATENCY_BUCKETS: Final = tuple(
    float(f"{_FIRST_SECONDS * 2 ** (step / _PER_DOUBLING):.4g}") for step in range(int(_DOUBLINGS * _PER_DOUBLING) + 1)
)
