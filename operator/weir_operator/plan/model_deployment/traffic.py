"""Which version the Service selects, and which versions' pods may go.

The next version takes over when all its pods are ready, by one write that switches the selector and notes the time.
The pods of the version before go only after a pass saw that write, and some seconds later: until then proxies may
still send them requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from weir_operator.plan import labels
from weir_operator.plan.model_deployment.rollout import Rollout
from weir_operator.plan.objects import Object, annotation, parse_time

SWITCHED_AT: Final = "weir.dev/switched-at"  # annotation of the Service
SETTLE: Final = timedelta(seconds=5)  # until every proxy has the Service's new endpoints


@dataclass(frozen=True)
class Selection:
    """The version that the Service selects, and since when."""

    version: str
    since: datetime


def observed_selection(service: Object | None, now: datetime) -> Selection | None:
    """Return what the Service selects; a time that is missing or makes no sense counts as now."""
    version = service["spec"].get("selector", {}).get(labels.VERSION) if service else None
    return Selection(version, _since(service, now)) if service and version else None


def next_selection(
    seen: Selection | None, stable: str | None, target: str, rollout: Rollout, now: datetime
) -> Selection:
    """Return what the Service should select.

    Args:
        seen: what it selects now; None when there is no Service.
        stable: the version that answered when last recorded, in case somebody deleted the Service.
        target: the version that should answer in the end.
        rollout: how far the target's pods are.
        now: the time of the look.
    """
    current = seen.version if seen else stable
    if current is None or (current != target and rollout.complete):
        return Selection(target, now)
    return seen or Selection(current, now)


def settles_in(seen: Selection | None, now: datetime) -> float | None:
    """Return after how many seconds no request can reach a version that the Service does not select.

    None means that this cannot be told: there is no Service.
    """
    return max(0.0, (seen.since + SETTLE - now).total_seconds()) if seen else None


def _since(service: Object, now: datetime) -> datetime:
    try:
        return min(parse_time(annotation(service, SWITCHED_AT) or ""), now)
    except ValueError:
        return now
