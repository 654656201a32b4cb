"""What a pass should do. Written by the planners, carried out by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from weir_operator.plan.objects import Object


@dataclass(frozen=True)
class Event:
    """Something that a person wants to read in ``kubectl describe``.

    Attributes:
        reason: one CamelCase word.
        action: the condition that it is about.
        note: the same in a sentence.
    """

    type: Literal["Normal", "Warning"]
    reason: str
    action: str
    note: str


@dataclass(frozen=True)
class Plan:
    """The outcome of one look at an object.

    Attributes:
        apply: complete manifests, to be applied in this order.
        delete: observed objects that are no longer wanted, to be deleted after everything was applied.
        status: the whole status, to be written last and only if it differs; None leaves it alone.
        events: to be written after the status.
        requeue_after: seconds after which time alone may have changed the answer.
    """

    apply: tuple[Object, ...] = ()
    delete: tuple[Object, ...] = ()
    status: Object | None = None
    events: tuple[Event, ...] = ()
    requeue_after: float | None = None
