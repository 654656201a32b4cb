"""What stands between kopf and the engine: configuration, settings, names, the picture that a pass gets."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import kopf
import pytest

from builders import resources
from builders.fake_cluster import FakeCluster
from builders.k8s import NOW, SETTINGS, live, observed, stored
from builders.serving_world import World, model_version
from weir_operator.cluster.keys import Key
from weir_operator.cluster.permissions import RESOURCES
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.wakes import Wakes
from weir_operator.kopf_edge.configuration import Configuration, ConfigurationError, from_environment
from weir_operator.kopf_edge.handlers import registry_of
from weir_operator.kopf_edge.observe import Observer
from weir_operator.kopf_edge.operator import Operator, parent_of, slim
from weir_operator.kopf_edge.tuning import CHILDREN, tune
from weir_operator.plan.kinds import decide
from weir_operator.plan.observed import Settings

Object = dict[str, Any]

IMAGES = {"WEIR_TRAINING_IMAGE": "t:1", "WEIR_SERVING_IMAGE": "s:1"}


class TestConfiguration:
    def test_the_images_are_enough(self) -> None:
        found = from_environment(IMAGES | {"HOSTNAME": "weir-0"})
        assert found == Configuration(Settings("t:1", "s:1"), (), 300.0, "INFO", "weir-0")

    def test_everything_can_be_set(self) -> None:
        found = from_environment(
            IMAGES
            | {
                "HOSTNAME": "weir-0",
                "WEIR_IMAGE_PULL_POLICY": "Never",
                "WEIR_ARTIFACT_URI_DEFAULT": "s3://models",
                "WEIR_WATCH_NAMESPACES": "a, b,",
                "WEIR_RESYNC_SECONDS": "60",
                "WEIR_LOG_LEVEL": "debug",
                "WEIR_HEALTH_PORT": "1",
                "WEIR_METRICS_PORT": "2",
            }
        )
        settings = Settings("t:1", "s:1", "Never", "s3://models")
        assert found == Configuration(settings, ("a", "b"), 60.0, "DEBUG", "weir-0", 1, 2)

    def test_what_the_chart_leaves_empty_is_not_set(self) -> None:
        empty = dict.fromkeys(("WEIR_ARTIFACT_URI_DEFAULT", "WEIR_WATCH_NAMESPACES", "WEIR_RESYNC_SECONDS"), "")
        found = from_environment(IMAGES | empty)
        assert (found.settings.output_uri, found.namespaces, found.resync) == (None, (), 300.0)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("WEIR_TRAINING_IMAGE", ""),
            ("WEIR_SERVING_IMAGE", ""),
            ("WEIR_IMAGE_PULL_POLICY", "Sometimes"),
            ("WEIR_RESYNC_SECONDS", "often"),
            ("WEIR_RESYNC_SECONDS", "0"),
            ("WEIR_LOG_LEVEL", "loud"),
            ("WEIR_METRICS_PORT", "http"),
            ("WEIR_HEALTH_PORT", "70000"),
        ],
    )
    def test_what_makes_no_sense_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ConfigurationError, match=name):
            from_environment(IMAGES | {name: value})


class TestTuning:
    @pytest.mark.parametrize(
        ("version", "streams", "chunk"), [((1, 33), False, 200), ((1, 34), True, None), ((2, 0), True, None)]
    )
    def test_the_first_list_is_streamed_where_the_server_can(
        self, version: tuple[int, int], streams: bool, chunk: int | None
    ) -> None:
        settings = kopf.OperatorSettings()
        tune(settings, version)
        assert (settings.watching.initial_streaming, settings.watching.chunk_size) == (streams, chunk)

    def test_of_other_peoples_kinds_only_our_objects_are_watched(self) -> None:
        settings = kopf.OperatorSettings()
        tune(settings, (1, 35))
        assert set(settings.watching.label_selectors.values()) == {"app.kubernetes.io/managed-by=weir"}
        assert len(settings.watching.label_selectors) == len(CHILDREN)

    def test_everything_that_is_watched_may_be(self) -> None:
        allowed = {(r.group, r.version, r.plural) for r in RESOURCES if {"list", "watch"} <= set(r.verbs)}
        assert set(CHILDREN) <= allowed

    def test_kopf_writes_nothing_but_the_finalizer(self) -> None:
        settings = kopf.OperatorSettings()
        tune(settings, (1, 35))
        assert settings.persistence.finalizer == "weir.dev/finalizer"
        assert not settings.posting.enabled
        registry = registry_of(Operator(from_environment(IMAGES)))
        assert not registry._changing.get_all_handlers()


class TestNames:
    JOB = decide(observed(live(resources.training_job("run")))).apply[0]

    def test_a_child_names_its_parent(self) -> None:
        assert parent_of(self.JOB) == Key("TrainingJob", "team-a", "run")

    @pytest.mark.parametrize("label", ["weir.dev/kind", "weir.dev/name"])
    def test_somebody_elses_object_with_a_label_like_ours_has_no_parent(self, label: str) -> None:
        labels = {key: value for key, value in self.JOB["metadata"]["labels"].items() if key != label}
        assert parent_of(resources.edited(self.JOB, {"metadata.labels": labels})) is None

    def test_what_nobody_reads_is_not_kept(self) -> None:
        thing = resources.edited(self.JOB, {"metadata.managedFields": [{"manager": "x"}]})
        assert slim(thing.items()) == self.JOB
        assert "managedFields" in thing["metadata"]


class TestObserver:
    """A pass sees the object as it is now, and everything around it as the watches have shown it."""

    WORLD = World().serving()
    KEY = Key.of(WORLD.parent)

    def observer(self, cluster: FakeCluster, objects: tuple[Object, ...] = ()) -> Observer:
        children = {self.KEY: [*self.WORLD.workloads.values(), self.WORLD.service or {}]}
        index = {Key.of(item): [item] for item in objects}
        return Observer(cluster, SETTINGS, lambda: NOW, Wakes(), Heartbeat(300), index, children)

    async def test_it_sees_the_object_its_children_and_what_it_refers_to(self) -> None:
        others = (model_version("a"), model_version("b"))
        seen = await self.observer(FakeCluster(self.WORLD.parent), others).observe(self.KEY)
        assert seen
        assert (seen.parent, seen.now, seen.settings) == (self.WORLD.parent, NOW, SETTINGS)
        assert {child["kind"] for child in seen.children} == {"Deployment", "Service"}
        assert seen.related == (others[0],)

    @pytest.mark.parametrize(
        "cluster",
        [
            pytest.param(FakeCluster(), id="gone"),
            pytest.param(
                FakeCluster(resources.edited(WORLD.parent, {"metadata.deletionTimestamp": "2026-11-21T12:00:00Z"})),
                id="on its way out",
            ),
        ],
    )
    async def test_an_object_that_is_not_there_to_stay_is_none(self, cluster: FakeCluster) -> None:
        assert await self.observer(cluster).observe(self.KEY) is None

    async def test_from_then_on_what_it_refers_to_wakes_it(self) -> None:
        observer = self.observer(FakeCluster(self.WORLD.parent))
        flag = observer.wakes.flag(self.KEY)
        await observer.observe(self.KEY)
        observer.wakes.touch(Key("ModelVersion", "team-a", "b"))
        assert not flag._event.is_set()
        observer.wakes.touch(Key("ModelVersion", "team-a", "a"))
        assert flag._event.is_set()

    @pytest.mark.parametrize(("watched", "complaints"), [((), 1), ((WORLD.parent,), 0)], ids=["dead", "alive"])
    async def test_a_watch_that_does_not_show_the_object_is_noticed(
        self, watched: tuple[Object, ...], complaints: int
    ) -> None:
        observer = self.observer(FakeCluster(self.WORLD.parent), watched)
        await observer.observe(self.KEY)
        assert len(observer.heartbeat.complaints(float("inf"))) == complaints


@pytest.mark.parametrize("heavy", ["numpy", "onnxruntime", "sklearn", "fastapi"])
def test_the_operator_stays_light(heavy: str) -> None:
    code = f"import sys, weir_operator.__main__; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_pod_without_labels_belongs_to_nobody() -> None:
    pod = stored({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "team-a"}})
    assert parent_of(pod) is None


def test_a_complaint_fails_the_probe() -> None:
    operator = Operator(from_environment(IMAGES))
    assert operator.check() == "ok"
    operator.heartbeat.beat(Key("TrainingJob", "team-a", "x"), -1e9)
    with pytest.raises(RuntimeError, match="TrainingJob team-a/x: no pass for"):
        operator.check()
