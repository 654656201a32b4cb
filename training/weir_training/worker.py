"""The process that does the run, started by the supervisor: request in, stages and outcome out through a pipe.

Here, and only here, errors become outcomes. Messages on the pipe are lines: ``stage <name>`` while the run goes on,
``outcome <exit code> <JSON>`` at its end. Standard output is for people.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import traceback
from collections.abc import Mapping
from typing import TextIO

from weir_model.codec import from_json
from weir_model.contract import ENV_RUN_REQUEST, EXIT_USER_ERROR
from weir_model.errors import DocumentError
from weir_model.outcome import Failure, Outcome, encode
from weir_model.run import RunRequest
from weir_training.errors import TrainingError, UserError, first_line
from weir_training.findings import Findings
from weir_training.progress import Progress

EXIT_FAILED = 1


def main(pipe: int) -> int:
    """Run what the environment asks for, report to ``pipe`` and return the exit code."""
    faulthandler.enable()
    os.set_inheritable(pipe, False)  # the supervisor waits until the pipe closes, which must not depend on others
    with os.fdopen(pipe, "w", buffering=1) as channel:
        progress = Progress(lambda stage: _send(channel, f"stage {stage}"))
        outcome, code = attempt(os.environ, progress)
        _send(channel, f"outcome {code} {encode(outcome).decode()}")
    return code


def attempt(environ: Mapping[str, str], progress: Progress) -> tuple[Outcome, int]:
    """Return the outcome of the run that ``environ`` asks for, and the exit code that goes with it."""
    findings = Findings()
    try:
        request = read_request(environ)
        from weir_training.run import run  # noqa: PLC0415 - seconds of imports, which a bad request need not wait for

        return run(request, progress, findings), 0
    except TrainingError as error:
        code = EXIT_USER_ERROR if isinstance(error, UserError) else EXIT_FAILED
        failure = Failure(error.reason, error.message, findings.data, findings.metrics)
    except Exception as error:  # noqa: BLE001 - the last resort: the log has the traceback, the outcome one line
        traceback.print_exc()
        message = f"{type(error).__name__}: {first_line(error)}; the container's log has the details"
        code, failure = EXIT_FAILED, Failure("InternalError", message, findings.data, findings.metrics)
    progress.say("failed", reason=failure.reason, message=failure.message)
    return failure, code


def read_request(environ: Mapping[str, str]) -> RunRequest:
    """Return the request in ``environ``.

    Raises:
        UserError: InvalidRequest when it is missing or does not fit.
    """
    try:
        return from_json(RunRequest, environ[ENV_RUN_REQUEST])
    except KeyError:
        raise UserError("InvalidRequest", f"the environment has no {ENV_RUN_REQUEST}") from None
    except DocumentError as error:
        raise UserError("InvalidRequest", f"{ENV_RUN_REQUEST}: {error}") from error


def _send(channel: TextIO, line: str) -> None:
    channel.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
