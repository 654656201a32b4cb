"""What holds of every plan, whatever the world looks like."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import resources
from builders.k8s import NOW, UID, condition, crashing, live, observed, pod_of, running, stored, terminated
from builders.serving_world import World, model_version
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, TrainingResult
from weir_operator.plan.kinds import decide
from weir_operator.plan.observed import Observed

Object = dict[str, Any]

VERSIONS = ("a", "b", "c")
RESULT = TrainingResult("pvc://x/y", resources.DIGEST, DataLineage("pvc://x", resources.DIGEST, 9, 2), {"r2": 1.0})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """An endpoint with some history: versions asked for one after another, pods that came up or did not."""
    world = World(version=draw(st.sampled_from(VERSIONS)), replicas=draw(st.integers(0, 3)))
    for _ in range(draw(st.integers(0, 5))):
        world = _lived(draw, world)
    present = tuple(v for v in world.versions if draw(st.integers(0, 9)))
    unready = tuple(
        v if draw(st.integers(0, 9)) else model_version(v["metadata"]["name"], ready="False") for v in present
    )
    service = world.service if draw(st.integers(0, 9)) else None
    return replace(world, versions=unready, service=service)


def _lived(draw: st.DrawFn, world: World) -> World:
    world = replace(world.passed(), now=world.now + timedelta(seconds=draw(st.sampled_from((0, 1, 5, 600)))))
    for version in world.workloads:
        world = world.with_ready(version, draw(st.sampled_from((None, None, 0, 1))))
        if not draw(st.integers(0, 4)):
            world = world.with_pod(version, crashing("server", draw(st.sampled_from((1, 42, 137)))))
    version = draw(st.sampled_from((world.version, *VERSIONS)))
    return replace(world, version=version, replicas=draw(st.sampled_from((world.replicas, 0, 1, 2))))


@st.composite
def runs(draw: st.DrawFn) -> Observed:
    """A run at any moment, with any combination of what may be left of its Job, pod, version and status."""
    parent = live(resources.training_job("tumour-1", ttlSecondsAfterFinished=draw(st.sampled_from((0, 60)))))
    made = stored(decide(observed(parent)).apply[0])
    ends: list[Object] = [
        running("trainer"),
        terminated("trainer", 0, RESULT),
        terminated("trainer", 42, Failure("NoRows", "none")),
        terminated("trainer", 1, "boom"),
    ]
    over = draw(st.sampled_from((None, "Complete", "Failed", "FailureTarget")))
    job = made | {"status": {"conditions": [condition(over, since=3600)] if over else []}}
    pod = pod_of(job, draw(st.sampled_from(ends)))
    seen = observed(parent, *draw(st.sampled_from(((), (job,), (pod,), (job, pod)))))
    if draw(st.booleans()):
        seen = replace(seen, parent=parent | {"status": decide(seen).status})
    made_by = {"name": "tumour-1", "uid": draw(st.sampled_from((UID, "u-0")))}
    version = resources.model_version("tumour-1", trainingJob=made_by)
    return replace(seen, related=(stored(version),) if draw(st.booleans()) else ())


@given(worlds() | runs())
def test_equal_input_gives_equal_output_and_stays_as_it_was(world: World | Observed) -> None:
    seen = world.observed if isinstance(world, World) else world
    before = copy.deepcopy(seen)
    assert decide(seen) == decide(before)
    assert seen == before


@given(worlds() | runs())
def test_the_status_speaks_about_the_generation_and_is_plain_json(world: World | Observed) -> None:
    seen = world.observed if isinstance(world, World) else world
    status = decide(seen).status
    assert status is not None
    assert {status["observedGeneration"], *(c["observedGeneration"] for c in status["conditions"])} == {1}
    assert json.loads(json.dumps(status)) == status


@given(worlds() | runs())
def test_children_have_an_owner_our_labels_and_a_selector_that_fits(world: World | Observed) -> None:
    seen = world.observed if isinstance(world, World) else world
    for manifest in decide(seen).apply:
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/managed-by"] == "weir"
        assert labels["weir.dev/name"] == seen.parent["metadata"]["name"]
        if manifest["kind"] != "ModelVersion":
            assert [owner["uid"] for owner in manifest["metadata"]["ownerReferences"]] == [UID]
        if manifest["kind"] == "Deployment":
            template = manifest["spec"]["template"]["metadata"]["labels"]
            assert manifest["spec"]["selector"]["matchLabels"].items() <= template.items()


@given(worlds())
def test_planning_again_after_the_plan_was_carried_out_comes_to_rest(world: World) -> None:
    for _ in range(4):
        world = world.passed()
    rested = world.passed()
    assert (rested.plan.apply, rested.status, rested.plan.events) == (world.plan.apply, world.status, ())


@given(worlds())
def test_traffic_moves_only_to_a_version_whose_pods_are_all_ready(world: World) -> None:
    before = world.service["spec"]["selector"]["weir.dev/version"] if world.service else None
    before = before or (world.status or {}).get("stableVersion")
    after = world.selected
    if before is not None and after != before:
        status = world.workloads[str(after)]["status"]
        assert status["readyReplicas"] >= world.replicas


@given(worlds())
def test_what_has_the_traffic_is_never_deleted_nor_what_had_it_a_moment_ago(world: World) -> None:
    deleted = {item["metadata"]["labels"]["weir.dev/version"] for item in world.plan.delete}
    if deleted:
        assert world.service is not None
        assert world.service["spec"]["selector"]["weir.dev/version"] not in deleted
        assert world.selected not in deleted
        assert world.service["metadata"]["annotations"]["weir.dev/switched-at"] <= (
            world.now - timedelta(seconds=5)
        ).strftime("%Y-%m-%dT%H:%M:%SZ")


@given(worlds())
def test_weights_sum_to_all_the_traffic_or_there_is_none(world: World) -> None:
    weights = [entry["weight"] for entry in (world.plan.status or {})["traffic"]]
    assert sum(weights) == (100 if world.service else 0)


@given(runs())
def test_a_finished_run_never_gets_a_job_and_a_finished_status_never_changes(seen: Observed) -> None:
    first = decide(seen)
    assert first.status is not None
    if "completionTime" in first.status:
        later = replace(seen, parent=seen.parent | {"status": first.status}, children=(), now=NOW + timedelta(days=1))
        again = decide(later)
        assert again.status == first.status
        assert "Job" not in {manifest["kind"] for manifest in again.apply}


@given(runs())
def test_a_run_and_its_job_never_both_make_something_twice(seen: Observed) -> None:
    kinds = [manifest["kind"] for manifest in decide(seen).apply]
    assert kinds in ([], ["Job"], ["ModelVersion"])
    if any(child["kind"] == "Job" for child in seen.children):
        assert "Job" not in kinds
