"""Every estimator that estimator.py promises, over every kind of table, ends in a graph that answers alike.

A run compares every row and replays golden examples with missing and unseen values, so that passing is the proof.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders.runs import make_request, make_table, train
from weir_model.run import RunRequest

TABLES: dict[str, dict[str, Any]] = {
    "numeric, with missing values": {"missing": True},
    "mixed, with missing values": {"mixed": True, "missing": True},
}

FEW: dict[str, Any] = {"n_estimators": 12}
SVM = {"estimator": "sklearn.svm.LinearSVC"}
BOOSTED = {"estimator": "sklearn.ensemble.HistGradientBoostingClassifier", "params": {"max_iter": 5}}

CLASSIFIERS: dict[str, tuple[str, dict[str, Any]]] = {
    "LogisticRegression": ("sklearn.linear_model.LogisticRegression", {}),
    "LogisticRegression balanced": ("sklearn.linear_model.LogisticRegression", {"class_weight": "balanced"}),
    "LogisticRegressionCV": ("sklearn.linear_model.LogisticRegressionCV", {"Cs": 3, "cv": 3}),
    "SGDClassifier": ("sklearn.linear_model.SGDClassifier", {"loss": "log_loss"}),
    "DecisionTreeClassifier": ("sklearn.tree.DecisionTreeClassifier", {}),
    "ExtraTreeClassifier": ("sklearn.tree.ExtraTreeClassifier", {}),
    "RandomForestClassifier": ("sklearn.ensemble.RandomForestClassifier", FEW),
    "RandomForestClassifier weighted": (
        "sklearn.ensemble.RandomForestClassifier",
        FEW | {"class_weight": {"0": 1.0, "1": 4.0}, "n_jobs": -1},
    ),
    "ExtraTreesClassifier": ("sklearn.ensemble.ExtraTreesClassifier", FEW),
    "GradientBoostingClassifier": ("sklearn.ensemble.GradientBoostingClassifier", FEW),
    "HistGradientBoostingClassifier": ("sklearn.ensemble.HistGradientBoostingClassifier", {"max_iter": 12}),
    "HistGradientBoostingClassifier balanced": (
        "sklearn.ensemble.HistGradientBoostingClassifier",
        {"max_iter": 12, "class_weight": "balanced", "early_stopping": True},
    ),
    "AdaBoostClassifier": ("sklearn.ensemble.AdaBoostClassifier", FEW),
    "BaggingClassifier": ("sklearn.ensemble.BaggingClassifier", {"n_estimators": 5}),
    "KNeighborsClassifier": ("sklearn.neighbors.KNeighborsClassifier", {}),
    "MLPClassifier": ("sklearn.neural_network.MLPClassifier", {"hidden_layer_sizes": [8, 4], "max_iter": 60}),
    "GaussianNB": ("sklearn.naive_bayes.GaussianNB", {}),
    "BernoulliNB": ("sklearn.naive_bayes.BernoulliNB", {}),
    "SVC": ("sklearn.svm.SVC", {"probability": True}),
    "CalibratedClassifierCV": ("sklearn.calibration.CalibratedClassifierCV", {"estimator": SVM, "cv": 3}),
    "CalibratedClassifierCV of trees": ("sklearn.calibration.CalibratedClassifierCV", {"estimator": BOOSTED, "cv": 3}),
    "VotingClassifier": (
        "sklearn.ensemble.VotingClassifier",
        {
            "estimators": [["line", {"estimator": "sklearn.linear_model.LogisticRegression"}], ["trees", BOOSTED]],
            "voting": "soft",
        },
    ),
    "StackingClassifier": (
        "sklearn.ensemble.StackingClassifier",
        {"estimators": [["nb", {"estimator": "sklearn.naive_bayes.GaussianNB"}], ["trees", BOOSTED]], "cv": 3},
    ),
    "GridSearchCV": (
        "sklearn.model_selection.GridSearchCV",
        {
            "estimator": {"estimator": "sklearn.tree.DecisionTreeClassifier"},
            "param_grid": {"max_depth": [2, 4]},
            "cv": 3,
        },
    ),
}

REGRESSORS: dict[str, tuple[str, dict[str, Any]]] = {
    "LinearRegression": ("sklearn.linear_model.LinearRegression", {}),
    "Ridge": ("sklearn.linear_model.Ridge", {}),
    "RidgeCV": ("sklearn.linear_model.RidgeCV", {}),
    "Lasso": ("sklearn.linear_model.Lasso", {"alpha": 0.1}),
    "LassoCV": ("sklearn.linear_model.LassoCV", {"cv": 3}),
    "ElasticNet": ("sklearn.linear_model.ElasticNet", {"alpha": 0.1}),
    "BayesianRidge": ("sklearn.linear_model.BayesianRidge", {}),
    "HuberRegressor": ("sklearn.linear_model.HuberRegressor", {}),
    "PoissonRegressor": ("sklearn.linear_model.PoissonRegressor", {}),
    "SGDRegressor": ("sklearn.linear_model.SGDRegressor", {}),
    "DecisionTreeRegressor": ("sklearn.tree.DecisionTreeRegressor", {}),
    "RandomForestRegressor": ("sklearn.ensemble.RandomForestRegressor", FEW),
    "ExtraTreesRegressor": ("sklearn.ensemble.ExtraTreesRegressor", FEW),
    "GradientBoostingRegressor": ("sklearn.ensemble.GradientBoostingRegressor", FEW),
    "HistGradientBoostingRegressor": ("sklearn.ensemble.HistGradientBoostingRegressor", {"max_iter": 12}),
    "HistGradientBoostingRegressor of counts": (
        "sklearn.ensemble.HistGradientBoostingRegressor",
        {"max_iter": 12, "loss": "poisson"},
    ),
    "AdaBoostRegressor": ("sklearn.ensemble.AdaBoostRegressor", FEW),
    "BaggingRegressor": ("sklearn.ensemble.BaggingRegressor", {"n_estimators": 5}),
    "KNeighborsRegressor": ("sklearn.neighbors.KNeighborsRegressor", {}),
    "MLPRegressor": ("sklearn.neural_network.MLPRegressor", {"hidden_layer_sizes": [8], "max_iter": 60}),
    "SVR": ("sklearn.svm.SVR", {}),
    "LinearSVR": ("sklearn.svm.LinearSVR", {}),
    "VotingRegressor": (
        "sklearn.ensemble.VotingRegressor",
        {"estimators": [["a", {"estimator": "sklearn.linear_model.Ridge"}], ["b", {"estimator": "sklearn.svm.SVR"}]]},
    ),
}


def _proves(request: RunRequest) -> None:
    parity = train(request).manifest.parity
    assert parity is not None
    assert (parity.rows, parity.rows_off) == (160, 0)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_of_three_texts_over_a_mixed_table(tmp_path: Path, name: str) -> None:
    estimator, parameters = CLASSIFIERS[name]
    if "weighted" in name:
        parameters = parameters | {"class_weight": {"class 0": 1.0, "class 1": 4.0, "class 2": 2}}
    data = make_table(classes=3, mixed=True, missing=True)
    _proves(make_request(tmp_path, data, target="name", estimator=estimator, parameters=parameters))


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_of_two_numbers_over_a_numeric_table(tmp_path: Path, name: str) -> None:
    estimator, parameters = CLASSIFIERS[name]
    _proves(make_request(tmp_path, make_table(missing=True), estimator=estimator, parameters=parameters))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", REGRESSORS)
def test_a_regressor(tmp_path: Path, name: str, table: str) -> None:
    estimator, parameters = REGRESSORS[name]
    data = make_table(**TABLES[table])
    _proves(make_request(tmp_path, data, target="amount", estimator=estimator, parameters=parameters))
