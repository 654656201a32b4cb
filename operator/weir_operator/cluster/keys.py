"""Names of objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """Names one object of a kind that the operator may touch."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, item: Object) -> Key:
        """Return the key of an object."""
        return cls(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"
