"""Writes Kubernetes Events (events.k8s.io/v1) about an object, each only once.

An Event's name is a hash of what it says, so saying it again is a conflict, which means that it has been said.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from weir_operator.cluster.errors import ConflictError

REPORTING_CONTROLLER: Final = "weir.dev/operator"
NOTE_LIMIT: Final = 1024  # bytes; the API server refuses longer ones

EventType = Literal["Normal", "Warning"]


class Creator(Protocol):
    """Creates objects: all that writing an Event takes."""

    async def create(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Create ``manifest``; raises ConflictError when an object of its name exists."""
        ...


@dataclass(frozen=True)
class EventWriter:
    """Writes Events in the name of one operator instance.

    Attributes:
        instance: what tells this process from another, as the pod's name.
    """

    kube: Creator
    instance: str

    async def write(
        self, regarding: dict[str, Any], event_type: EventType, reason: str, action: str, note: str, now: datetime
    ) -> None:
        """Write an Event about the object ``regarding``, unless this one was written already."""
        manifest = self._manifest(regarding, event_type, reason, action, note, now)
        try:
            await self.kube.create(manifest)
        except ConflictError:
            return

    def _manifest(
        self, regarding: dict[str, Any], event_type: EventType, reason: str, action: str, note: str, now: datetime
    ) -> dict[str, Any]:
        metadata = regarding["metadata"]
        said = "\n".join([metadata["uid"], str(metadata.get("generation")), event_type, reason, note])
        return {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name']}.{hashlib.sha256(said.encode()).hexdigest()[:16]}",
                "namespace": metadata["namespace"],
            },
            "eventTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "reportingController": REPORTING_CONTROLLER,
            "reportingInstance": self.instance,
            "type": event_type,
            "reason": reason,
            "action": action,
            "note": cut(note, NOTE_LIMIT),
            "regarding": {
                "apiVersion": regarding["apiVersion"],
                "kind": regarding["kind"],
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "uid": metadata["uid"],
            },
        }


def cut(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` bytes of UTF-8, with an ellipsis where it was cut."""
    data = text.encode()
    if len(data) <= limit:
        return text
    return data[: limit - 3].decode(errors="ignore") + "…"
