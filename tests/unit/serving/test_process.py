"""The four entry points as the kubelet runs them: exit codes, termination messages, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from builders.artifact import Artifact, mixed, sums
from builders.processes import Running, environment, run, running
from weir_model.contract import EXIT_USER_ERROR
from weir_model.outcome import Failure, Outcome, VerificationResult, decode
from weir_serving.errors import ArtifactUnavailableError, StartupError
from weir_serving.process import exit as process_exit


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
        ("server", {"WEIR_MODEL_DIR": "/nowhere"}, "ArtifactNotFound", "/nowhere/manifest.json: No such"),
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


@pytest.mark.parametrize(
    ("artifact", "reason", "message"),
    [
        (sums().with_files(model_onnx=b"no graph"), "LoadFailed", "model.onnx: ONNX Runtime "),
        (sums().with_files(model_onnx=mixed().files["model.onnx"]), "LoadFailed", "the graph takes an input 'age'"),
        (
            sums().with_files(golden_json=sums().files["golden.json"].replace(b"6.0]", b"7.5]")),
            "GoldenMismatch",
            "output 'prediction': 1 of 4 values are off, by up to 1.5",
        ),
        (sums().with_files(profile_json=b"[]"), "LoadFailed", "profile.json: Profile: expected dict"),
    ],
)
def test_verification_says_what_is_wrong(tmp_path: Path, log: Path, artifact: Artifact, reason, message) -> None:
    uri = f"file://{artifact.write(tmp_path / 'source')}"
    variables = environment(artifact, tmp_path, WEIR_ARTIFACT_URI=uri, WEIR_TERMINATION_LOG=log)
    assert run("verify", variables)[0] == EXIT_USER_ERROR
    failure = outcome(log)
    assert reason == failure.reason
    assert message in failure.message


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


def test_a_port_that_is_taken_is_named(tmp_path: Path, log: Path) -> None:
    folder = sums().write(tmp_path / "model")
    with running("server", environment(sums(), folder)) as server:
        variables = environment(sums(), folder, WEIR_HTTP_PORT=server.port, WEIR_TERMINATION_LOG=log)
        assert run("server", variables)[0] == EXIT_USER_ERROR
    assert f"cannot listen on port {server.port}: Address already in use" in outcome(log).message


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
