"""What a pass sees: one object, what belongs to it, what it refers to, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from weir_operator.plan.objects import Object, name, owner_uid, uid

PullPolicy = Literal["Always", "IfNotPresent", "Never"]


@dataclass(frozen=True)
class Settings:
    """What the operator was told when it was installed.

    Attributes:
        output_uri: where artifacts go when a TrainingJob does not say; None leaves no default.
    """

    training_image: str
    serving_image: str
    pull_policy: PullPolicy = "IfNotPresent"
    output_uri: str | None = None


@dataclass(frozen=True)
class Reference:
    """Names an object of ours that another one refers to, in the same namespace; it need not exist."""

    kind: str
    name: str


@dataclass(frozen=True)
class Observed:
    """One look at an object.

    Attributes:
        parent: the object itself, read from the API server at the start of the pass.
        now: the time of the look, with a time zone.
        children: everything that is labelled as belonging to an object of this kind and name. That may have been an
            earlier object of the same name: ask ``owned`` for what really is this one's.
        related: those objects that the parent refers to and that exist.
    """

    parent: Object
    now: datetime
    settings: Settings
    children: tuple[Object, ...] = ()
    related: tuple[Object, ...] = ()

    def owned(self, kind: str) -> tuple[Object, ...]:
        """Return the children of a kind whose controller is the parent."""
        mine = uid(self.parent)
        return tuple(child for child in self.children if child["kind"] == kind and owner_uid(child) == mine)

    @property
    def pods(self) -> tuple[Object, ...]:
        """The pods that carry the parent's labels, whatever controls them."""
        return tuple(child for child in self.children if child["kind"] == "Pod")

    def find(self, kind: str, wanted: str) -> Object | None:
        """Return the related object of a kind and name, or None when there is none."""
        return next((item for item in self.related if item["kind"] == kind and name(item) == wanted), None)
