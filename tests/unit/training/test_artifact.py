"""What a run publishes besides the graph: golden examples, the reference profile and the manifest."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow as pa
import pytest

from builders.runs import LINEAR, LOGISTIC, make_request, make_table, train
from weir_model.golden import disagreement
from weir_model.manifest import DataLineage, digest_of
from weir_model.profile import CategoricalFeature, NumericFeature
from weir_training.errors import UserError
from weir_training.examples import UNSEEN


def test_golden_examples_replay_in_a_plain_runtime(tmp_path: Path) -> None:
    artifact = train(make_request(tmp_path, make_table(mixed=True, missing=True), target="name"))
    session = onnxruntime.InferenceSession(artifact.graph, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {tensor.name: tensor.array() for tensor in artifact.golden.inputs})
    answers = dict(zip([output.name for output in session.get_outputs()], outputs, strict=True))
    assert disagreement(artifact.golden, answers) is None


def test_golden_examples_hold_missing_and_unseen_values_in_every_column(tmp_path: Path) -> None:
    artifact = train(make_request(tmp_path, make_table(mixed=True)))
    inputs = {tensor.name: tensor.data for tensor in artifact.golden.inputs}
    assert [name for name in "abcd" if None not in inputs[name]] == []
    assert [name for name in ("colour", "size") if not {"", UNSEEN} <= set(inputs[name])] == []
    assert artifact.golden.inputs[0].shape == (32, 1)


def test_undecided_rows_are_no_golden_examples(tmp_path: Path) -> None:
    table = pa.table({"a": [0.0, 1.0] * 50, "label": [0, 0, 0, 1] * 25, "t": range(100)})  # a = 1 is a tie
    split = {"strategy": "Time", "column": "t"}
    golden = train(make_request(tmp_path, table, split=split, preprocessing={"exclude": ()})).golden
    assert 0.0 in golden.inputs[0].data
    assert 1.0 not in golden.inputs[0].data


def test_features_are_profiled_over_all_rows_and_answers_over_the_holdout(tmp_path: Path) -> None:
    table = make_table(mixed=True, missing=True)
    profile = train(make_request(tmp_path, table)).profile
    assert profile.rows == 160
    by_name = {feature.name: feature for feature in profile.features}
    assert list(by_name) == ["a", "b", "c", "d", "colour", "size"]
    assert [sum(f.counts) + f.quality[0] for f in profile.features] == [160] * 6
    assert by_name["a"].quality[0] == table["a"].null_count
    colours = Counter(table["colour"].to_pylist())
    assert isinstance(by_name["colour"], CategoricalFeature)
    assert dict(zip(by_name["colour"].categories, by_name["colour"].counts, strict=False)) == {
        name: colours[name] for name in ("red", "green", "blue")
    }
    assert [(f.name, sum(f.counts)) for f in profile.predictions] == [("prediction", 32), ("score", 32)]


def test_a_regression_is_profiled_by_its_prediction(tmp_path: Path) -> None:
    [prediction] = train(make_request(tmp_path, target="amount", estimator=LINEAR)).profile.predictions
    assert isinstance(prediction, NumericFeature)
    assert (prediction.name, sum(prediction.counts)) == ("prediction", 32)


def test_a_rounding_error_moves_no_answer_to_another_bin(tmp_path: Path) -> None:
    artifact = train(make_request(tmp_path, make_table(400), estimator="sklearn.ensemble.RandomForestClassifier"))
    score = artifact.profile.predictions[1]
    assert isinstance(score, NumericFeature)
    atoms = np.arange(50, 101) / 100
    for nudge in (-1e-6, 1e-6):
        np.testing.assert_array_equal(score.count(atoms + nudge)[0], score.count(atoms)[0])
    assert score.count(np.array([score.high + 1e-6]))[1].tolist() == [0, 0, 0, 1]


def test_the_manifest_pins_every_file_and_is_pinned_by_its_folder(tmp_path: Path) -> None:
    artifact = train(make_request(tmp_path))
    for name, entry in artifact.manifest.files.items():
        content = (artifact.folder / name).read_bytes()
        assert (entry.digest, entry.size) == (digest_of(content), len(content))
    assert sorted(artifact.manifest.files) == ["golden.json", "model.onnx", "profile.json"]
    assert artifact.result.digest == digest_of((artifact.folder / "manifest.json").read_bytes())
    assert artifact.result.digest == artifact.manifest.digest()
    assert artifact.folder == tmp_path / "out" / "tumour" / artifact.result.digest.removeprefix("sha256:")


def test_the_manifest_says_where_the_version_comes_from(tmp_path: Path) -> None:
    request = make_request(
        tmp_path,
        parameters={"max_depth": 3},
        split={"seed": 9},
        image="weir.dev/training@sha256:1",
        code_revision="abc",
    )
    lineage = train(request).manifest.lineage
    digest = digest_of((tmp_path / "data.parquet").read_bytes())
    assert lineage.data == DataLineage(request.data.uri, digest, rows=160, columns=7)
    assert (lineage.namespace, lineage.training_job, lineage.training_job_uid) == ("lab", "first", "uid-1")
    assert (lineage.estimator, lineage.parameters, lineage.seed) == (request.estimator, {"max_depth": 3}, 9)
    assert (lineage.image, lineage.code_revision) == ("weir.dev/training@sha256:1", "abc")
    assert {"python", "scikit-learn", "onnx", "onnxruntime", "skl2onnx"} <= lineage.libraries.keys()


CHANCE = {
    "a forest on several threads": ("sklearn.ensemble.RandomForestClassifier", {"n_jobs": -1, "n_estimators": 30}),
    "boosting": ("sklearn.ensemble.HistGradientBoostingClassifier", {"max_iter": 20}),
    "a network": ("sklearn.neural_network.MLPClassifier", {"max_iter": 20}),
    "a linear model": (LOGISTIC, {}),
}


@pytest.mark.parametrize(("estimator", "parameters"), CHANCE.values(), ids=CHANCE)
def test_the_same_run_on_the_same_data_is_the_same_version(
    tmp_path: Path, estimator: str, parameters: dict[str, object]
) -> None:
    request = make_request(tmp_path, make_table(mixed=True, missing=True), estimator=estimator, parameters=parameters)
    first = train(request)
    elsewhere = train(replace(request, output=f"file://{tmp_path}/elsewhere"))
    assert first.result.digest == elsewhere.result.digest


def test_another_seed_is_another_version(tmp_path: Path) -> None:
    first, second = (train(make_request(tmp_path, split={"seed": seed})).result.digest for seed in (1, 2))
    assert first != second


@pytest.mark.parametrize("estimator", [LOGISTIC, "sklearn.ensemble.HistGradientBoostingClassifier"])
def test_a_column_without_a_value_to_fit_on_is_left_out_and_named(tmp_path: Path, estimator: str) -> None:
    late = np.where(np.arange(160) < 140, np.nan, 1.0)  # NaN, not null: so do libraries other than pandas write it
    data = make_table().append_column("late", pa.array(late)).append_column("day", pa.array(range(160)))
    log = io.StringIO()
    split = {"strategy": "Time", "column": "day"}
    columns = train(make_request(tmp_path, data, estimator=estimator, split=split), log).manifest.signature.columns
    assert [column.name for column in columns] == ["a", "b", "c", "d"]
    assert '"left_out_as_empty": ["late"]' in log.getvalue()


def test_rows_without_a_target_are_read_but_not_used(tmp_path: Path) -> None:
    table = make_table()
    labels = pa.array([None if i % 4 == 0 else v for i, v in enumerate(table["name"].to_pylist())])
    log = io.StringIO()
    table = table.set_column(table.column_names.index("name"), "name", labels)
    artifact = train(make_request(tmp_path, table, target="name"), log)
    metrics = artifact.manifest.metrics
    assert (artifact.result.data.rows, metrics["fit_rows"] + metrics["holdout_rows"]) == (160, 120)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["rows_without_target"] for line in lines if line["event"] == "columns"] == [40]


def test_rare_categories_share_a_code_instead_of_widening_the_model(tmp_path: Path) -> None:
    rows = 600
    table = pa.table(
        {
            "shop": [f"shop {i % 300}" for i in range(rows)],
            "label": [i % 2 for i in range(rows)],
        }
    )
    artifact = train(make_request(tmp_path, table, estimator=LOGISTIC, preprocessing={"exclude": ()}))
    assert len(artifact.graph) < 8_000


def test_what_scikit_learn_says_while_fitting_reaches_the_user(tmp_path: Path) -> None:
    request = make_request(tmp_path, estimator=LOGISTIC, parameters={"solver": "liblinear", "l1_ratio": 0.5})
    with pytest.raises(
        UserError, match=r"spec\.trainer\.sklearn\.estimator: LogisticRegression failed to fit: "
    ) as caught:
        train(request)
    assert caught.value.reason == "FitFailed"


def test_a_warning_of_scikit_learn_becomes_a_line_of_the_log(tmp_path: Path) -> None:
    log = io.StringIO()
    train(make_request(tmp_path, estimator=LOGISTIC, parameters={"max_iter": 1}), log)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["stage"] for line in lines if line["event"] == "warning" and "converge" in line["text"]] == ["fit"]
