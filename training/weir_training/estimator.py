"""From ``spec.trainer.sklearn`` to an unfitted scikit-learn estimator, before any data is read.

Only classes of scikit-learn's public modules are imported. A parameter whose value is ``{estimator: ..., params: ...}``
is an estimator itself, so that meta-estimators (calibration, voting, stacking, bagging, searches) can be written:

    estimator: sklearn.calibration.CalibratedClassifierCV
    params: {estimator: {estimator: sklearn.svm.LinearSVC, params: {C: 0.5}}, method: isotonic}

A trap: Kubernetes stores ``1.0`` as ``1``, which scikit-learn takes for a count where both mean something
(``max_features``, ``max_samples``); write 0.999999 for "all of them".

Parameters called ``random_state`` that are not given get the split's seed; ``n_jobs`` is bounded by the container's
CPUs (-1 means all of them).

Proven by tests/unit/training/test_estimators.py, on numeric and on mixed tables with missing values, to answer alike
in ONNX (whatever else converts may work too; parity decides in each run):

| module              | estimators                                                                                     |
|---------------------|------------------------------------------------------------------------------------------------|
| linear_model        | LogisticRegression(CV), SGDClassifier(log_loss), LinearRegression, Ridge(CV), Lasso(CV),       |
|                     | ElasticNet, BayesianRidge, HuberRegressor, PoissonRegressor, SGDRegressor                      |
| tree                | DecisionTree*, ExtraTreeClassifier                                                             |
| ensemble            | RandomForest*, ExtraTrees*, GradientBoosting*, HistGradientBoosting* (also poisson), AdaBoost* |
|                     | Bagging*, Voting* (soft), StackingClassifier                                                   |
| neighbors           | KNeighbors* (uniform weights)                                                                  |
| neural_network, svm | MLP*, SVC(probability), SVR, LinearSVR                                                         |
| naive_bayes         | GaussianNB, BernoulliNB                                                                        |
| others              | CalibratedClassifierCV, GridSearchCV                                                           |

Known to fail parity with skl2onnx 1.20: KNeighbors*(weights=distance), LinearDiscriminantAnalysis of two classes;
known not to convert: GaussianProcessClassifier, RadiusNeighbors*, Dummy*, NearestCentroid, TransformedTargetRegressor.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from skl2onnx._supported_operators import sklearn_operator_name_map
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.ensemble import StackingClassifier
from sklearn.utils import all_estimators

from weir_model.signature import Task
from weir_training.cpus import bounded
from weir_training.errors import UserError, first_line
from weir_training.similar import similar

TRAINER = "spec.trainer.sklearn"
WITHOUT_PROBABILITIES = "wrap it as the estimator of sklearn.calibration.CalibratedClassifierCV, which adds them"


def build(path: str, parameters: dict[str, Any], seed: int) -> BaseEstimator:
    """Return the estimator at dotted ``path`` with ``parameters``.

    Raises:
        UserError: UnknownEstimator or InvalidParameters.
    """
    estimator = _construct(path, parameters, TRAINER)
    _settle(estimator, seed)
    return estimator


def task_of(estimator: BaseEstimator, path: str, wanted: Task | None) -> Task:
    """Return what ``estimator`` is for.

    Raises:
        UserError: UnknownEstimator when it is neither classifier nor regressor, InvalidRequest when ``wanted`` is
            another task, NotConvertible when it has no ONNX form or is a classifier without probabilities.
    """
    if not is_classifier(estimator) and not is_regressor(estimator):
        raise UserError("UnknownEstimator", f"{TRAINER}.estimator: {path} is neither a classifier nor a regressor")
    task: Task = "classification" if is_classifier(estimator) else "regression"
    if wanted is not None and wanted != task:
        message = f"{TRAINER}.task: {wanted.title()} does not fit: {path} does {task}; leave the task out"
        raise UserError("InvalidRequest", message)
    _check_convertible(estimator, path)
    if task == "classification" and not _gives_probabilities(estimator):
        raise UserError(
            "NotConvertible",
            f"{TRAINER}.estimator: {path} with these parameters gives no probabilities (predict_proba), which a served "
            f"classifier answers with; {WITHOUT_PROBABILITIES}",
        )
    return task


def _gives_probabilities(estimator: BaseEstimator) -> bool:
    if isinstance(estimator, StackingClassifier):  # does not know before it is fitted
        return estimator.final_estimator is None or hasattr(estimator.final_estimator, "predict_proba")
    return hasattr(estimator, "predict_proba")


def name_classes(estimator: BaseEstimator, classes: tuple[str | int, ...]) -> None:
    """Translate the keys of ``class_weight`` parameters from labels as YAML spells them to class indices.

    Raises:
        UserError: InvalidParameters when a key is no label.
    """
    indices = {str(label): index for index, label in enumerate(classes)}
    for name, value in estimator.get_params(deep=True).items():
        if name.rpartition("__")[2] != "class_weight" or not isinstance(value, dict):
            continue
        unknown = [key for key in value if str(key) not in indices]
        if unknown:
            message = f"{TRAINER}.params.{name}: {unknown[0]!r} is no class; the classes are {', '.join(indices)}"
            raise UserError("InvalidParameters", message)
        estimator.set_params(**{name: {indices[str(key)]: weight for key, weight in value.items()}})


def _construct(path: str, parameters: dict[str, Any], field: str) -> BaseEstimator:
    cls = _class(path, f"{field}.estimator")
    accepted = [name for name in inspect.signature(cls).parameters if name not in ("args", "kwargs")]
    for name in parameters:
        if name not in accepted:
            raise UserError("InvalidParameters", f"{field}.params.{name}: {_no_parameter(cls, name, accepted)}")
    built = {name: _value(value, f"{field}.params.{name}") for name, value in parameters.items()}
    try:
        estimator = cls(**built)
        estimator._validate_params()
    except (TypeError, ValueError) as error:
        raise UserError("InvalidParameters", f"{field}.params: {first_line(error)}") from error
    return estimator


def _value(value: Any, field: str) -> Any:
    if _spells_estimator(value):
        return _construct(value["estimator"], value.get("params", {}), field)
    if isinstance(value, list):
        return [_value(item, f"{field}[{index}]") for index, item in enumerate(value)]
    return value


def _spells_estimator(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and not value.keys() - {"estimator", "params"}
        and isinstance(value.get("estimator"), str)
        and isinstance(value.get("params", {}), dict)
    )


def _class(path: str, field: str) -> type[BaseEstimator]:
    module, _, name = path.rpartition(".")
    parts = path.split(".")
    if parts[0] != "sklearn" or len(parts) < 3 or any(part.startswith("_") for part in parts):
        raise _unknown(path, field, "an estimator is a class of scikit-learn's public modules")
    try:
        cls = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise _unknown(path, field, "scikit-learn has no such class") from None
    if not (inspect.isclass(cls) and issubclass(cls, BaseEstimator)) or inspect.isabstract(cls):
        raise _unknown(path, field, "it is not an estimator")
    if not hasattr(cls, "_parameter_constraints"):
        raise _unknown(path, field, "it is a base class, not an estimator")
    return cls


def _unknown(path: str, field: str, why: str) -> UserError:
    public = {name: _public_path(cls) for kind in ("classifier", "regressor") for name, cls in all_estimators(kind)}
    close = similar(path.rpartition(".")[2], public)
    hint = f"; did you mean {' or '.join(public[name] for name in close)}?" if close else ""
    return UserError("UnknownEstimator", f"{field}: {path!r}: {why}{hint}")


def _public_path(cls: type) -> str:
    return ".".join([part for part in cls.__module__.split(".") if not part.startswith("_")] + [cls.__name__])


def _no_parameter(cls: type, name: str, accepted: list[str]) -> str:
    close = similar(name, accepted)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    return f"{cls.__name__} has no such parameter; {hint}It has {', '.join(accepted)}"


def _settle(estimator: BaseEstimator, seed: int) -> None:
    settled: dict[str, Any] = {}
    for name, value in estimator.get_params(deep=True).items():
        last = name.rpartition("__")[2]
        if last == "random_state" and value is None:
            settled[name] = seed
        elif last == "flatten_transform":
            settled[name] = False  # says nothing about predictions, but skl2onnx insists on it
        elif last == "n_jobs" and isinstance(value, int):
            settled[name] = bounded(value)
    estimator.set_params(**settled)


def _check_convertible(estimator: BaseEstimator, path: str) -> None:
    for name, part in {"": estimator, **estimator.get_params(deep=True)}.items():
        if isinstance(part, BaseEstimator) and type(part) not in sklearn_operator_name_map:
            field = f"{TRAINER}.params.{name.replace('__', '.params.')}" if name else f"{TRAINER}.estimator"
            what = type(part).__name__ if name else path
            raise UserError("NotConvertible", f"{field}: {what} has no ONNX form (skl2onnx does not convert it)")
