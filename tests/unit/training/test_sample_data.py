"""Sample data: what the demo and the samples train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.runs import make_request, train
from weir_model.uri import Uri
from weir_training.load import load
from weir_training.sample_data import DATA_SETS, encode, main

MODELS = {
    "breast_cancer": ("malignant", "sklearn.ensemble.HistGradientBoostingClassifier"),
    "wine": ("cultivar", "sklearn.linear_model.LogisticRegression"),
    "diabetes": ("progression", "sklearn.ensemble.RandomForestRegressor"),
}
GOOD = {"breast_cancer": ("roc_auc", 0.95), "wine": ("accuracy", 0.9), "diabetes": ("r2", 0.3)}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", DATA_SETS)
def test_each_can_be_read_back_and_learned(
    tmp_path: Path, name: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new folder" / f"data.{ending}"
    assert main([name, str(path)]) == 0
    assert "wrote" in capsys.readouterr().out
    target, estimator = MODELS[name]
    request = make_request(
        tmp_path,
        f"file://{path}",
        target=target,
        estimator=estimator,
        preprocessing={"exclude": ()},
        split={"seed": 42},
    )
    metric, least = GOOD[name]
    assert train(request).manifest.metrics[metric] > least


@pytest.mark.parametrize("name", DATA_SETS)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_same_bytes_every_time(name: str, ending: str) -> None:
    assert encode(DATA_SETS[name](), f"x.{ending}") == encode(DATA_SETS[name](), f"x.{ending}")


def test_breast_cancer_is_what_the_samples_say(tmp_path: Path) -> None:
    main(["breast_cancer", str(tmp_path / "x.csv")])
    table = load(Uri.parse(f"file://{tmp_path}/x.csv")).table
    assert (table.num_rows, table.num_columns) == (569, 31)
    assert sum(table["malignant"].to_pylist()) == 212
    assert "mean_radius" in table.column_names
    assert not [name for name in table.column_names if " " in name]


@pytest.mark.parametrize("uri", ["data.txt", "https://host/data.csv"])
def test_a_place_that_makes_no_sense(uri: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["wine", uri])
    assert "must be writable and end in .csv or .parquet" in capsys.readouterr().err
