"""The container's entry point, as a process: termination message, exit code, deadline, crashes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.runs import make_request
from weir_model.codec import to_json
from weir_model.contract import ENV_RUN_REQUEST, ENV_TERMINATION_LOG
from weir_model.outcome import Failure, Outcome, TrainingResult, decode, encode
from weir_training import supervisor
from weir_training.supervisor import Heard


def _start(folder: Path, request: str) -> subprocess.Popen[str]:
    environ = os.environ | {
        ENV_RUN_REQUEST: request,
        ENV_TERMINATION_LOG: str(folder / "termination-log"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "weir_training"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _finish(process: subprocess.Popen[str], folder: Path) -> tuple[Outcome | None, str, int]:
    out, err = process.communicate(timeout=50)
    path = folder / "termination-log"
    return decode(path.read_text()) if path.exists() else None, out + err, process.returncode


def test_a_run_that_succeeds(tmp_path: Path) -> None:
    request = to_json(make_request(tmp_path, deadline_seconds=300)).decode()
    outcome, log, code = _finish(_start(tmp_path, request), tmp_path)
    assert code == 0
    assert isinstance(outcome, TrainingResult)
    assert '"event": "published"' in log


def test_a_mistake_of_the_user_has_no_traceback(tmp_path: Path) -> None:
    outcome, log, code = _finish(_start(tmp_path, '{"modle": "tumour"}'), tmp_path)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("InvalidRequest", 42)
    assert "modle" in log
    assert "Traceback" not in log


@pytest.fixture
def signals() -> Iterator[None]:
    """Give the handlers back that the supervisor takes."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _supervise(folder: Path, script: str, deadline: int = 60) -> tuple[Outcome | None, int]:
    """Supervise a worker that says it is in stage fit and then does what ``script`` says."""
    worker = f"import ctypes, os, sys, time; os.write(int(sys.argv[1]), b'stage load\\nstage fit\\n'); {script}"
    environ = {
        ENV_RUN_REQUEST: f'{{"deadlineSeconds": {deadline}}}',
        ENV_TERMINATION_LOG: str(folder / "termination-log"),
    }
    code = supervisor.main(environ, [sys.executable, "-c", worker])
    path = folder / "termination-log"
    return (decode(path.read_text()) if path.exists() else None), code


NATIVE = "ctypes.PyDLL(None).sleep(30)"  # holds the interpreter's lock: no other thread of Python runs meanwhile


@pytest.mark.usefixtures("signals")
def test_the_deadline_stops_native_code_and_names_the_stage(tmp_path: Path) -> None:
    outcome, code = _supervise(tmp_path, NATIVE, deadline=1)
    expected = (
        "spec.activeDeadlineSeconds: the run was stopped after 1 seconds, in stage 'fit'; "
        "allow more time, or make the run smaller"
    )
    assert (outcome, code) == (Failure("DeadlineExceeded", expected), 43)


@pytest.mark.usefixtures("signals")
def test_the_deadline_stops_what_the_run_started_too(tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = (
        f"import subprocess; p = subprocess.Popen(['sleep', '30']); open('{note}', 'w').write(str(p.pid)); p.wait()"
    )
    assert _supervise(tmp_path, script, deadline=1)[1] == 43
    assert _ends(int(note.read_text()))


@pytest.mark.usefixtures("signals")
def test_a_crash_of_native_code_is_told_apart(tmp_path: Path) -> None:
    outcome, code = _supervise(tmp_path, "os.kill(os.getpid(), 11)")
    expected = "the training process ended with signal SIGSEGV in stage 'fit'; the container's log has the details"
    assert (outcome, code) == (Failure("InternalError", expected), 1)


@pytest.mark.usefixtures("signals")
def test_an_end_without_an_outcome_is_an_error_of_ours(tmp_path: Path) -> None:
    outcome, code = _supervise(tmp_path, "sys.exit(3)")
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("InternalError", 1)
    assert "exit code 3 in stage 'fit'" in outcome.message


@pytest.mark.usefixtures("signals")
def test_a_run_that_the_kernel_kills_leaves_the_word_to_the_kubelet(tmp_path: Path) -> None:
    assert _supervise(tmp_path, "os.kill(os.getpid(), 9)") == (None, 137)


@pytest.mark.usefixtures("signals")
def test_a_pod_that_is_deleted_ends_its_run(tmp_path: Path) -> None:
    assert _supervise(tmp_path, "os.kill(os.getppid(), 15); time.sleep(30)") == (None, 143)


@pytest.mark.usefixtures("signals")
def test_an_outcome_counts_even_when_the_process_fails_to_end_well(tmp_path: Path) -> None:
    outcome = Failure("NoRows", "there are none")
    line = f"outcome 42 {encode(outcome).decode()}"
    assert _supervise(tmp_path, f"os.write(int(sys.argv[1]), {line!r}.encode() + b'\\n'); os.abort()") == (outcome, 42)


def test_an_outcome_that_cannot_be_written_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor._write(tmp_path / "no" / "folder", "the outcome")
    assert "the outcome" in capsys.readouterr().err


def test_what_the_worker_says_is_remembered() -> None:
    heard = Heard()
    for line in ("stage load", "stage fit", 'outcome 42 {"a": "b c"}'):
        heard.take(line)
    assert heard == Heard("fit", '{"a": "b c"}', 42)


@pytest.mark.parametrize(
    ("request_", "limit"),
    [
        ('{"deadlineSeconds": 30}', 30),
        ("{}", None),
        ("nonsense", None),
        ("[]", None),
        ('{"deadlineSeconds": "x"}', None),
    ],
)
def test_the_deadline_is_the_requests(request_: str, limit: int | None) -> None:
    assert supervisor._deadline({ENV_RUN_REQUEST: request_}) == limit


def test_libraries_learn_how_many_threads_to_start_unless_they_are_told(tmp_path: Path) -> None:
    environ = supervisor._worker_environment({"OMP_NUM_THREADS": "3", "HOME": str(tmp_path)})
    assert (environ["OMP_NUM_THREADS"], environ["HOME"]) == ("3", str(tmp_path))
    assert int(environ["OPENBLAS_NUM_THREADS"]) >= 1
    assert environ["ORT_DISABLE_TELEMETRY"] == "1"


def _ends(process: int) -> bool:
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    with os.fdopen(watched, "rb") as file:
        return bool(select.select([file], [], [], 10)[0])
