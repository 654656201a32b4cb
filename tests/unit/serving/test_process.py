"""The four entry points as the kubelet runs them: exit codes, termination messages, signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from builders.artifact import mixed, sums
from builders.processes import Running, environment, run, running
from weir_model.contract import EXIT_USER_ERROR
from weir_model.outcome import Failure, Outcome, VerificationResult, decode
from weir_serving.errors import ArtifactUnavailableError, SettingsError, StartupError
from weir_serving.process import exit as process_exit
from weir_serving.process.listen import listen


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "termination-log"
    path.touch()
    return path


def outcome(log: Path) -> Outcome | None:
    return decode(log.read_text())


def test_fetch_then_verify_then_silence(tmp_path: Path, log: Path) -> None:
    source = sums().write(tmp_path / "source")
    variables = environment(sums(), tmp_path / "model", WEIR_ARTIFACT_URI=f"file://{source}", WEIR_TERMINATION_LOG=log)
    assert run("fetch", variables) == (0, "")
    assert {path.name for path in source.iterdir()} == {path.name for path in (tmp_path / "model").iterdir()}
    assert log.read_text() == ""
    assert run("verify", variables) == (0, "")
    assert VerificationResult(sums().digest, 4) == outcome(log)


@pytest.mark.parametrize(
    ("module", "changes", "reason", "message"),
    [
        ("fetch", {"WEIR_ARTIFACT_URI": ""}, "InvalidRequest", "WEIR_ARTIFACT_URI is not set"),
        ("fetch", {"WEIR_ARTIFACT_URI": "file:///nowhere"}, "ArtifactNotFound", "/nowhere/manifest.json: No such"),
        ("fetch", {"WEIR_ARTIFACT_DIGEST": "sha256:" + "0" * 64}, "DigestMismatch", "manifest.json: expected sha256:0"),
        ("verify", {"WEIR_ARTIFACT_URI": "pvc://"}, "InvalidRequest", "needs a claim name"),
        (
            "verify",
            {"WEIR_ARTIFACT_DIGEST": "sha256:" + "0" * 64},
            "DigestMismatch",
            "manifest.json: expected sha256:0",
        ),
        ("server", {"WEIR_THREADS": "many"}, "InvalidRequest", "WEIR_THREADS='many': expected a whole number"),
        ("sidecar", {"WEIR_DEPLOYMENT": ""}, "InvalidRequest", "WEIR_DEPLOYMENT is not set"),
        ("sidecar", {"WEIR_HANDOVER_SOCKET": "/nowhere/s"}, "InvalidRequest", "cannot listen at /nowhere/s"),
    ],
)
def test_what_cannot_get_better_exits_with_42_and_one_sentence(
    tmp_path: Path, log: Path, module: str, changes: dict[str, str], reason: str, message: str
) -> None:
    artifact = sums()
    folder = artifact.write(tmp_path / "model")
    usual = environment(artifact, folder, WEIR_ARTIFACT_URI=f"file://{folder}", WEIR_TERMINATION_LOG=log)
    code, errors = run(module, usual | changes)
    found = outcome(log)
    assert (EXIT_USER_ERROR, reason) == (code, found.reason)
    assert message in found.message
    assert len(errors.splitlines()) == 1, errors
    assert f"{reason}: " in errors


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("server", "model.onnx"),
        ("sidecar", "profile.json"),
        ("fetch", "model.onnx"),
        ("verify", "model.onnx"),
    ],
)
def test_one_flipped_byte_is_refused_by_everyone_who_reads_it(
    tmp_path: Path, log: Path, module: str, name: str
) -> None:
    artifact = sums()
    folder = artifact.write(tmp_path / "source")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    target = tmp_path / "target" if module == "fetch" else folder
    variables = environment(artifact, target, WEIR_ARTIFACT_URI=f"file://{folder}", WEIR_TERMINATION_LOG=log)
    assert run(module, variables)[0] == EXIT_USER_ERROR
    failure = outcome(log)
    assert failure.reason == "DigestMismatch"
    assert failure.message.startswith(f"{name}: expected sha256:")
    assert " found sha256:" in failure.message


def test_an_artifact_of_two_files_is_verified_without_examples(tmp_path: Path, log: Path) -> None:
    artifact = sums().with_files(golden_json=None, profile_json=None)
    uri = f"file://{artifact.write(tmp_path / 'source')}"
    variables = environment(artifact, tmp_path, WEIR_ARTIFACT_URI=uri, WEIR_TERMINATION_LOG=log)
    assert run("verify", variables) == (0, "")
    assert VerificationResult(artifact.digest, 0) == outcome(log)


def test_without_a_termination_log_nothing_is_written(tmp_path: Path) -> None:
    variables = environment(sums(), tmp_path, WEIR_ARTIFACT_URI="", WEIR_TERMINATION_LOG=tmp_path / "log")
    assert run("fetch", variables)[0] == EXIT_USER_ERROR
    assert not (tmp_path / "log").exists()


class ExplodedError(StartupError):
    pass


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (ArtifactUnavailableError("timed out"), 1, Failure("ArtifactUnavailable", "timed out")),
        (ExplodedError("x"), 42, Failure("InternalError", "x")),
        (KeyError("x"), 1, Failure("InternalError", "KeyError: 'x'")),
    ],
)
def test_errors_become_exit_codes(log: Path, monkeypatch: pytest.MonkeyPatch, error, code: int, expected) -> None:
    def main(_variables):
        raise error

    monkeypatch.setenv("WEIR_TERMINATION_LOG", str(log))
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        process_exit.run(main)
    signal.signal(signal.SIGTERM, before)
    assert (code, expected) == (caught.value.code, outcome(log))


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_every_address_is_listened_on(family: int) -> None:
    if family == socket.AF_INET6 and not socket.has_dualstack_ipv6():
        return
    with listen(0) as listener, socket.socket(family) as client:
        client.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", listener.getsockname()[1]))


def test_a_port_that_is_taken_is_named() -> None:
    with listen(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SettingsError, match=f"^cannot listen on port {port}: Address already in use"):
            listen(port)


def test_server_and_sidecar_work_together_and_leave_quietly(tmp_path: Path) -> None:
    folder = mixed().write(tmp_path / "model")
    variables = environment(mixed(), folder)
    with running("sidecar", variables) as sidecar, running("server", variables) as server:
        answer = server.post("/v1/models/people:predict", {"instances": [{"age": 1, "sex": "f"}] * 3})
        assert (answer.status_code, answer.headers["x-weir-version"]) == (200, "people-7")
        assert sidecar.get("/healthz").status_code == 200
        assert leave(server) == 0
        metrics = sidecar.get("/metrics").text
        assert leave(sidecar) == 0
    labels = 'deployment="crowd",model="people"'
    assert f'weir_rows_total{{{labels},version="people-7"}} 3.0' in metrics
    assert f'weir_handover_dropped_total{{{labels},version="people-7"}} 0.0' in metrics


def test_a_scraper_that_does_not_read_does_not_keep_the_sidecar(tmp_path: Path) -> None:
    folder = mixed().write(tmp_path / "model")
    with (
        running("sidecar", environment(mixed(), folder)) as sidecar,
        socket.create_connection(("127.0.0.1", sidecar.port), timeout=1) as scraper,
    ):
        with pytest.raises(TimeoutError):  # both sides' buffers are full of answers and requests
            scraper.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 500_000)
        assert leave(sidecar) == 0


def leave(process: Running) -> int:
    process.signal(signal.SIGTERM)
    return process.wait()


def test_the_sidecar_stays_light() -> None:
    heavy = "{'fastapi', 'pydantic', 'onnxruntime', 'obstore', 'starlette'}"
    code = f"import sys, weir_serving.sidecar.__main__; sys.exit(', '.join({heavy} & sys.modules.keys()) or None)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert (found.returncode, found.stderr) == (0, "")


def test_the_server_does_not_load_the_object_stores() -> None:
    code = "import sys, weir_serving.server.__main__; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
