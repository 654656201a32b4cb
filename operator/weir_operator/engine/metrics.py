"""What the operator says about itself to Prometheus, in a registry of its own."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from weir_operator.cluster.keys import Key
from weir_operator.engine.reconcile import Pass
from weir_operator.plan import kinds

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics(Collector):
    """Counts passes, and knows the state of every object."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._states: dict[Key, str] = {}
        self._passes = Counter(
            "weir_operator_passes", "Passes over objects.", ["kind", "result"], registry=self.registry
        )
        self._duration = Histogram(
            "weir_operator_pass_duration_seconds",
            "How long a pass took.",
            ["kind"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._failures = Counter(
            "weir_operator_failures",
            "Passes that failed, by what they met.",
            ["kind", "reason"],
            registry=self.registry,
        )
        self._age = Histogram(
            "weir_operator_queue_age_seconds",
            "How long an object that was woken waited for its pass.",
            ["kind"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)

    def waited(self, key: Key, seconds: float) -> None:
        """Note that a pass begins, and how long its object had waited for it."""
        self._age.labels(key.kind).observe(seconds)

    def passed(self, key: Key, ended: Pass, seconds: float) -> None:
        """Note that a pass ended."""
        result = "failed" if ended.failure else "gone" if ended.status is None else "done"
        self._passes.labels(key.kind, result).inc()
        self._duration.labels(key.kind).observe(seconds)
        if ended.failure:
            self._failures.labels(key.kind, ended.failure.reason.value).inc()
        self._states[key] = _state(key, ended)

    def forget(self, key: Key) -> None:
        """Stop counting an object."""
        self._states.pop(key, None)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield how many objects of each kind there are in each state."""
        family = GaugeMetricFamily(
            "weir_operator_objects",
            "Objects by the status of the condition that people wait for: Ready, or Succeeded of a TrainingJob.",
            labels=["kind", "ready"],
        )
        for (kind, state), count in sorted(Tally((key.kind, state) for key, state in self._states.items()).items()):
            family.add_metric([kind, state], count)
        yield family


def _state(key: Key, ended: Pass) -> str:
    top = kinds.top_condition(key.kind)
    conditions = (ended.status or {}).get("conditions", ())
    return next((str(entry["status"]) for entry in conditions if entry["type"] == top), "Unknown")
