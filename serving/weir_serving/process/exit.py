"""How a process ends: the one place where startup errors become termination messages and exit codes."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from weir_model.contract import ENV_TERMINATION_LOG, EXIT_USER_ERROR, TERMINATION_LOG
from weir_model.outcome import Failure, Outcome, encode
from weir_serving.errors import StartupError
from weir_serving.process.logs import configure

EXIT_TRANSIENT = 1

_log = logging.getLogger(__name__)


def run(main: Callable[[Mapping[str, str]], Outcome | None]) -> NoReturn:
    """Run ``main`` with the environment and leave the process with what came of it.

    What ``main`` returns goes into the termination message. A StartupError becomes a Failure and one log line; anything
    else that escapes is a defect of ours, so it is logged with its traceback as well.
    """
    configure()
    # A container's first process has no default action for SIGTERM: without a handler it would sit out its grace time.
    signal.signal(signal.SIGTERM, _leave)
    try:
        outcome, code = main(os.environ), 0
    except StartupError as error:
        outcome = Failure(error.reason, str(error))
        code = EXIT_USER_ERROR if error.permanent else EXIT_TRANSIENT
        _log.error("%s: %s", error.reason, error)
    except Exception as error:  # noqa: BLE001  (the operator must hear of it, whatever it is)
        outcome, code = Failure("InternalError", f"{type(error).__name__}: {error}"), EXIT_TRANSIENT
        _log.exception("Gave up on an unexpected error")
    if outcome is not None:
        report(outcome, Path(os.environ.get(ENV_TERMINATION_LOG) or TERMINATION_LOG))
    sys.exit(code)


def report(outcome: Outcome, path: Path) -> None:
    """Write ``outcome`` as the termination message, if there is a place for it: the kubelet makes the file."""
    if path.exists():
        path.write_bytes(encode(outcome))


def _leave(signum: int, _frame: object) -> NoReturn:
    sys.exit(128 + signum)
