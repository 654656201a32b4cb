"""The verification of an artifact: what it accepts, and what it says about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.artifact import Artifact, mixed, sums
from weir_model.outcome import VerificationResult
from weir_serving.errors import DigestMismatchError, GoldenMismatchError, LoadError
from weir_serving.verify.settings import VerifySettings
from weir_serving.verify.verification import verify


def verified(artifact: Artifact, folder: Path) -> VerificationResult:
    source = artifact.write(folder / "source")
    return verify(VerifySettings(f"file://{source}", artifact.digest, 1), folder / "fetched")


@pytest.mark.parametrize(
    ("artifact", "examples"),
    [(sums(), 4), (mixed(), 0), (sums().with_files(golden_json=None, profile_json=None), 0)],
)
def test_a_right_artifact_is_verified_by_its_examples(tmp_path: Path, artifact: Artifact, examples: int) -> None:
    assert VerificationResult(artifact.digest, examples) == verified(artifact, tmp_path)


@pytest.mark.parametrize(
    ("artifact", "error", "message"),
    [
        (sums().with_files(model_onnx=b"no graph"), LoadError, r"model\.onnx: ONNX Runtime "),
        (sums().with_files(model_onnx=mixed().files["model.onnx"]), LoadError, "the graph takes an input 'age'"),
        (
            sums().with_files(golden_json=sums().files["golden.json"].replace(b"6.0]", b"7.5]")),
            GoldenMismatchError,
            "output 'prediction': 1 of 4 values are off, by up to 1.5",
        ),
        (sums().with_files(profile_json=b"[]"), LoadError, r"profile\.json: Profile: expected dict"),
        (sums().with_files(profile_json=mixed().files["profile.json"]), LoadError, "no numeric column 'age'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, artifact: Artifact, error, message: str) -> None:
    with pytest.raises(error, match=message):
        verified(artifact, tmp_path)


def test_an_artifact_with_another_digest_is_not_looked_at(tmp_path: Path) -> None:
    source = sums().write(tmp_path / "source")
    with pytest.raises(DigestMismatchError):
        verify(VerifySettings(f"file://{source}", mixed().digest, 1), tmp_path / "fetched")
    assert not (tmp_path / "fetched").exists()
