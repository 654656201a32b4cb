"""Monotonic counters of one version: requests, latencies, and rows over the reference profile's bins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from weir_model.handover import Answer, Arrays, Batch
from weir_model.metrics import LATENCY_BUCKETS
from weir_model.profile import SCORE, Counts, Feature, Profile
from weir_model.signature import LABEL_OUTPUT, PREDICTION_OUTPUT, PROBABILITIES_OUTPUT, Column, Signature

# Picks a feature's values out of a batch's tensors; None when the batch has no such tensor.
Pick = Callable[[Batch], npt.NDArray[Any] | None]


@dataclass
class Latency:
    """A histogram of durations.

    Attributes:
        counts: per bucket, not cumulated, shape (len(LATENCY_BUCKETS) + 1,).
        seconds: their sum.
    """

    counts: Counts = field(default_factory=lambda: np.zeros(len(LATENCY_BUCKETS) + 1, np.uint64))
    seconds: float = 0.0

    def add(self, seconds: list[float]) -> None:
        """Count durations."""
        buckets = np.searchsorted(LATENCY_BUCKETS, seconds, side="left")
        self.counts += np.bincount(buckets, minlength=self.counts.size).astype(np.uint64)
        self.seconds += sum(seconds)


class FeatureCounter:
    """Counts one feature over its reference's bins."""

    def __init__(self, feature: Feature, pick: Pick) -> None:
        self.feature = feature
        self.bins: Counts = np.zeros(len(feature.bins), np.uint64)
        self.quality: Counts = np.zeros(len(feature.QUALITY), np.uint64)
        self._pick = pick

    def add(self, batch: Batch) -> None:
        """Count the feature's values of a batch."""
        values = self._pick(batch)
        if values is None:
            return
        bins, quality = self.feature.count(values)
        self.bins += bins
        self.quality += quality


class Counters:
    """Everything that one sidecar counts.

    Attributes:
        requests: by protocol and code.
        errors: by kind.
        latencies: by protocol.
        rows: rows predicted.
        dropped: answers that were never handed over.
        waiting: answers that waited in the server when it sent the last batch.
        features: in the order of the profile; empty without one.
        predictions: alike.
    """

    def __init__(self, signature: Signature, profile: Profile | None) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.errors: Counter[str] = Counter()
        self.latencies: dict[str, Latency] = {}
        self.rows = 0
        self.dropped = 0
        self.waiting = 0
        columns = {column.name: column for column in signature.columns}
        self.features = [FeatureCounter(f, _column(columns[f.name])) for f in (profile.features if profile else ())]
        self.predictions = [FeatureCounter(f, _prediction(f)) for f in (profile.predictions if profile else ())]

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self._add_answers(batch.answers)
        self.dropped += batch.dropped
        self.waiting = batch.waiting
        for counter in (*self.features, *self.predictions):
            counter.add(batch)

    def _add_answers(self, answers: Iterable[Answer]) -> None:
        seconds: dict[str, list[float]] = {}
        for answer in answers:
            self.requests[answer.protocol, answer.code] += 1
            self.rows += answer.rows
            if answer.error is not None:
                self.errors[answer.error] += 1
            seconds.setdefault(answer.protocol, []).append(answer.seconds)
        for protocol, durations in seconds.items():
            self.latencies.setdefault(protocol, Latency()).add(durations)


def _column(column: Column) -> Pick:
    def pick(batch: Batch) -> npt.NDArray[Any] | None:
        array = batch.inputs.get(column.tensor)
        return None if array is None else array[:, column.index]

    return pick


def _prediction(feature: Feature) -> Pick:
    """Return how to find what a profile's prediction was taken from: a label or number, or the label's score."""
    values = _scores if feature.name == SCORE else _labels if feature.kind == "categorical" else _numbers
    return lambda batch: values(batch.outputs)


def _scores(outputs: Arrays) -> npt.NDArray[Any] | None:
    probabilities = outputs.get(PROBABILITIES_OUTPUT)
    return None if probabilities is None else probabilities.max(axis=1)


def _labels(outputs: Arrays) -> npt.NDArray[Any] | None:
    labels = outputs.get(LABEL_OUTPUT)
    return None if labels is None else np.array([str(label) for label in labels.tolist()], np.object_)


def _numbers(outputs: Arrays) -> npt.NDArray[Any] | None:
    numbers = outputs.get(PREDICTION_OUTPUT)
    return None if numbers is None else numbers.reshape(-1)
