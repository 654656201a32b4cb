"""What may be written into spec.trainer.sklearn, and what is said about mistakes before any data is read."""

from __future__ import annotations

from typing import Any

import pytest

from weir_training.cpus import available
from weir_training.errors import UserError
from weir_training.estimator import build, name_classes, task_of
from weir_training.fit import needs_scaling

FOREST = "sklearn.ensemble.RandomForestClassifier"
LOGISTIC = "sklearn.linear_model.LogisticRegression"
CALIBRATED = "sklearn.calibration.CalibratedClassifierCV"
LINEAR_SVC = {"estimator": "sklearn.svm.LinearSVC"}

MISTAKES: dict[str, tuple[str, dict[str, Any], str, tuple[str, ...]]] = {
    "a misspelt class": (
        "sklearn.ensemble.RandomForrestClassifier",
        {},
        "UnknownEstimator",
        ("spec.trainer.sklearn.estimator", "sklearn.ensemble.RandomForestClassifier"),
    ),
    "a class in another module": ("sklearn.svm.Ridge", {}, "UnknownEstimator", ("sklearn.linear_model.Ridge",)),
    "a class without its module": ("LinearSVR", {}, "UnknownEstimator", ("sklearn.svm.LinearSVR",)),
    "a module that is not there": ("sklearn.magic.Wand", {}, "UnknownEstimator", ("no such class",)),
    "another library": ("os.path.join", {}, "UnknownEstimator", ("public modules",)),
    "a private module": ("sklearn.ensemble._forest.RandomForestClassifier", {}, "UnknownEstimator", ("public",)),
    "a function": ("sklearn.datasets.load_iris", {}, "UnknownEstimator", ("not an estimator",)),
    "an abstract class": ("sklearn.ensemble.BaseEnsemble", {}, "UnknownEstimator", ("not an estimator",)),
    "a base class": ("sklearn.base.BaseEstimator", {}, "UnknownEstimator", ("base class",)),
    "a transformer": ("sklearn.preprocessing.StandardScaler", {}, "UnknownEstimator", ("neither a classifier",)),
    "a clusterer": ("sklearn.cluster.KMeans", {}, "UnknownEstimator", ("neither a classifier",)),
    "a misspelt parameter": (
        FOREST,
        {"n_estimator": 3},
        "InvalidParameters",
        ("spec.trainer.sklearn.params.n_estimator", "did you mean n_estimators"),
    ),
    "a parameter of nothing alike": (FOREST, {"trees": 3}, "InvalidParameters", ("params.trees", "n_estimators")),
    "a value out of range": (LOGISTIC, {"C": -1}, "InvalidParameters", ("'C' parameter", "Got -1")),
    "a value of another type": (FOREST, {"n_estimators": "ten"}, "InvalidParameters", ("'n_estimators'", "'ten'")),
    "a required parameter left out": (
        "sklearn.ensemble.VotingClassifier",
        {},
        "InvalidParameters",
        ("'estimators'",),
    ),
    "a mistake inside a meta-estimator": (
        CALIBRATED,
        {"estimator": {"estimator": "sklearn.svm.LinearSVC", "params": {"c": 1}}},
        "InvalidParameters",
        ("spec.trainer.sklearn.params.estimator.params.c", "did you mean C"),
    ),
    "no probabilities": ("sklearn.linear_model.RidgeClassifier", {}, "NotConvertible", ("RidgeClassifier", CALIBRATED)),
    "probabilities that were not asked for": ("sklearn.svm.SVC", {}, "NotConvertible", ("predict_proba", CALIBRATED)),
    "no probabilities from a stack": (
        "sklearn.ensemble.StackingClassifier",
        {"estimators": [["a", LINEAR_SVC]], "final_estimator": LINEAR_SVC},
        "NotConvertible",
        ("predict_proba",),
    ),
    "no ONNX form": ("sklearn.semi_supervised.LabelSpreading", {}, "NotConvertible", ("LabelSpreading", "ONNX")),
    "no ONNX form inside": (
        "sklearn.ensemble.BaggingClassifier",
        {"estimator": {"estimator": "sklearn.semi_supervised.LabelSpreading"}},
        "NotConvertible",
        ("params.estimator", "LabelSpreading"),
    ),
}


@pytest.mark.parametrize(("path", "parameters", "reason", "words"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(path: str, parameters: dict[str, Any], reason: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        task_of(build(path, parameters, seed=0), path, None)
    assert caught.value.reason == reason
    assert [word for word in words if word not in caught.value.message] == []
    assert "\n" not in caught.value.message


def test_the_task_is_the_estimators() -> None:
    assert task_of(build(LOGISTIC, {}, 0), LOGISTIC, None) == "classification"
    assert task_of(build("sklearn.linear_model.Ridge", {}, 0), "", "regression") == "regression"


def test_a_task_that_does_not_fit() -> None:
    with pytest.raises(UserError, match=r"spec\.trainer\.sklearn\.task: Regression does not fit") as caught:
        task_of(build(LOGISTIC, {}, 0), LOGISTIC, "regression")
    assert caught.value.reason == "InvalidRequest"


def test_the_seed_goes_wherever_chance_is_left_open() -> None:
    nested = {"estimator": {"estimator": FOREST}}
    assert build(FOREST, {}, 7).get_params()["random_state"] == 7
    assert build(FOREST, {"random_state": 3}, 7).get_params()["random_state"] == 3
    assert build(CALIBRATED, nested, 7).get_params()["estimator__random_state"] == 7


@pytest.mark.parametrize(("asked", "given"), [(None, None), (1, 1), (10_000, available()), (-1, available())])
def test_workers_are_bounded_by_the_containers_cpus(asked: int | None, given: int | None) -> None:
    assert build(FOREST, {"n_jobs": asked}, 0).get_params()["n_jobs"] == given


def test_class_weights_are_given_by_label() -> None:
    forest = build(FOREST, {"class_weight": {"benign": 1, "malignant": 5}}, 0)
    name_classes(forest, ("benign", "malignant"))
    assert forest.get_params()["class_weight"] == {0: 1, 1: 5}


def test_class_weights_of_numbers_are_spelled_as_texts_because_json_has_no_others() -> None:
    calibrated = build(CALIBRATED, {"estimator": {"estimator": FOREST, "params": {"class_weight": {"10": 2}}}}, 0)
    name_classes(calibrated, (-1, 10))
    assert calibrated.get_params()["estimator__class_weight"] == {1: 2}


def test_a_weight_of_no_class() -> None:
    with pytest.raises(
        UserError, match=r"params\.class_weight: 'maligant' is no class; the classes are benign, malignant"
    ):
        name_classes(build(FOREST, {"class_weight": {"maligant": 5}}, 0), ("benign", "malignant"))


SCALING = {
    "linear models": ("sklearn.linear_model.Ridge", {}, True),
    "neighbours": ("sklearn.neighbors.KNeighborsRegressor", {}, True),
    "trees": ("sklearn.ensemble.HistGradientBoostingRegressor", {}, False),
    "bagged trees": ("sklearn.ensemble.BaggingRegressor", {}, False),
    "bagged neighbours": (
        "sklearn.ensemble.BaggingRegressor",
        {"estimator": {"estimator": "sklearn.neighbors.KNeighborsRegressor"}},
        True,
    ),
    "calibrated trees": (CALIBRATED, {"estimator": {"estimator": FOREST}}, False),
    "calibrated support vectors, the default": (CALIBRATED, {}, True),
}


@pytest.mark.parametrize(("path", "parameters", "scaled"), SCALING.values(), ids=SCALING)
def test_columns_are_scaled_for_what_compares_them(path: str, parameters: dict[str, Any], scaled: bool) -> None:
    assert needs_scaling(build(path, parameters, 0)) is scaled
