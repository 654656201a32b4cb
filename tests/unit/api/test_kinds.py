"""Parsing: defaults, what is refused, what is ignored."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from builders.resources import DIGEST, edited, model_deployment, model_version, stored, training_job
from weir_operator.api.v1alpha1 import Kind, ModelDeployment, ModelVersion, TrainingJob

Object = dict[str, Any]

MINIMAL: dict[str, tuple[type[Kind], Object]] = {
    "TrainingJob": (TrainingJob, training_job()),
    "ModelVersion": (ModelVersion, model_version()),
    "ModelDeployment": (ModelDeployment, model_deployment()),
}


def spec_document(thing: Any) -> Object:
    document: Object = thing.spec.model_dump(by_alias=True, mode="json", exclude_none=True)
    return document


def test_a_runs_defaults_are_spelled_out() -> None:
    expected = training_job()["spec"] | {
        "data": {
            "uri": "pvc://lake/tumour.csv",
            "target": "malignant",
            "split": {"holdout": 0.2, "strategy": "Random", "seed": 0},
        },
        "trainer": {
            "sklearn": {
                "estimator": "sklearn.linear_model.LogisticRegression",
                "params": {},
                "preprocessing": {"columns": {}, "exclude": []},
            }
        },
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}},
        "activeDeadlineSeconds": 3600,
        "backoffLimit": 1,
        "nodeSelector": {},
        "tolerations": [],
    }
    assert expected == spec_document(TrainingJob.parse(stored(training_job())))


def test_an_endpoints_defaults_are_spelled_out() -> None:
    expected = {
        "model": "tumour",
        "version": "tumour-1",
        "replicas": 1,
        "server": {
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
            "timeoutSeconds": 30,
            "maxRequestMiB": 16,
        },
        "nodeSelector": {},
        "tolerations": [],
    }
    assert expected == spec_document(ModelDeployment.parse(stored(model_deployment())))


@pytest.mark.parametrize(("kind", "raw"), MINIMAL.values(), ids=MINIMAL.keys())
def test_what_was_written_with_its_defaults_reads_the_same_again(kind: type[Kind], raw: Object) -> None:
    once: Any = kind.parse(stored(raw))
    again = kind.parse(stored(raw | {"spec": spec_document(once)}))
    assert once == again


@pytest.mark.parametrize(("kind", "raw"), MINIMAL.values(), ids=MINIMAL.keys())
def test_a_spec_refuses_a_field_that_it_does_not_know(kind: type[Kind], raw: Object) -> None:
    with pytest.raises(ValidationError) as error:
        kind.parse(stored(edited(raw, {"spec.color": "red"})))
    assert [(e["loc"], e["type"]) for e in error.value.errors()] == [(("spec", "color"), "extra_forbidden")]


@pytest.mark.parametrize(("kind", "raw"), MINIMAL.values(), ids=MINIMAL.keys())
def test_a_status_ignores_a_field_that_it_does_not_know(kind: type[Kind], raw: Object) -> None:
    parsed: Any = kind.parse(stored(raw | {"status": {"observedGeneration": 3, "fromTheFuture": [1]}}))
    assert parsed.status.observed_generation == 3


@pytest.mark.parametrize(("kind", "raw"), MINIMAL.values(), ids=MINIMAL.keys())
def test_a_parsed_object_cannot_be_changed(kind: type[Kind], raw: Object) -> None:
    parsed: Any = kind.parse(stored(raw))
    with pytest.raises(ValidationError, match="frozen"):
        parsed.spec.model = "other"


def test_quantities_are_text_however_they_were_written() -> None:
    raw = model_deployment(server={"resources": {"limits": {"cpu": 2, "memory": "1Gi"}}})
    parsed = ModelDeployment.parse(stored(raw))
    assert parsed.spec.server.resources.limits == {"cpu": "2", "memory": "1Gi"}
    assert parsed.spec.server.resources.requests == {}


def test_parameters_keep_their_shape() -> None:
    params = {"max_depth": None, "hidden": [1, 2], "nested": {"a": 0.5}, "flag": True}
    raw = edited(training_job(), {"spec.trainer.sklearn.params": params})
    assert params == TrainingJob.parse(stored(raw)).spec.trainer.sklearn.params


REFUSED: dict[str, tuple[Object, tuple[str, ...]]] = {
    "a holdout of everything": (
        edited(training_job(), {"spec.data.split.holdout": 1.0}),
        ("spec", "data", "split", "holdout"),
    ),
    "no holdout": (edited(training_job(), {"spec.data.split.holdout": 0}), ("spec", "data", "split", "holdout")),
    "an estimator without a module": (
        edited(training_job(), {"spec.trainer.sklearn.estimator": "Ridge"}),
        ("spec", "trainer", "sklearn", "estimator"),
    ),
    "a trainer of no kind": (edited(training_job(), {"spec.trainer": {}}), ("spec", "trainer", "sklearn")),
    "a model name that is no label": (edited(training_job(), {"spec.model": "Tumour!"}), ("spec", "model")),
    "a quantity of words": (
        edited(training_job(), {"spec.resources": {"limits": {"memory": "lots"}}}),
        ("spec", "resources", "limits", "memory"),
    ),
    "a quantity below zero": (
        edited(training_job(), {"spec.resources": {"limits": {"cpu": -1}}}),
        ("spec", "resources", "limits", "cpu"),
    ),
    "a quantity that is a truth": (
        edited(training_job(), {"spec.resources": {"limits": {"cpu": True}}}),
        ("spec", "resources", "limits", "cpu"),
    ),
    "a column of an unknown kind": (
        edited(training_job(), {"spec.trainer.sklearn.preprocessing.columns": {"age": "Text"}}),
        ("spec", "trainer", "sklearn", "preprocessing", "columns", "age"),
    ),
}


@pytest.mark.parametrize(("raw", "path"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses_by_path(raw: Object, path: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as error:
        TrainingJob.parse(stored(raw))
    assert [path] == [entry["loc"] for entry in error.value.errors()]


@pytest.mark.parametrize(
    "digest", ["sha256:" + "0" * 63, "sha256:" + "G" * 64, DIGEST.upper(), "md5:" + "0" * 64, DIGEST + "\n"]
)
def test_refuses_what_is_no_digest(digest: str) -> None:
    with pytest.raises(ValidationError):
        ModelVersion.parse(stored(edited(model_version(), {"spec.artifact.digest": digest})))
