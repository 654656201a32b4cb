"""Data from and artifacts to object stores, as a server sees the requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from builders.runs import finish, make_request, make_table, train, write_table
from builders.s3 import FakeS3, fake_s3
from weir_model.contract import MANIFEST_FILE
from weir_model.uri import Uri
from weir_training.errors import TransientError, UserError
from weir_training.files import stored_files
from weir_training.load import load
from weir_training.publish import publish, write_objects
from weir_training.storage import open_store

FOLDER = Uri.parse("s3://models/weir/tumour/abc")
FILES = {MANIFEST_FILE: b"{}", "model.onnx": b"graph"}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    with fake_s3() as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        yield server


def test_a_whole_run_from_and_to_s3_with_nothing_but_the_usual_variables(tmp_path: Path, s3: FakeS3) -> None:
    write_table(tmp_path / "table", make_table())
    s3.objects["lake/day.parquet"] = (tmp_path / "table").read_bytes()
    request = make_request(tmp_path, "s3://lake/day.parquet", output="s3://models/weir")
    local = train(make_request(tmp_path, f"file://{tmp_path}/table")).manifest

    result = finish(request).digest

    folder = f"models/weir/tumour/{result.removeprefix('sha256:')}"
    assert sorted(s3.objects) == sorted(
        [
            "lake/day.parquet",
            *(f"{folder}/{name}" for name in ("golden.json", "manifest.json", "model.onnx", "profile.json")),
        ]
    )
    assert s3.requests[-1] == f"PUT /{folder}/manifest.json"
    assert local.files["model.onnx"].size == len(s3.objects[f"{folder}/model.onnx"])


def test_a_prefix_is_read_like_a_folder(s3: FakeS3) -> None:
    s3.objects |= {
        "lake/t/1.csv": b"a\n1\n",
        "lake/t/2.csv": b"a\n2\n",
        "lake/t/_SUCCESS": b"",
        "lake/tx.csv": b"a\n3\n",
    }
    assert load(Uri.parse("s3://lake/t")).table.to_pydict() == {"a": [1, 2]}


def test_an_object_that_is_not_there(s3: FakeS3) -> None:
    s3.objects["lake/other.csv"] = b"a\n1\n"
    with pytest.raises(UserError, match=r"spec\.data\.uri: s3://lake/data\.csv does not exist") as caught:
        load(Uri.parse("s3://lake/data.csv"))
    assert caught.value.reason == "DataNotFound"


def test_access_denied_points_at_the_credentials(s3: FakeS3) -> None:
    s3.denied = True
    with pytest.raises(
        UserError, match=r"spec\.data\.uri: s3://lake/x\.csv: access denied.*credentialsSecretRef"
    ) as read:
        load(Uri.parse("s3://lake/x.csv"))
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*access denied.*credentialsSecretRef") as written:
        publish(Uri.parse("s3://models"), "tumour", FILES)
    assert (read.value.reason, written.value.reason) == ("DataUnreadable", "PublishFailed")


def test_a_store_that_does_not_answer_may_answer_later(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TransientError) as caught:
        load(Uri.parse("s3://lake/x.csv"))
    assert caught.value.reason == "DataUnreadable"
    assert "\n" not in caught.value.message


def test_publishing_the_same_twice_writes_nothing_new(s3: FakeS3) -> None:
    first = publish(Uri.parse("s3://models"), "tumour", FILES)
    stored = dict(s3.objects)
    assert publish(Uri.parse("s3://models"), "tumour", FILES) == first
    assert s3.objects == stored


def test_an_object_that_was_altered_is_not_overwritten() -> None:
    store = MemoryStore()
    write_objects(store, FOLDER, FILES)
    store.put("weir/tumour/abc/model.onnx", b"forged")
    with pytest.raises(UserError, match=r"spec\.output\.uri: .*model\.onnx exists with other bytes"):
        write_objects(store, FOLDER, FILES)
    assert store.get("weir/tumour/abc/model.onnx").bytes().to_bytes() == b"forged"


def test_a_whole_bucket_is_a_prefix_too() -> None:
    store = MemoryStore()
    store.put("a.csv", b"a\n1\n")
    assert [file.name for file in stored_files(store, Uri.parse("s3://lake"))] == ["a.csv"]


OPTIONS = {
    "plain http is allowed for an endpoint that is spelled so": (
        {"AWS_ENDPOINT_URL": "http://s3:9000"},
        "http://s3:9000",
        True,
    ),
    "an endpoint of S3 alone comes first": (
        {"AWS_ENDPOINT_URL": "http://any", "AWS_ENDPOINT_URL_S3": "https://s3"},
        "https://s3",
        False,
    ),
    "without an endpoint it is Amazon's, encrypted": ({}, None, False),
}


@pytest.mark.parametrize(("environ", "endpoint", "plain"), OPTIONS.values(), ids=OPTIONS)
def test_the_endpoint_of_s3(environ: dict[str, str], endpoint: str | None, plain: bool) -> None:
    store = open_store(Uri.parse("s3://bucket/x"), environ)
    assert (store.config.get("endpoint"), "allow_http" in store.client_options) == (endpoint, plain)


def test_a_store_that_cannot_even_be_addressed_says_what_is_missing() -> None:
    with pytest.raises(TransientError, match=r"spec\.data\.uri: az://container/x\.csv: .*Account must be specified"):
        load(Uri.parse("az://container/x.csv"))


def test_other_stores_are_opened_by_their_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    assert open_store(Uri.parse("az://container/x"), {}).config["container_name"] == "container"
    assert open_store(Uri.parse("gs://bucket/x"), {}).config["bucket"] == "bucket"
    assert open_store(Uri.parse("https://host/x"), {}).url == "https://host/"
