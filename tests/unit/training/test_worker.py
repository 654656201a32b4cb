"""From the environment to an outcome and an exit code, in this process."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from builders.runs import TREE, make_request, make_table
from weir_model.codec import to_json
from weir_model.contract import ENV_RUN_REQUEST
from weir_model.outcome import Failure, Outcome, TrainingResult, decode, encode
from weir_model.run import RunRequest
from weir_training import worker
from weir_training.errors import TransientError
from weir_training.progress import Progress


def _attempt(request: RunRequest | str, log: io.StringIO | None = None) -> tuple[Outcome, int]:
    text = request if isinstance(request, str) else to_json(request).decode()
    return worker.attempt({ENV_RUN_REQUEST: text}, Progress(stream=log or io.StringIO()))


def test_a_run_that_succeeds(tmp_path: Path) -> None:
    outcome, code = _attempt(make_request(tmp_path))
    assert code == 0
    assert isinstance(outcome, TrainingResult)
    assert outcome.data.rows == 160
    assert outcome.metrics["holdout_rows"] == 32
    assert decode(encode(outcome).decode()) == outcome


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "not JSON"), ("{}", "required, but missing"), ('{"modle": "x"}', "modle: unknown field")],
    ids=["nothing", "an empty request", "a misspelt field"],
)
def test_a_request_that_does_not_fit(text: str, words: str) -> None:
    outcome, code = _attempt(text)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("InvalidRequest", 42)
    assert words in outcome.message


def test_no_request_at_all() -> None:
    outcome, code = worker.attempt({}, Progress(stream=io.StringIO()))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.message, code) == (
        "InvalidRequest",
        "the environment has no WEIR_RUN_REQUEST",
        42,
    )


def test_a_uri_that_is_none(tmp_path: Path) -> None:
    outcome, code = _attempt(make_request(tmp_path, "ftp://host/data.csv"))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("InvalidRequest", 42)
    assert outcome.message.startswith("spec.data.uri: 'ftp://host/data.csv': unknown scheme")


def test_a_failure_before_the_data_was_accepted_says_nothing_of_it(tmp_path: Path) -> None:
    outcome, code = _attempt(make_request(tmp_path, target="malignancy"))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.data, outcome.metrics, code) == ("TargetMissing", None, {}, 42)


def test_a_failure_after_it_says_what_was_read_and_measured(tmp_path: Path) -> None:
    request = make_request(
        tmp_path, estimator="sklearn.neighbors.KNeighborsClassifier", parameters={"weights": "distance"}
    )
    outcome, code = _attempt(request)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("ParityFailed", 42)
    assert outcome.data is not None
    assert outcome.data.rows == 160
    assert "accuracy" in outcome.metrics


def test_a_failure_is_a_line_of_the_log_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = io.StringIO()
    _attempt(make_request(tmp_path, target="malignancy"), log)
    last = json.loads(log.getvalue().splitlines()[-1])
    assert (last["event"], last["reason"]) == ("failed", "TargetMissing")
    assert capsys.readouterr().err == ""


def test_what_may_pass_is_worth_another_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise TransientError("DataUnreadable", "the store does not answer")

    monkeypatch.setattr("weir_training.load.read_files", unreachable)
    outcome, code = _attempt(make_request(tmp_path))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.message, code) == ("DataUnreadable", "the store does not answer", 1)


def test_an_error_of_ours_is_one_line_and_its_traceback_goes_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by us\nand more")

    monkeypatch.setattr("weir_training.load.read_files", broken)
    outcome, code = _attempt(make_request(tmp_path))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, code) == ("InternalError", 1)
    assert outcome.message == "ZeroDivisionError: by us; the container's log has the details"
    assert "Traceback" in capsys.readouterr().err


def test_the_longest_message_fits_into_a_termination_message(tmp_path: Path) -> None:
    table = make_table().rename_columns([f"{'long ' * 200}{i}" for i in range(7)])
    outcome, _ = _attempt(replace(make_request(tmp_path, table, preprocessing={"exclude": ()}), estimator=TREE))
    assert len(encode(outcome)) <= 4096
