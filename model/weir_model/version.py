"""The release that this code is. Images carry the sources without package metadata, so it is written here."""

from typing import Final

VERSION: Final = "0.1.0"
