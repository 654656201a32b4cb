"""Runs the operator: ``python -m weir_operator``. What it needs to know is in its environment."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any, Final, cast

import kopf

from weir_operator.kopf_edge.configuration import Configuration, ConfigurationError, from_environment
from weir_operator.kopf_edge.handlers import registry_of
from weir_operator.kopf_edge.operator import Operator

# These report every event and every probe.
_CHATTY: Final = ("aiohttp.access", "kopf.activities", "kopf.objects")


def main() -> int:
    """Run until told to stop; return the exit code."""
    try:
        configuration = from_environment()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    _log(configuration.log_level)
    asyncio.run(run(configuration))
    return 0


def _log(level: str) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    if level != "DEBUG":
        for chatty in _CHATTY:
            logging.getLogger(chatty).setLevel(logging.WARNING)


async def run(configuration: Configuration) -> None:
    """Run until cancelled or told to stop by a signal."""
    await kopf.operator(
        registry=registry_of(Operator(configuration)),
        clusterwide=not configuration.namespaces,
        namespaces=configuration.namespaces,
        liveness_endpoint=f"http://0.0.0.0:{configuration.health_port}/healthz",
        # kopf's own choice asks for the user's name, and the user of a container need not have one.
        identity=cast("Any", configuration.instance),
    )


if __name__ == "__main__":
    sys.exit(main())
