"""How messages show what a client sent: enough to recognise it, never all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

SHOWN_CHARACTERS = 60
LISTED_NAMES = 20


def shown(value: Any) -> str:
    """Return a JSON value as JSON, cut when it is long."""
    try:
        return cut(orjson.dumps(value).decode())
    except orjson.JSONEncodeError:  # orjson reads what is nested deeper than what it writes
        return "what is nested too deeply"


def quoted(name: str) -> str:
    """Return a name in quotes, cut when it is long."""
    return cut(repr(name))


def listed(names: Sequence[str]) -> str:
    """Return ``names`` separated by commas, the first ones only when there are many."""
    more = f" and {len(names) - LISTED_NAMES} more" if len(names) > LISTED_NAMES else ""
    return ", ".join(names[:LISTED_NAMES]) + more


def cut(text: str) -> str:
    """Return ``text``, its beginning only when it is long."""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
