"""Logging of every serving process: one line per event on standard error."""

import logging


def configure() -> None:
    """Send everything from INFO on to standard error, and quieten what only repeats what we say ourselves."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
