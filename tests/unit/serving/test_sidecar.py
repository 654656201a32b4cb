"""The sidecar's counters against numbers counted by hand, and its two pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx2
import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from builders.artifact import mixed, sums
from weir_model import metrics
from weir_model.codec import from_json, to_json
from weir_model.handover import Answer, Batch
from weir_model.profile import CategoricalFeature, NumericFeature, Profile
from weir_model.signature import table_signature
from weir_serving.errors import DigestMismatchError, LoadError
from weir_serving.sidecar.__main__ import load_counters
from weir_serving.sidecar.app import create_app
from weir_serving.sidecar.collector import CountersCollector
from weir_serving.sidecar.counters import Counters, Latency
from weir_serving.sidecar.settings import SidecarSettings

PEOPLE = table_signature("classification", {"age": "numeric", "sex": "categorical"}, ("no", "yes"))
PROFILE = Profile(
    10,
    (
        NumericFeature("age", (1.0, 2.0), (5, 3, 2), 0.0, 3.0, (0, 0, 0, 0)),
        CategoricalFeature("sex", ("f", "m"), ("x",), (5, 4, 1), (0, 0)),
    ),
    (
        CategoricalFeature("prediction", ("yes", "no"), (), (5, 5, 0), (0, 0)),
        NumericFeature("score", (0.75,), (5, 5), 0.5, 1.0, (0, 0, 0, 0)),
    ),
)
BATCH = Batch(
    answers=(
        Answer("v2-rest", 200, 0.00009, 4),
        Answer("v2-rest", 200, 0.0001, 3),
        Answer("v1-rest", 400, 0.00011, error="invalid_input"),
        Answer("v2-rest", 504, 100.0, error="deadline"),
    ),
    inputs={
        "age": np.array([[1], [1.5], [2], [2.5], [-1], [np.nan], [np.inf]], np.float32),
        "sex": np.array([["f"], ["f"], ["m"], ["x"], ["q"], [""], ["f"]], np.object_),
    },
    outputs={
        "label": np.array(["yes", "no", "yes", "yes", "no", "maybe", "yes"], np.object_),
        "probabilities": np.array([[0.25, 0.75], [0.9, 0.1]] + [[0.4, 0.6]] * 5, np.float32),
    },
    dropped=2,
    waiting=5,
)


def counted(*batches: Batch, profile: Profile | None = PROFILE) -> Counters:
    counters = Counters(PEOPLE, profile)
    for batch in batches:
        counters.add(batch)
    return counters


def test_a_batch_is_counted_as_by_hand() -> None:
    counters = counted(BATCH)
    assert counters.requests == {("v2-rest", 200): 2, ("v1-rest", 400): 1, ("v2-rest", 504): 1}
    assert counters.errors == {"invalid_input": 1, "deadline": 1}
    assert (counters.rows, counters.dropped, counters.waiting) == (7, 2, 5)
    age, sex = counters.features
    assert (age.bins.tolist(), age.quality.tolist()) == ([2, 2, 1], [1, 1, 1, 0])
    assert (sex.bins.tolist(), sex.quality.tolist()) == ([3, 1, 1], [1, 1])
    label, score = counters.predictions
    assert (label.bins.tolist(), label.quality.tolist()) == ([4, 2, 0], [0, 1])
    assert (score.bins.tolist(), score.quality.tolist()) == ([6, 1], [0, 0, 0, 0])


def test_batches_add_up() -> None:
    once, twice = counted(BATCH), counted(BATCH, BATCH)
    for one, two in zip(once.features + once.predictions, twice.features + twice.predictions, strict=True):
        assert (2 * one.bins).tolist() == two.bins.tolist()
        assert (2 * one.quality).tolist() == two.quality.tolist()
    assert 2 * once.rows == twice.rows
    assert once.waiting == twice.waiting


def test_whole_number_labels_are_counted_by_their_text() -> None:
    profile = Profile(2, (), (CategoricalFeature("prediction", ("0", "1"), (), (1, 1, 0), (0, 0)),))
    counters = Counters(table_signature("classification", {"a": "numeric"}, (0, 1)), profile)
    counters.add(Batch((), outputs={"label": np.array([1, 1, 0])}))
    assert counters.predictions[0].bins.tolist() == [1, 2, 0]


def test_a_regression_s_answers_are_counted_over_their_bins() -> None:
    profile = Profile(2, (), (NumericFeature("prediction", (1.0,), (1, 1), 0.0, 2.0, (0, 0, 0, 0)),))
    counters = Counters(table_signature("regression", {"a": "numeric"}, None), profile)
    counters.add(Batch((), outputs={"prediction": np.array([[0.5], [1.5], [9.0]], np.float32)}))
    assert (counters.predictions[0].bins.tolist(), counters.predictions[0].quality.tolist()) == ([1, 2], [0, 0, 0, 1])


def test_without_a_profile_requests_are_counted() -> None:
    counters = counted(BATCH, profile=None)
    assert (counters.rows, counters.features, counters.predictions) == (7, [], [])


def test_a_batch_of_failures_has_no_tensors() -> None:
    counters = counted(Batch((Answer("v2-rest", 400, 0.1, error="invalid_input"),)))
    assert counters.features[0].bins.tolist() == [0, 0, 0]


def test_a_duration_falls_into_the_first_bucket_that_holds_it() -> None:
    latency = Latency()
    latency.add([0.0, 0.0001, 0.000101, 1e9])
    assert (int(latency.counts[0]), int(latency.counts[1]), int(latency.counts[-1])) == (2, 1, 1)
    assert int(latency.counts.sum()) == 4


def test_latency_buckets_grow_by_a_quarter_of_a_doubling_and_end() -> None:
    ratios = np.divide(metrics.LATENCY_BUCKETS[1:], metrics.LATENCY_BUCKETS[:-1])
    np.testing.assert_allclose(ratios, 2**0.25, rtol=1e-3)
    assert metrics.LATENCY_BUCKETS[0] == 0.0001
    assert 60 < metrics.LATENCY_BUCKETS[-1] < 70


@pytest.fixture
def registry() -> CollectorRegistry:
    found = CollectorRegistry()
    found.register(CountersCollector(counted(BATCH), "people", "people-7", "crowd"))
    return found


BASE = {"model": "people", "version": "people-7", "deployment": "crowd"}


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        (metrics.REQUESTS, {"protocol": "v2-rest", "code": "200"}, 2),
        (metrics.REQUESTS, {"protocol": "v1-rest", "code": "400"}, 1),
        (metrics.REQUEST_ERRORS, {"kind": "deadline"}, 1),
        (metrics.ROWS, {}, 7),
        (metrics.HANDOVER_DROPPED, {}, 2),
        (metrics.HANDOVER_QUEUE, {}, 5),
        (metrics.BUILD_INFO, {"build": "0.1.0"}, 1),
        (metrics.FEATURE_BINS, {"feature": "age", "bin": "1.0"}, 2),
        (metrics.FEATURE_BINS, {"feature": "age", "bin": "+Inf"}, 1),
        (metrics.FEATURE_BINS, {"feature": "sex", "bin": "other"}, 1),
        (metrics.FEATURE_QUALITY, {"feature": "age", "kind": "null"}, 1),
        (metrics.FEATURE_QUALITY, {"feature": "sex", "kind": "unseen"}, 1),
        (metrics.PREDICTION_BINS, {"output": "prediction", "bin": "yes"}, 4),
        (metrics.PREDICTION_BINS, {"output": "score", "bin": "0.75"}, 6),
        (metrics.PREDICTION_QUALITY, {"output": "prediction", "kind": "unseen"}, 1),
        (f"{metrics.REQUEST_SECONDS}_bucket", {"protocol": "v2-rest", "le": "0.0001"}, 2),
        (f"{metrics.REQUEST_SECONDS}_bucket", {"protocol": "v2-rest", "le": "+Inf"}, 3),
        (f"{metrics.REQUEST_SECONDS}_count", {"protocol": "v1-rest"}, 1),
        (f"{metrics.REQUEST_SECONDS}_sum", {"protocol": "v2-rest"}, 100.00019),
    ],
)
def test_every_counter_is_a_metric(registry: CollectorRegistry, name: str, labels, value: float) -> None:
    assert registry.get_sample_value(name, BASE | labels) == pytest.approx(value)


@pytest.fixture
async def client(registry: CollectorRegistry):
    transport = httpx2.ASGITransport(create_app(registry))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sidecar") as found:
        yield found


async def test_the_metrics_page_reads_as_prometheus_text(client: httpx2.AsyncClient) -> None:
    response = await client.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(response.text)}
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert families["weir_rows"].samples[0].value == 7
    assert {"counter", "gauge", "histogram"} == {family.type for family in families.values()}


async def test_series_do_not_repeat(client: httpx2.AsyncClient) -> None:
    lines = [line for line in (await client.get("/metrics")).text.splitlines() if not line.startswith("#")]
    names = [line.rsplit(" ", 1)[0] for line in lines]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/metrics", 200), ("/", 404), ("/metrics/", 404)])
async def test_there_are_two_pages(client: httpx2.AsyncClient, path: str, status: int) -> None:
    assert status == (await client.get(path)).status_code


def settings(folder: Path, digest: str) -> SidecarSettings:
    return SidecarSettings("people", "people-7", "crowd", digest, folder, folder / "s.sock", 0)


def test_the_profile_of_the_artifact_is_counted_over(tmp_path: Path) -> None:
    counters = load_counters(settings(mixed().write(tmp_path), mixed().digest))
    assert [counter.feature.name for counter in counters.features] == ["age", "sex"]
    assert [counter.feature.name for counter in counters.predictions] == ["prediction", "score"]


def test_an_artifact_without_a_profile_is_counted_without_bins(tmp_path: Path) -> None:
    artifact = mixed().with_files(profile_json=None)
    assert load_counters(settings(artifact.write(tmp_path), artifact.digest)).features == []


def test_the_sidecar_does_not_read_the_model(tmp_path: Path) -> None:
    (mixed().write(tmp_path) / "model.onnx").unlink()
    assert load_counters(settings(tmp_path, mixed().digest)).features


@pytest.mark.parametrize("name", ["manifest.json", "profile.json"])
def test_a_flipped_byte_is_refused(tmp_path: Path, name: str) -> None:
    path = mixed().write(tmp_path) / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DigestMismatchError, match=f"^{name}: expected sha256:"):
        load_counters(settings(tmp_path, mixed().digest))


AGE = NumericFeature("age", (1.0,), (1, 1), 0.0, 2.0, (0, 0, 0, 0))


def profile_of(**changes) -> bytes:
    plain = from_json(Profile, mixed().files["profile.json"])
    return to_json(Profile(**{name: changes.get(name, getattr(plain, name)) for name in plain.__dataclass_fields__}))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", r"^profile\.json: Profile\.rows: required"),
        (profile_of(schema_version=2), r"^profile\.json: Profile\.schemaVersion: expected one of 1, got 2"),
        (sums().files["profile.json"], r"^profile\.json: the model has no numeric column 'c0'"),
        (
            profile_of(features=(CategoricalFeature("age", (), (), (0,), (0, 0)),)),
            r"^profile\.json: the model has no categorical column 'age'",
        ),
        (
            profile_of(predictions=(CategoricalFeature("mood", (), (), (0,), (0, 0)),)),
            r"^profile\.json: no prediction is called 'mood', only \('prediction', 'score'\)",
        ),
        (profile_of(features=(AGE, AGE)), r"^profile\.json: 'age' is there more than once"),
        (profile_of(features=(replace(AGE, edges=(1.0, 1.0)),)), r"^profile\.json: 'age' has a bin more than once"),
        (profile_of(features=(replace(AGE, edges=(2.0, 1.0)),)), r"^profile\.json: 'age' has edges that do not ascend"),
        (
            profile_of(features=(CategoricalFeature("sex", ("f", "f"), (), (0, 0, 0), (0, 0)),)),
            r"^profile\.json: 'sex' has a bin more than once",
        ),
    ],
)
def test_a_profile_of_another_model_or_format_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    artifact = mixed().with_files(profile_json=data)
    with pytest.raises(LoadError, match=message):
        load_counters(settings(artifact.write(tmp_path), artifact.digest))
