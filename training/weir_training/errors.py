"""Why a run gives up.

TrainingError        carries the reason and the message that the user reads
├── UserError        cannot succeed as written: exit code 42, not tried again
└── TransientError   may succeed another time (network, storage): exit code 1

They become outcomes and exit codes in one place, worker.py. A message names the field of the custom resource, what was
found there and what to do; it never needs a traceback.
"""

from __future__ import annotations

from weir_model.outcome import FailureReason


class TrainingError(Exception):
    """Base of every failure that has a named reason.

    Attributes:
        reason: the machine-readable cause.
        message: what a person reads: the field, the finding, the fix.
    """

    def __init__(self, reason: FailureReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class UserError(TrainingError):
    """The request cannot succeed as it is written, however often it is tried."""


class TransientError(TrainingError):
    """The surroundings failed; the same request may succeed later."""


def first_line(error: BaseException) -> str:
    """Return the first line that an error says, or its type when it says nothing."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
