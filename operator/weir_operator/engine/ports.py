"""What a pass needs from the outside world, in as few words as possible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

from weir_operator.cluster.keys import Key, Object
from weir_operator.plan.observed import Observed

Clock = Callable[[], datetime]


class Observer(Protocol):
    """Looks at objects."""

    async def observe(self, key: Key) -> Observed | None:
        """Return what there is to see; None when the object is gone or on its way out.

        Raises:
            weir_operator.cluster.errors.ClusterError: the API server could not be asked.
        """
        ...


class Cluster(Protocol):
    """Changes objects. Every method raises ``weir_operator.cluster.errors.ClusterError`` when it cannot."""

    async def get(self, key: Key) -> Object | None:
        """Return the object as it is right now."""
        ...

    async def apply(self, manifest: Object) -> Object:
        """Make the object be as in ``manifest``."""
        ...

    async def apply_status(self, thing: Object, status: Object) -> Object:
        """Make ``status`` the status of ``thing``, and of no other object of its name."""
        ...

    async def delete(self, key: Key, uid: str) -> None:
        """Delete the object with that uid."""
        ...


class EventLog(Protocol):
    """Tells people what happened."""

    async def write(
        self,
        regarding: Object,
        event_type: Literal["Normal", "Warning"],
        reason: str,
        action: str,
        note: str,
        now: datetime,
    ) -> None:
        """Write an Event about an object, unless it was written already."""
        ...
