"""Runs the operator: ``python -m weir_operator``. What it needs to know is in its environment."""

from __future__ import annotations

import asyncio
import logging
import sys

import kopf

from weir_operator.kopf_edge.configuration import Configuration, ConfigurationError, from_environment
from weir_operator.kopf_edge.handlers import registry_of
from weir_operator.kopf_edge.operator import Operator


def main() -> int:
    """Run until told to stop; return the exit code."""
    try:
        configuration = from_environment()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    logging.basicConfig(level=configuration.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    asyncio.run(run(configuration))
    return 0


async def run(configuration: Configuration) -> None:
    """Run until cancelled or told to stop by a signal."""
    await kopf.operator(
        registry=registry_of(Operator(configuration)),
        clusterwide=not configuration.namespaces,
        namespaces=configuration.namespaces,
        liveness_endpoint=f"http://0.0.0.0:{configuration.health_port}/healthz",
    )


if __name__ == "__main__":
    sys.exit(main())
