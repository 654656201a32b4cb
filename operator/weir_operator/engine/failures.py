"""What a failure means for an object's condition and for the next try. The one place that decides this.

failure                what the condition says    next try
Conflict, Transient    nothing, at first          soon, then ever later
NotFound               nothing, at first          soon, then ever later
NameTaken              NameTaken                  soon, then ever later
Forbidden              Forbidden                  late: a person must act
Rejected               ApplyFailed                late: a person must act
anything else          InternalError              soon, then ever later; a bug, so it is logged with its trace
"""

from __future__ import annotations

from dataclasses import dataclass

from weir_operator.api.v1alpha1 import Reason
from weir_operator.cluster.errors import ClusterError, ForbiddenError, RejectedError
from weir_operator.engine.errors import NameTakenError

PATIENCE = 2  # how many times a failure that may pass by itself is kept from the condition


@dataclass(frozen=True)
class Meaning:
    """What a failure means.

    Attributes:
        reason: what the condition says.
        holds: the status of the condition; None for Unknown.
        telling: whether the condition should say it already.
        waits: whether trying again soon is in vain.
        bug: whether nobody foresaw it.
    """

    reason: Reason
    holds: bool | None = None
    telling: bool = True
    waits: bool = False
    bug: bool = False


def meaning(error: Exception, attempt: int) -> Meaning:
    """Return what ``error`` means, when it is the ``attempt``-th failure in a row (from 1)."""
    if isinstance(error, NameTakenError):
        return Meaning(Reason.NAME_TAKEN)
    if isinstance(error, ForbiddenError):
        return Meaning(Reason.FORBIDDEN, waits=True)
    if isinstance(error, RejectedError):
        return Meaning(Reason.APPLY_FAILED, waits=True)
    if isinstance(error, ClusterError):
        return Meaning(Reason.APPLY_FAILED, telling=attempt > PATIENCE)
    return Meaning(Reason.INTERNAL_ERROR, bug=True)
