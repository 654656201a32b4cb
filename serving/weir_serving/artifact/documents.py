"""The optional documents of an artifact: reference profile and golden examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from weir_model.codec import from_json
from weir_model.contract import GOLDEN_FILE, PROFILE_FILE
from weir_model.errors import DocumentError
from weir_model.golden import Golden
from weir_model.manifest import Manifest
from weir_model.profile import PREDICTION, SCORE, Feature, NumericFeature, Profile
from weir_serving.artifact.integrity import read_file
from weir_serving.errors import LoadError

PREDICTIONS = (PREDICTION, SCORE)

T = TypeVar("T")


def read_profile(folder: Path, manifest: Manifest) -> Profile | None:
    """Return the reference profile, or None when the artifact has none.

    Raises:
        LoadError: it cannot be read, or is the profile of another model.
    """
    profile = _read(Profile, folder, manifest, PROFILE_FILE)
    if profile is None:
        return None
    for features in (profile.features, profile.predictions):
        _check_bins(features)
    known = {column.name: column.kind for column in manifest.signature.columns}
    for feature in profile.features:
        if known.get(feature.name) != feature.kind:
            raise LoadError(f"{PROFILE_FILE}: the model has no {feature.kind} column {feature.name!r}")
    for prediction in profile.predictions:
        if prediction.name not in PREDICTIONS:
            raise LoadError(f"{PROFILE_FILE}: no prediction is called {prediction.name!r}, only {PREDICTIONS}")
    return profile


def _check_bins(features: Sequence[Feature]) -> None:
    """Refuse what would count wrongly, or give two metrics the same labels, which a scraper refuses as a whole."""
    names = [feature.name for feature in features]
    for feature in features:
        if names.count(feature.name) > 1:
            raise LoadError(f"{PROFILE_FILE}: {feature.name!r} is there more than once")
        if len(set(feature.bins)) < len(feature.bins):
            raise LoadError(f"{PROFILE_FILE}: {feature.name!r} has a bin more than once")
        if isinstance(feature, NumericFeature) and list(feature.edges) != sorted(feature.edges):
            raise LoadError(f"{PROFILE_FILE}: {feature.name!r} has edges that do not ascend")


def read_golden(folder: Path, manifest: Manifest) -> Golden | None:
    """Return the golden examples, or None when the artifact has none.

    Raises:
        LoadError: they cannot be read.
    """
    return _read(Golden, folder, manifest, GOLDEN_FILE)


def _read(cls: type[T], folder: Path, manifest: Manifest, name: str) -> T | None:
    data = read_file(folder, manifest, name)
    if data is None:
        return None
    try:
        return from_json(cls, data)
    except DocumentError as error:
        raise LoadError(f"{name}: {error}") from error
