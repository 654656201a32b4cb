"""What a run has found out so far: it belongs into the outcome, also when a later step fails."""

from __future__ import annotations

from dataclasses import dataclass, field

from weir_model.manifest import DataLineage


@dataclass
class Findings:
    """Filled on the way.

    Attributes:
        data: set once the data has been accepted.
        metrics: empty until the model was measured.
    """

    data: DataLineage | None = None
    metrics: dict[str, float] = field(default_factory=dict)
