"""Events say something once."""

from __future__ import annotations

from typing import Any

import pytest

from builders import resources
from builders.fake_cluster import FakeCluster
from builders.k8s import NOW, live
from weir_operator.cluster.events import EventWriter, cut

Object = dict[str, Any]


def version(**metadata: Any) -> Object:
    return live(resources.edited(resources.model_version("v"), {f"metadata.{k}": v for k, v in metadata.items()}))


async def write(cluster: FakeCluster, about: Object, note: str = "it works") -> None:
    await EventWriter(cluster, "weir-0").write(about, "Normal", "Verified", "Ready", note, NOW)


async def test_an_event_says_what_about_whom_and_in_whose_name() -> None:
    cluster = FakeCluster()
    await write(cluster, version())
    (event,) = cluster.objects.values()
    assert event["regarding"] == {
        "apiVersion": "weir.dev/v1alpha1",
        "kind": "ModelVersion",
        "name": "v",
        "namespace": "team-a",
        "uid": "u-1",
    }
    assert (event["type"], event["reason"], event["action"], event["note"]) == (
        "Normal",
        "Verified",
        "Ready",
        "it works",
    )
    assert (event["reportingController"], event["reportingInstance"]) == ("weir.dev/operator", "weir-0")
    assert event["eventTime"] == "2026-11-21T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("about", "note", "events"),
    [
        pytest.param(version(), "it works", 1, id="the same again"),
        pytest.param(version(), "differently", 2, id="other words"),
        pytest.param(version(generation=2), "it works", 2, id="about a changed spec"),
        pytest.param(version(uid="u-2"), "it works", 2, id="about another object of that name"),
    ],
)
async def test_it_is_written_once(about: Object, note: str, events: int) -> None:
    cluster = FakeCluster()
    await write(cluster, version())
    await write(cluster, about, note)
    assert len(cluster.objects) == events


@pytest.mark.parametrize(
    ("text", "expected"),
    [("short", "short"), ("é" * 10, "éééé…"), ("a" * 20, "a" * 7 + "…")],
    ids=["fits", "never in the middle of a letter", "cut"],
)
def test_notes_fit(text: str, expected: str) -> None:
    short = cut(text, 11) if "é" in text else cut(text, 10)
    assert short == expected
