"""The counters as Prometheus metrics, made at each scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from weir_model import metrics
from weir_model.profile import Counts
from weir_model.version import VERSION
from weir_serving.sidecar.counters import Counters, FeatureCounter, Latency


class CountersCollector(Collector):
    """Shows one version's counters."""

    def __init__(self, counters: Counters, model: str, version: str, deployment: str) -> None:
        self._counters = counters
        self._base = (model, version, deployment)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield from self._requests()
        yield from self._handover()
        yield from self._bins(self._counters.features, metrics.FEATURE_BINS, metrics.FEATURE_QUALITY, "feature")
        yield from self._bins(self._counters.predictions, metrics.PREDICTION_BINS, metrics.PREDICTION_QUALITY, "output")

    def _requests(self) -> Iterator[Metric]:
        counters = self._counters
        codes = [((protocol, str(code)), count) for (protocol, code), count in counters.requests.items()]
        yield self._counter(metrics.REQUESTS, "Answered requests.", ("protocol", "code"), codes)
        kinds = [((kind,), count) for kind, count in counters.errors.items()]
        yield self._counter(metrics.REQUEST_ERRORS, "Requests that were refused or failed, by cause.", ("kind",), kinds)
        yield self._counter(metrics.ROWS, "Rows that were predicted.", (), [((), counters.rows)])
        labels = (*metrics.BASE_LABELS, "protocol")
        help_text = "From a request's head to its encoded answer."
        histogram = HistogramMetricFamily(metrics.REQUEST_SECONDS, help_text, labels=labels)
        for protocol, latency in counters.latencies.items():
            histogram.add_metric((*self._base, protocol), _cumulated(latency), latency.seconds)
        yield histogram

    def _handover(self) -> Iterator[Metric]:
        dropped = "Answers that the server gave up handing over; the other counters lack them."
        yield self._counter(metrics.HANDOVER_DROPPED, dropped, (), [((), self._counters.dropped)])
        waiting = "Answers that waited in the server when it sent its last batch."
        queue = GaugeMetricFamily(metrics.HANDOVER_QUEUE, waiting, labels=metrics.BASE_LABELS)
        queue.add_metric(self._base, self._counters.waiting)
        yield queue
        build = GaugeMetricFamily(metrics.BUILD_INFO, "What counts.", labels=(*metrics.BASE_LABELS, "build"))
        build.add_metric((*self._base, VERSION), 1)
        yield build

    def _bins(self, counters: Iterable[FeatureCounter], bins: str, quality: str, label: str) -> Iterator[Metric]:
        counters = list(counters)
        yield self._counter(
            bins,
            f"Rows by {label} and bin of the reference profile.",
            (label, "bin"),
            (line for c in counters for line in _lines(c.feature.name, c.feature.bins, c.bins)),
        )
        yield self._counter(
            quality,
            f"Rows by {label} whose value is missing, out of the reference's range or unseen.",
            (label, "kind"),
            (line for c in counters for line in _lines(c.feature.name, c.feature.QUALITY, c.quality)),
        )

    def _counter(
        self, name: str, help_text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], int]]
    ) -> Metric:
        family = CounterMetricFamily(name, help_text, labels=(*metrics.BASE_LABELS, *labels))
        for own, value in values:
            family.add_metric((*self._base, *own), value)
        return family


def _lines(name: str, labels: Sequence[str], counts: Counts) -> Iterator[tuple[tuple[str, ...], int]]:
    for label, count in zip(labels, counts.tolist(), strict=True):
        yield (name, label), count


def _cumulated(latency: Latency) -> list[tuple[str, float]]:
    bounds = [*map(str, metrics.LATENCY_BUCKETS), "+Inf"]
    return list(zip(bounds, np.cumsum(latency.counts).tolist(), strict=True))
