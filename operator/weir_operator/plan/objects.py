"""Reading Kubernetes objects as the API server sends them: plain dicts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


def name(item: Object) -> str:
    """Return the object's name."""
    return str(item["metadata"]["name"])


def uid(item: Object) -> str:
    """Return the object's uid."""
    return str(item["metadata"]["uid"])


def label(item: Object, key: str) -> str | None:
    """Return the value of one of the object's labels."""
    value: str | None = item["metadata"].get("labels", {}).get(key)
    return value


def annotation(item: Object, key: str) -> str | None:
    """Return the value of one of the object's annotations."""
    value: str | None = item["metadata"].get("annotations", {}).get(key)
    return value


def owner_uid(item: Object) -> str | None:
    """Return the uid of the object's controller, or None when it has none."""
    for owner in item["metadata"].get("ownerReferences", ()):
        if owner.get("controller"):
            return str(owner["uid"])
    return None


def is_going(item: Object) -> bool:
    """Return whether the object is being deleted."""
    return "deletionTimestamp" in item["metadata"]


def condition(item: Object, kind: str) -> Object | None:
    """Return one of the conditions in the object's status."""
    conditions = item.get("status", {}).get("conditions", ())
    return next((entry for entry in conditions if entry["type"] == kind), None)


def is_true(item: Object, kind: str) -> bool:
    """Return whether one of the object's conditions is True."""
    found = condition(item, kind)
    return found is not None and found["status"] == "True"


def parse_time(text: str) -> datetime:
    """Return the moment that an RFC 3339 ``text`` names.

    Raises:
        ValueError: it names none, or has no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def format_time(moment: datetime) -> str:
    """Return ``moment`` in RFC 3339, in whole seconds, as Kubernetes writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
