"""An endpoint: one version answers; the next one takes over when it can, and only then do the old pods go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders import resources
from builders.k8s import NOW, ago, condition, crashing, message, running, stored, terminated, told, waiting
from builders.serving_world import World, digest, model_version
from weir_model.outcome import Failure
from weir_operator.plan.kinds import PLANNERS
from weir_operator.plan.observed import Reference
from weir_operator.plan.pods import TMP_DIR

Object = dict[str, Any]

MISMATCH = Failure("DigestMismatch", "model.onnx has sha256:00, not sha256:11")
LATER = NOW + timedelta(seconds=5)


def ready(world: World) -> tuple[str, str]:
    return told(world.plan.status)["Ready"]


class TestFirstVersion:
    def test_everything_is_made_at_once_and_nothing_is_ready(self) -> None:
        world = World()
        assert sorted(world.applied) == ["Deployment/a", "PodDisruptionBudget", "Service"]
        assert told(world.plan.status) == {
            "Available": ("False", "RollingOut"),
            "Progressing": ("True", "RollingOut"),
            "TrafficApplied": ("False", "RollingOut"),
            "Ready": ("False", "RollingOut"),
        }
        assert world.plan.status
        assert "stableVersion" not in world.plan.status
        assert world.plan.status["candidateVersion"] == "a"

    def test_it_is_ready_when_all_its_pods_are(self) -> None:
        world = World().passed().with_ready("a")
        assert told(world.plan.status) == {
            "Available": ("True", "Serving"),
            "Progressing": ("True", "Complete"),
            "TrafficApplied": ("True", "Serving"),
            "Ready": ("True", "Serving"),
        }
        status = world.plan.status
        assert status
        assert (status["stableVersion"], status["url"]) == ("a", "http://tumour.team-a.svc")
        assert status["traffic"] == [{"version": "a", "weight": 100, "readyReplicas": 2, "digest": digest("a")}]
        assert (status["replicas"], status["selector"]) == (2, "weir.dev/kind=ModelDeployment,weir.dev/name=tumour")
        assert "candidateVersion" not in status

    def test_one_pod_of_two_can_answer_already(self) -> None:
        world = World().passed().with_ready("a", 1)
        assert told(world.plan.status)["Available"] == ("True", "Serving")
        assert ready(world) == ("False", "Scaling")

    def test_once_it_serves_nothing_changes(self) -> None:
        world = World().serving()
        plan = world.plan
        assert (plan.status, plan.events, plan.delete, plan.requeue_after) == (world.status, (), (), None)
        assert world.passed().service == world.service


class TestRefusal:
    @pytest.mark.parametrize(
        ("versions", "reason", "words", "stalled"),
        [
            pytest.param((), "VersionNotFound", "no ModelVersion a in namespace team-a", False, id="does not exist"),
            pytest.param((model_version("a", ready="False"),), "VersionNotReady", "Verifying", False, id="not ready"),
            pytest.param(
                (model_version("a", model="other"),), "ModelMismatch", "of model other", True, id="of another model"
            ),
            pytest.param(
                (
                    resources.edited(
                        model_version("a", ready="False"),
                        {"status": {"conditions": [condition("Verified", "False", reason="DigestMismatch")]}},
                    ),
                ),
                "VersionNotReady",
                "nothing is known",
                True,
                id="failed its verification",
            ),
        ],
    )
    def test_a_version_that_may_not_serve_makes_nothing(
        self, versions: tuple[Object, ...], reason: str, words: str, stalled: bool
    ) -> None:
        world = World(versions=versions)
        assert world.plan.apply == ()
        assert ready(world) == ("False", reason)
        assert words in message(world.plan.status, "Ready")
        assert ("Stalled" in told(world.plan.status)) is stalled

    def test_the_version_that_serves_keeps_serving(self) -> None:
        world = replace(World().serving(), version="nowhere")
        assert told(world.plan.status) == {
            "Available": ("True", "Serving"),
            "Progressing": ("False", "VersionNotFound"),
            "TrafficApplied": ("False", "VersionNotFound"),
            "Ready": ("False", "VersionNotFound"),
        }
        assert (world.selected, world.plan.delete) == ("a", ())
        assert "Deployment/a" in world.applied  # still looked after

    def test_it_can_still_be_scaled(self) -> None:
        world = replace(World().serving(), version="nowhere", replicas=5)
        assert world.applied["Deployment/a"]["spec"]["replicas"] == 5

    def test_a_change_of_model_leaves_the_pods_that_serve_alone(self) -> None:
        before = World().serving()
        world = replace(before, spec={"model": "other"})
        assert ready(world) == ("False", "ModelMismatch")
        assert world.passed().workloads == before.workloads

    def test_pods_of_a_version_that_was_deleted_stay(self) -> None:
        world = replace(World().serving(), versions=())
        assert sorted(world.applied) == ["PodDisruptionBudget", "Service"]
        assert (world.plan.delete, told(world.plan.status)["Available"]) == ((), ("True", "Serving"))
        assert "stay as they are until it is back" in message(world.plan.status, "Ready")

    def test_the_endpoint_hears_of_the_versions_it_names(self) -> None:
        world = replace(World().serving(), version="b")
        found = PLANNERS["ModelDeployment"].refers_to(world.parent, world.observed.children)
        assert found == {Reference("ModelVersion", "a"), Reference("ModelVersion", "b")}


class TestRollover:
    @pytest.fixture
    def begun(self) -> World:
        """Version a serves, and b was asked for."""
        return replace(World().serving(), version="b", now=NOW + timedelta(minutes=1)).passed()

    def test_the_next_version_starts_beside_the_one_that_answers(self, begun: World) -> None:
        assert sorted(begun.workloads) == ["a", "b"]
        assert begun.selected == "a"
        status = begun.plan.status
        assert status
        assert (status["stableVersion"], status["candidateVersion"]) == ("a", "b")
        assert [(t["version"], t["weight"]) for t in status["traffic"]] == [("a", 100), ("b", 0)]
        assert ready(begun) == ("False", "RollingOut")
        assert told(begun.plan.status)["Available"] == ("True", "Serving")

    def test_the_old_pods_are_not_touched_meanwhile(self, begun: World) -> None:
        changed = replace(begun, spec={"server": {"threads": 3}})
        assert "Deployment/a" not in changed.applied

    def test_they_come_back_when_somebody_deletes_them(self, begun: World) -> None:
        without = replace(begun, workloads={"b": begun.workloads["b"]})
        assert "Deployment/a" in without.applied

    @pytest.mark.parametrize(("pods", "selected"), [(0, "a"), (1, "a"), (2, "b")])
    def test_the_service_moves_when_all_pods_are_ready(self, begun: World, pods: int, selected: str) -> None:
        assert begun.with_ready("b", pods).selected == selected

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"metadata.generation": 2}, id="its controller has not seen its spec yet"),
            pytest.param({"spec.replicas": 1}, id="it has not its full size yet"),
            pytest.param({"status.updatedReplicas": 1}, id="some of its pods are old"),
            pytest.param({"status.replicas": 3}, id="an old pod is still there"),
            pytest.param(
                {"metadata.annotations": {"weir.dev/template": "other"}},
                id="it was told to make other pods",
            ),
        ],
    )
    def test_pods_that_are_not_all_as_they_should_be_do_not_count(self, begun: World, changes: Object) -> None:
        world = begun.with_ready("b")
        unlike = resources.edited(world.workloads["b"], changes)
        assert replace(world, workloads=world.workloads | {"b": unlike}).selected == "a"

    def test_the_old_pods_stay_in_the_pass_that_switches(self, begun: World) -> None:
        assert begun.with_ready("b").plan.delete == ()

    def test_they_go_some_seconds_after_the_switch_was_seen(self, begun: World) -> None:
        switched = begun.with_ready("b").passed()
        assert (switched.plan.delete, switched.plan.requeue_after) == ((), 5)
        assert [told(switched.plan.status)[kind][0] for kind in ("TrafficApplied", "Ready")] == ["True", "True"]
        settled = replace(switched, now=switched.now + timedelta(seconds=5))
        assert [item["metadata"]["name"] for item in settled.plan.delete] == ["tumour-a"]
        assert sorted(settled.passed().workloads) == ["b"]

    def test_they_stay_when_nobody_knows_where_the_traffic_goes(self, begun: World) -> None:
        switched = begun.with_ready("b").passed()
        assert replace(switched, service=None, now=switched.now + timedelta(hours=1)).plan.delete == ()

    @pytest.mark.parametrize("text", ["", "soon", "2999-01-01T00:00:00Z"])
    def test_a_time_that_makes_no_sense_counts_as_now(self, begun: World, text: str) -> None:
        switched = begun.with_ready("b").passed()
        edited = resources.edited(switched.service or {}, {"metadata.annotations": {"weir.dev/switched-at": text}})
        assert replace(switched, service=edited).plan.requeue_after == 5

    def test_an_abandoned_version_goes_and_the_one_that_answers_stays(self, begun: World) -> None:
        world = replace(begun, version="c")
        assert [item["metadata"]["name"] for item in world.plan.delete] == ["tumour-b"]
        assert sorted(world.passed().workloads) == ["a", "c"]
        assert world.selected == "a"

    def test_going_back_needs_no_new_pod(self, begun: World) -> None:
        world = replace(begun, version="a")
        assert [item["metadata"]["name"] for item in world.plan.delete] == ["tumour-b"]
        assert ready(world) == ("True", "Serving")

    def test_a_version_that_cannot_be_loaded_changes_nothing_for_the_other(self, begun: World) -> None:
        failing = begun.with_pod("b", init=(crashing("fetch", 42, MISMATCH),))
        assert (failing.selected, failing.plan.delete) == ("a", ())
        assert told(failing.plan.status) == {
            "Available": ("True", "Serving"),
            "Progressing": ("False", "DigestMismatch"),
            "TrafficApplied": ("False", "RollingOut"),
            "Ready": ("False", "DigestMismatch"),
            "Stalled": ("True", "DigestMismatch"),
        }

    def test_a_deleted_service_comes_back_to_the_version_that_answered(self, begun: World) -> None:
        without = replace(begun, service=None)
        assert without.selected == "a"
        assert message(without.plan.status, "TrafficApplied").endswith("; no version has it")


class TestLoadFailures:
    @pytest.mark.parametrize(
        ("pod", "reason", "words"),
        [
            pytest.param(
                {"init": (crashing("fetch", 42, MISMATCH),)}, "DigestMismatch", "model.onnx", id="fetch again"
            ),
            pytest.param(
                {"init": (terminated("fetch", 42, MISMATCH),)}, "DigestMismatch", "model.onnx", id="fetch now"
            ),
            pytest.param(
                {"containers": (crashing("server", 1, "Traceback: boom"),)},
                "ServerCrashed",
                "exit code 1; the last lines of its log:\nTraceback: boom",
                id="the server crashes",
            ),
            pytest.param(
                {"containers": (crashing("server", 137, "", reason="OOMKilled"),)}, "OutOfMemory", "512Mi", id="memory"
            ),
        ],
    )
    def test_the_cause_is_in_the_status(self, pod: Object, reason: str, words: str) -> None:
        world = World().passed().with_pod("a", *pod.get("containers", ()), init=pod.get("init", ()))
        status = world.plan.status
        assert status is not None
        (failure,) = status["loadFailures"]
        assert (failure["pod"], failure["reason"]) == ("tumour-a-abcde", reason)
        assert words in failure["message"]
        assert ready(world) == ("False", reason)
        assert told(status)["Available"] == ("False", reason)

    @pytest.mark.parametrize(
        ("pod", "reason"),
        [
            pytest.param({"containers": (waiting("server", "ImagePullBackOff"),)}, "ImagePullFailed", id="no image"),
            pytest.param(
                {"conditions": [condition("PodScheduled", "False", reason="Unschedulable")]},
                "Unschedulable",
                id="no node",
            ),
        ],
    )
    def test_what_keeps_pods_from_starting_is_no_load_failure_but_is_told(self, pod: Object, reason: str) -> None:
        fields = {key: value for key, value in pod.items() if key != "containers"}
        world = World().passed().with_pod("a", *pod.get("containers", ()), **fields)
        assert ready(world) == ("False", reason)
        assert world.plan.status
        assert world.plan.status["loadFailures"] == []

    def test_what_kubernetes_cannot_create_is_told(self) -> None:
        world = World().passed()
        blocked = world.workloads["a"] | {"status": {"conditions": [condition("ReplicaFailure", message="quota")]}}
        world = replace(world, workloads={"a": blocked})
        assert ready(world) == ("False", "ApplyFailed")
        assert message(world.plan.status, "Ready") == "quota"

    def test_a_crash_that_a_pod_recovered_from_is_history(self) -> None:
        world = World().serving().with_pod("a", crashing("server", 1), conditions=[condition("Ready")])
        assert world.plan.status
        assert world.plan.status["loadFailures"] == []
        assert ready(world) == ("True", "Serving")

    def test_pods_on_their_way_out_do_not_count(self) -> None:
        world = World().serving().with_pod("a", crashing("server", 1))
        going = resources.edited(world.pods[0], {"metadata.deletionTimestamp": ago(1)})
        assert replace(world, pods=(going,)).plan.status == World().serving().status

    def test_there_are_not_more_than_fit_and_the_newest_come_first(self) -> None:
        world = World(replicas=20).passed()
        for number in range(20):
            world = world.with_pod("a", crashing("server", 1, "x" * 9000), name=f"pod-{number:02}", created=60 - number)
        failures = (world.plan.status or {})["loadFailures"]
        assert [failure["pod"] for failure in failures] == [f"pod-{number:02}" for number in range(19, 11, -1)]
        assert max(len(failure["message"]) for failure in failures) <= 2048


class TestScale:
    def test_scaling_needs_no_new_version(self) -> None:
        world = replace(World().serving(), replicas=5).passed()
        assert world.workloads["a"]["spec"]["replicas"] == 5
        assert ready(world) == ("False", "Scaling")
        assert ready(world.with_ready("a")) == ("True", "Serving")

    def test_the_pass_that_changes_the_pods_does_not_call_the_old_ones_ready(self) -> None:
        world = replace(World().serving(), spec={"server": {"threads": 3}})
        assert ready(world) == ("False", "Scaling")
        assert message(world.plan.status, "Ready").endswith("; pods are being replaced or removed")
        assert ready(world.passed().with_ready("a")) == ("True", "Serving")

    def test_no_pods_is_what_was_asked_for_but_nothing_can_answer(self) -> None:
        world = replace(World().serving(), replicas=0).passed().with_ready("a")
        assert told(world.plan.status) == {
            "Available": ("False", "ScaledToZero"),
            "Progressing": ("True", "Complete"),
            "TrafficApplied": ("True", "Serving"),
            "Ready": ("False", "ScaledToZero"),
        }


class TestPods:
    @pytest.fixture
    def pod(self) -> Object:
        spec = {"replicas": 1, "server": {"threads": 2, "timeoutSeconds": 7, "maxRequestMiB": 3}}
        found = World(spec=spec).applied["Deployment/a"]["spec"]["template"]
        assert isinstance(found, dict)
        return found

    def test_fetch_runs_before_the_sidecar_and_the_sidecar_before_the_server(self, pod: Object) -> None:
        fetch, sidecar = pod["spec"]["initContainers"]
        (server,) = pod["spec"]["containers"]
        assert [item["name"] for item in (fetch, sidecar, server)] == ["fetch", "sidecar", "server"]
        assert ("restartPolicy" in fetch, sidecar["restartPolicy"]) == (False, "Always")
        assert [item["command"][-1] for item in (fetch, sidecar, server)] == [
            "weir_serving.fetch",
            "weir_serving.sidecar",
            "weir_serving.server",
        ]

    def test_only_fetch_sees_the_claim_and_the_credentials(self) -> None:
        versions = (model_version("a", credentialsSecretRef={"name": "s3"}, serviceAccountName="lake"),)
        spec = World(versions=versions).applied["Deployment/a"]["spec"]["template"]["spec"]
        fetch, sidecar = spec["initContainers"]
        assert next(m["mountPath"] for m in fetch["volumeMounts"]) == "/mnt/volumes/lake"
        assert fetch["envFrom"] == [{"secretRef": {"name": "s3"}}]
        assert spec["serviceAccountName"] == "lake"
        for container in (sidecar, *spec["containers"]):
            assert "envFrom" not in container
            mounted = {m["mountPath"]: m.get("readOnly", False) for m in container["volumeMounts"]}
            assert mounted == {"/var/lib/weir/model": True, "/run/weir": False, TMP_DIR: False}

    def test_the_server_has_time_to_drain(self, pod: Object) -> None:
        variables = {entry["name"]: entry["value"] for entry in pod["spec"]["containers"][0]["env"]}
        assert variables["WEIR_TIMEOUT_SECONDS"] == "7"
        assert (variables["WEIR_THREADS"], variables["WEIR_MAX_REQUEST_MIB"]) == ("2", "3")
        assert pod["spec"]["terminationGracePeriodSeconds"] >= 7 + int(variables["WEIR_DRAIN_SECONDS"]) + 5

    def test_pods_can_be_scraped_and_say_what_they_serve(self, pod: Object) -> None:
        assert pod["metadata"]["annotations"] == {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": "9090",
            "prometheus.io/path": "/metrics",
            "weir.dev/digest": digest("a"),
        }

    def test_a_pod_goes_only_after_its_successor_is_ready(self) -> None:
        strategy = World().applied["Deployment/a"]["spec"]["strategy"]
        assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}

    def test_a_version_of_the_same_name_with_other_bytes_rolls_the_pods(self) -> None:
        world = World().serving()
        other = resources.edited(model_version("a"), {"spec.artifact.digest": digest("z")})
        template = replace(world, versions=(other,)).applied["Deployment/a"]["spec"]["template"]
        assert template["metadata"]["annotations"]["weir.dev/digest"] == digest("z")
        assert ready(replace(world, versions=(other,))) == ("False", "Scaling")


def test_children_of_an_earlier_endpoint_of_that_name_do_not_count() -> None:
    theirs = World().serving()
    owned = {v: resources.edited(w, {"metadata.ownerReferences": []}) for v, w in theirs.workloads.items()}
    world = replace(World(), workloads=owned)
    assert told(world.plan.status)["Available"] == ("False", "RollingOut")


def test_a_service_of_ours_without_a_selector_gets_one() -> None:
    world = World().serving()
    bare = stored({**(world.service or {}), "spec": {}})
    assert replace(world, service=bare).selected == "a"


def test_pods_that_answered_before_and_do_not_now_are_a_warning() -> None:
    world = World().serving().with_ready("a", 0)
    assert told(world.plan.status)["Available"] == ("False", "NoReadyReplicas")
    assert ("Warning", "NoReadyReplicas") in {(event.type, event.reason) for event in world.plan.events}


def test_a_server_that_starts_is_no_failure() -> None:
    world = World().passed().with_pod("a", running("server"), init=(terminated("fetch", 0), running("sidecar")))
    assert ready(world) == ("False", "RollingOut")
    assert world.plan.status
    assert world.plan.status["loadFailures"] == []
