"""What a container says at its end fits into what the kubelet keeps, and reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir_model.contract import TERMINATION_LIMIT
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, Outcome, TrainingResult, VerificationResult, decode, encode

DATA = DataLineage("pvc://data/a.csv", "sha256:" + "0" * 64, 569, 31)


@pytest.mark.parametrize(
    "outcome",
    [
        Failure("TargetMissing", "spec.data.target: there is no column 'x'"),
        Failure("ParityFailed", "3 of 100 rows are off", DATA, {"accuracy": 0.9}),
        TrainingResult("pvc://models/m/abc", "sha256:" + "1" * 64, DATA, {"roc_auc": 0.99}),
        VerificationResult("sha256:" + "1" * 64, 32),
    ],
    ids=lambda outcome: outcome.kind,
)
def test_outcomes_round_trip(outcome: Outcome) -> None:
    assert decode(encode(outcome).decode()) == outcome


@given(st.text(min_size=2000, max_size=9000), st.integers(0, 40))
def test_a_failure_always_fits_and_keeps_its_reason(message: str, metrics: int) -> None:
    failure = Failure("FitFailed", message, DATA, {f"metric_{i}": 1 / 3 for i in range(metrics)})
    data = encode(failure)
    assert len(data) <= TERMINATION_LIMIT
    decoded = decode(data.decode())
    assert isinstance(decoded, Failure)
    assert decoded.reason == "FitFailed"


@pytest.mark.parametrize("message", ["", "Killed", "Traceback (most recent call last):", "{}", '{"outcome":{}}', "[1]"])
def test_a_log_tail_is_not_an_outcome(message: str) -> None:
    assert decode(message) is None
