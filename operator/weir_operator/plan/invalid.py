"""What to do about an object that does not parse: say so, and wait for the next generation."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from weir_operator.api.v1alpha1 import ConditionType, Reason
from weir_operator.plan.conditions import Finding, stalled

_SHOWN: Final = 5  # errors; whoever fixes five at once can look again


def findings(top: ConditionType, error: ValidationError | ValueError) -> tuple[Finding, ...]:
    """Return the findings about an object whose spec is not valid; ``top`` is the condition that people wait for."""
    message = describe(error)
    return (
        Finding(top, holds=False, reason=Reason.INVALID_SPEC, message=message),
        stalled(Reason.INVALID_SPEC, message),
    )


def describe(error: ValidationError | ValueError) -> str:
    """Return what is wrong, with the path of each field."""
    if not isinstance(error, ValidationError):
        return str(error)
    lines = [f"{_path(each['loc'])}: {each['msg']}" for each in error.errors(include_url=False)[:_SHOWN]]
    more = error.error_count() - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more > 0 else "")


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
