"""Watches the run from outside: its deadline, its crash and the container's termination message.

The run is a process of its own, because a thread could not stop native code that holds the interpreter, nor tell a
segmentation fault apart. This process is the only writer of the termination message, stays small (it imports no
library of the run), and ends with the exit code that the operator's podFailurePolicy reads.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weir_model.contract import (
    ENV_RUN_REQUEST,
    ENV_TERMINATION_LOG,
    EXIT_DEADLINE,
    EXIT_OUT_OF_MEMORY,
    TERMINATION_LOG,
)
from weir_training.cpus import thread_counts

if TYPE_CHECKING:
    from weir_model.outcome import FailureReason

EXIT_INTERNAL = 1
GRACE_SECONDS = 10  # a worker that has nothing more to say ends by itself in less
WORKER = (sys.executable, "-m", "weir_training.worker")


@dataclass
class Heard:
    """What the worker has said so far."""

    stage: str = "start"
    outcome: str | None = None
    code: int = EXIT_INTERNAL

    def take(self, line: str) -> None:
        """Take one line of the pipe."""
        kind, _, rest = line.partition(" ")
        if kind == "stage":
            self.stage = rest
        elif kind == "outcome":
            code, _, self.outcome = rest.partition(" ")
            self.code = int(code)


def main(environ: Mapping[str, str], command: Sequence[str] = WORKER) -> int:
    """Run the worker to its end or the deadline's; write the termination message; return the exit code.

    ``command`` gets one more argument: the descriptor of the pipe to report to.
    """
    started = time.monotonic()
    reader, writer = os.pipe()
    worker = subprocess.Popen(  # noqa: S603 - our own module
        [*command, str(writer)], pass_fds=(writer,), env=_worker_environment(environ), start_new_session=True
    )
    os.close(writer)
    _hand_on_signals(worker)
    heard = Heard()
    limit = _deadline(environ)
    in_time = _listen(reader, heard, None if limit is None else started + limit)
    status = _ended(worker, GRACE_SECONDS if in_time else 0)
    message, code = _verdict(heard, status, in_time, limit)
    if message is not None:
        _write(Path(environ.get(ENV_TERMINATION_LOG, TERMINATION_LOG)), message)
    return code


def _worker_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ`` with our defaults for what libraries read: as many threads as CPUs, and no telemetry."""
    return {"ORT_DISABLE_TELEMETRY": "1", **thread_counts(), **environ}


def _verdict(heard: Heard, status: int, in_time: bool, limit: int | None) -> tuple[str | None, int]:
    """Return the termination message, if there is one to write, and the exit code."""
    if heard.outcome is not None:
        return heard.outcome, heard.code
    if not in_time:
        text = (
            f"spec.activeDeadlineSeconds: the run was stopped after {limit} seconds, in stage {heard.stage!r}; "
            "allow more time, or make the run smaller"
        )
        return _failure("DeadlineExceeded", text), EXIT_DEADLINE
    if status == -signal.SIGKILL:  # the kernel, out of memory; the kubelet's word on that is better than ours
        return None, EXIT_OUT_OF_MEMORY
    if status == -signal.SIGTERM:
        return None, 128 + signal.SIGTERM
    how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
    text = f"the training process ended with {how} in stage {heard.stage!r}; the container's log has the details"
    return _failure("InternalError", text), EXIT_INTERNAL


def _failure(reason: FailureReason, message: str) -> str:
    from weir_model.outcome import Failure, encode  # noqa: PLC0415 - numpy comes with it, and most runs end without

    return encode(Failure(reason, message)).decode()


def _deadline(environ: Mapping[str, str]) -> int | None:
    """Return the request's deadline in seconds; the worker is the one to complain about a request that does not fit."""
    try:
        value = json.loads(environ.get(ENV_RUN_REQUEST, "")).get("deadlineSeconds")
    except (ValueError, AttributeError):
        return None
    return value if isinstance(value, int) else None


def _listen(reader: int, heard: Heard, until: float | None) -> bool:
    """Take lines until the worker has told its outcome or closed the pipe (True), or time is up (False)."""
    rest = b""
    with selectors.DefaultSelector() as selector, os.fdopen(reader, "rb", buffering=0) as pipe:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(None if until is None else max(0.0, until - time.monotonic())):
            chunk = pipe.read(65536)
            if not chunk:
                return True
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                heard.take(line.decode())
            if heard.outcome is not None:
                return True
    return False


def _ended(worker: subprocess.Popen[bytes], grace: float) -> int:
    """Return the worker's status; it is killed when it is still there after ``grace`` seconds."""
    try:
        return worker.wait(grace)
    except subprocess.TimeoutExpired:
        _kill(worker)
        return worker.wait()


def _hand_on_signals(worker: subprocess.Popen[bytes]) -> None:
    """As process 1 of the container this process gets SIGTERM; the run must end with it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: _kill(worker, signal.Signals(received)))


def _kill(worker: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal the worker and what it started: it leads a session of its own."""
    try:
        os.killpg(worker.pid, number)
    except ProcessLookupError:
        return


def _write(path: Path, message: str) -> None:
    try:
        path.write_text(message)
    except OSError:
        sys.stderr.write(f"{path} cannot be written; the outcome is: {message}\n")
