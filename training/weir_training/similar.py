"""Which names someone may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def similar(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three of ``names`` that look like ``name``, the closest first; case does not count."""
    spelled = {candidate.lower(): candidate for candidate in names}
    return [spelled[found] for found in difflib.get_close_matches(name.lower(), spelled, n=3, cutoff=0.6)]
