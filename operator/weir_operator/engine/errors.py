"""What can keep a plan from being carried out, besides the API server (weir_operator.cluster.errors).

EngineError
└── NameTakenError   an object that is not the parent's has the name of a child
"""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error that the engine raises."""


class NameTakenError(EngineError):
    """A child cannot be applied without taking somebody else's object over; the message names it."""
