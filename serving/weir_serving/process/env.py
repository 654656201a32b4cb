"""Reading settings from an environment: every problem names the variable and what would fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from weir_serving.errors import SettingsError

_DIGEST = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Environment:
    """A view on environment variables; one that is set to the empty string counts as unset."""

    variables: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        """Return a variable's value.

        Raises:
            SettingsError: it is unset and there is no default.
        """
        value = self.variables.get(name, "").strip() or default
        if value is None:
            raise SettingsError(f"{name} is not set")
        return value

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``, both included.

        Raises:
            SettingsError: it is something else.
        """
        value = self.text(name, str(default))
        try:
            number = int(value)
        except ValueError:
            raise SettingsError(f"{name}={value!r}: expected a whole number") from None
        if not low <= number <= high:
            raise SettingsError(f"{name}={value!r}: expected a number from {low} to {high}")
        return number

    def seconds(self, name: str, default: float, *, low: float, high: float) -> float:
        """Return a duration between ``low`` and ``high`` seconds, both included.

        Raises:
            SettingsError: it is something else.
        """
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            raise SettingsError(f"{name}={value!r}: expected a number of seconds") from None
        if not low <= number <= high:  # false for NaN as well
            raise SettingsError(f"{name}={value!r}: expected {low:g} to {high:g} seconds")
        return number

    def digest(self, name: str) -> str:
        """Return a sha256 digest, ``sha256:<64 hex digits>``.

        Raises:
            SettingsError: it is unset or something else.
        """
        value = self.text(name)
        if not _DIGEST.fullmatch(value):
            raise SettingsError(f"{name}={value!r}: expected sha256: and 64 hex digits")
        return value
