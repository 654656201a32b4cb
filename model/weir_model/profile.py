"""The reference profile: what training data looked like, as bins that live data is counted into.

Counters over fixed bins add across pods and subtract across time, so drift statistics are functions of them. Every
finite value falls into a bin; what is missing, infinite, outside the reference's range or unseen is counted besides,
because its expected mass is about zero, which a chi-square over the bins could not stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from weir_model.signature import MISSING_CATEGORY

QUANTILE_BINS = 10
TOP_CATEGORIES = 20
PREDICTION = "prediction"  # the model's answer: its label as text, or its number
SCORE = "score"  # a classifier's largest probability
KNOWN_CATEGORIES = 1000  # rarer ones count as unseen: the profile stays small whatever the data is

Counts = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class NumericFeature:
    """A numeric feature's reference.

    Attributes:
        edges: interior bin edges, ascending, shape (bins - 1,); bin i holds (edges[i-1], edges[i]].
        counts: rows of the reference per bin, shape (bins,).
        low: the smallest finite value of the reference.
        high: the largest finite value of the reference.
        quality: rows of the reference that were missing or infinite, in the order of ``QUALITY``.
    """

    QUALITY: ClassVar[tuple[str, ...]] = ("null", "infinite", "below_min", "above_max")

    name: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    low: float
    high: float
    quality: tuple[int, ...]
    kind: Literal["numeric"] = "numeric"

    @property
    def bins(self) -> tuple[str, ...]:
        """The bins' label values, in order: their upper edges, the last one ``+Inf``."""
        return (*(repr(edge) for edge in self.edges), "+Inf")

    def count(self, values: npt.NDArray[np.floating]) -> tuple[Counts, Counts]:
        """Count ``values`` of shape (rows,) into bins, shape (bins,), and quality kinds, shape (len(QUALITY),)."""
        finite = values[np.isfinite(values)]
        binned = np.bincount(np.searchsorted(self.edges, finite, side="left"), minlength=len(self.edges) + 1)
        quality = [
            np.count_nonzero(np.isnan(values)),
            np.count_nonzero(np.isinf(values)),
            np.count_nonzero(finite < self.low),
            np.count_nonzero(finite > self.high),
        ]
        return binned.astype(np.uint64), np.array(quality, np.uint64)


@dataclass(frozen=True)
class CategoricalFeature:
    """A categorical feature's reference.

    Attributes:
        categories: the most frequent values; each is a bin, and one more bin holds the ``others``.
        others: known rarer values.
        counts: rows of the reference per bin, shape (len(categories) + 1,).
        quality: rows of the reference that were missing or unseen, in the order of ``QUALITY``.
    """

    QUALITY: ClassVar[tuple[str, ...]] = ("null", "unseen")
    OTHER: ClassVar[str] = "other"

    name: str
    categories: tuple[str, ...]
    others: tuple[str, ...]
    counts: tuple[int, ...]
    quality: tuple[int, ...]
    kind: Literal["categorical"] = "categorical"

    @property
    def bins(self) -> tuple[str, ...]:
        """The bins' label values, in order, each once: ``other`` gives way to a category of that name."""
        other = self.OTHER
        while other in self.categories:
            other += "_"
        return (*self.categories, other)

    def count(self, values: Iterable[str]) -> tuple[Counts, Counts]:
        """Count ``values`` into bins, shape (bins,), and quality kinds, shape (len(QUALITY),)."""
        seen = Counter(values)
        missing = seen.pop(MISSING_CATEGORY, 0)
        binned = [seen.pop(category, 0) for category in self.categories]
        binned.append(sum(seen.pop(category, 0) for category in self.others))
        return np.array(binned, np.uint64), np.array([missing, seen.total()], np.uint64)


Feature = NumericFeature | CategoricalFeature


@dataclass(frozen=True)
class Profile:
    """The reference of one model version.

    Attributes:
        rows: how many rows the features were counted over, fitted on or not.
        features: one per column of the signature, in its order.
        predictions: the model's own answers: ``prediction`` and, for classifiers, its ``score`` (the largest
            probability). Counted over rows that it was not fitted on, so their counts add up to fewer than ``rows``.
    """

    rows: int
    features: tuple[Feature, ...]
    predictions: tuple[Feature, ...]
    schema_version: Literal[1] = 1


def numeric_feature(name: str, values: npt.NDArray[np.floating]) -> NumericFeature:
    """Return the reference of ``values``, shape (rows,): bins between deciles, equal deciles merged."""
    finite = np.asarray(values[np.isfinite(values)], np.float64)
    if finite.size == 0:
        finite = np.zeros(1)
    ranked = np.sort(finite)
    # In integers: 0.3 * 1000 in floating point is a little more than 300, and would take the next row.
    ranks = [(decile * ranked.size + QUANTILE_BINS - 1) // QUANTILE_BINS - 1 for decile in range(1, QUANTILE_BINS)]
    inner = ranked[np.maximum(ranks, 0)]
    edges = tuple(float(edge) for edge in np.unique(inner) if edge < ranked[-1])
    empty = NumericFeature(name, edges, (), float(ranked[0]), float(ranked[-1]), ())
    return _filled(empty, empty.count(values))


def categorical_feature(name: str, values: Iterable[str]) -> CategoricalFeature:
    """Return the reference of ``values``: the most frequent categories, then the other known ones."""
    values = list(values)
    ranked = sorted(Counter(v for v in values if v != MISSING_CATEGORY).items(), key=lambda item: (-item[1], item[0]))
    names = [category for category, _ in ranked]
    top, rest = names[:TOP_CATEGORIES], names[TOP_CATEGORIES:KNOWN_CATEGORIES]
    empty = CategoricalFeature(name, tuple(top), tuple(sorted(rest)), (), ())
    return _filled(empty, empty.count(values))


F = TypeVar("F", NumericFeature, CategoricalFeature)


def _filled(feature: F, counted: tuple[Counts, Counts]) -> F:
    bins, quality = counted
    return replace(feature, counts=tuple(int(n) for n in bins), quality=tuple(int(n) for n in quality))
