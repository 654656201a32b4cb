"""What the operator is told by its environment."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from weir_model.contract import OPERATOR_HEALTH_PORT, OPERATOR_METRICS_PORT
from weir_operator.plan.observed import PullPolicy, Settings

DEFAULT_RESYNC_SECONDS: Final = 300.0


class ConfigurationError(ValueError):
    """An environment variable is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class Configuration:
    """Everything that can be set from outside.

    Attributes:
        settings: what plans depend on.
        namespaces: those to watch; none means all.
        resync: seconds after which an object is looked at again, whether or not anything happened to it.
        instance: tells this process from another one in Events.
        health_port: where /healthz answers.
        metrics_port: where /metrics answers.
    """

    settings: Settings
    namespaces: tuple[str, ...]
    resync: float
    log_level: str
    instance: str
    health_port: int = OPERATOR_HEALTH_PORT
    metrics_port: int = OPERATOR_METRICS_PORT


def from_environment(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Return the configuration that the environment spells.

    Raises:
        ConfigurationError: a variable is missing or makes no sense.
    """
    settings = Settings(
        training_image=_required(environment, "WEIR_TRAINING_IMAGE"),
        serving_image=_required(environment, "WEIR_SERVING_IMAGE"),
        pull_policy=_pull_policy(environment.get("WEIR_IMAGE_PULL_POLICY") or "IfNotPresent"),
        output_uri=environment.get("WEIR_ARTIFACT_URI_DEFAULT") or None,
    )
    names = (name.strip() for name in environment.get("WEIR_WATCH_NAMESPACES", "").split(","))
    return Configuration(
        settings=settings,
        namespaces=tuple(name for name in names if name),
        resync=_seconds(environment, "WEIR_RESYNC_SECONDS", DEFAULT_RESYNC_SECONDS),
        log_level=_log_level(environment.get("WEIR_LOG_LEVEL") or "info"),
        instance=environment.get("HOSTNAME") or socket.gethostname(),
        health_port=_port(environment, "WEIR_HEALTH_PORT", OPERATOR_HEALTH_PORT),
        metrics_port=_port(environment, "WEIR_METRICS_PORT", OPERATOR_METRICS_PORT),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ConfigurationError(f"{name} is not set; the chart sets it from the image's repository and tag")
    return value


def _pull_policy(text: str) -> PullPolicy:
    for policy in get_args(PullPolicy):
        if text == policy:
            return text  # type: ignore[return-value]
    raise ConfigurationError(f"WEIR_IMAGE_PULL_POLICY={text!r}: use one of {', '.join(get_args(PullPolicy))}")


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name)
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = -1.0
    if seconds <= 0:
        raise ConfigurationError(f"{name}={text!r}: use a number of seconds above zero")
    return seconds


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise ConfigurationError(f"{name}={text!r}: use a port between 1 and 65535")
    return int(text)


def _log_level(text: str) -> str:
    levels = ("debug", "info", "warning", "error")
    if text.lower() not in levels:
        raise ConfigurationError(f"WEIR_LOG_LEVEL={text!r}: use one of {', '.join(levels)}")
    return text.upper()
