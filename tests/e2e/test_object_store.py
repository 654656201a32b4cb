"""Data read from, and artifacts published to and served from, a real S3 server; keys only in a Secret."""

from __future__ import annotations

import json

import pytest

from e2e import objects, s3
from e2e.conftest import INSIDE, Workspace

STORE = {"credentialsSecretRef": {"name": s3.CREDENTIALS}}
OUTPUT = {"uri": f"s3://{s3.BUCKET}/models"}


@pytest.fixture(scope="module")
def store(workspace: Workspace, training_image: str) -> Workspace:
    s3.start(workspace, training_image)
    keys = json.loads(workspace.run("get", "secret", s3.CREDENTIALS, "-o", "json"))["data"]
    workspace.inside(
        INSIDE / "upload.py", json.dumps(keys), "/mnt/volumes/data/cancer.csv", f"s3://{s3.BUCKET}/cancer.csv"
    )
    return workspace


def test_a_model_is_trained_and_served_from_an_object_store(store: Workspace) -> None:
    data = {"uri": f"s3://{s3.BUCKET}/cancer.csv"}
    store.apply(objects.training_job("in-s3", data=data, output=OUTPUT, **STORE))
    store.apply(objects.model_deployment("in-s3", "in-s3"))
    store.condition("trainingjob", "in-s3", "Succeeded", "True", timeout=180)
    store.condition("modeldeployment", "in-s3", "Ready", "True", timeout=180)
    told = store.compare("in-s3", "in-s3")
    assert (told["labels_off"], told["versions"]) == (0, ["in-s3"])
    assert store.get("modelversion", "in-s3")["spec"]["artifact"]["uri"].startswith("s3://lake/models/tumour/")


@pytest.mark.parametrize(
    ("name", "change", "reason", "words"),
    [
        ("s3-no-key", {"data": {"uri": f"s3://{s3.BUCKET}/nowhere.csv"}}, "DataNotFound", "nowhere.csv"),
        (
            "s3-no-secret",
            {"data": {"uri": f"s3://{s3.BUCKET}/cancer.csv"}, "bare": True},
            "DataUnreadable",
            "credential",
        ),
    ],
)
def test_data_out_of_reach_is_named(
    store: Workspace, name: str, change: dict[str, objects.Object], reason: str, words: str
) -> None:
    secret = {} if change.pop("bare", None) else STORE
    store.apply(objects.training_job(name, **change, output=OUTPUT, **secret))
    told = store.condition("trainingjob", name, "Succeeded", "False", timeout=120)
    assert told["reason"] == reason, told["message"]
    assert words in told["message"]
