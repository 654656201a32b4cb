"""A pass: observe, act, tell, in that order; and what becomes of failures."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import pytest

from builders import resources
from builders.fake_cluster import FakeCluster
from builders.k8s import live, message, observed, stored, told
from builders.serving_world import World
from weir_operator.cluster.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
    TransientError,
)
from weir_operator.cluster.events import EventWriter
from weir_operator.cluster.keys import Key
from weir_operator.engine.reconcile import Pass, Reconciler
from weir_operator.plan.kinds import decide
from weir_operator.plan.observed import Observed
from weir_operator.plan.plan import Event, Plan

Object = dict[str, Any]

RUN = live(resources.training_job("tumour-1"))
SEEN = observed(RUN)
KEY = Key.of(RUN)
JOB = Key("Job", "team-a", "tumour-1-train")


@dataclass
class Eyes:
    """An observer that has seen something, or failed to."""

    seen: Observed | Exception | None

    async def observe(self, key: Key) -> Observed | None:
        assert key in (KEY, Key("ModelDeployment", "team-a", "tumour"))
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen


async def run(cluster: FakeCluster, seen: Observed | Exception | None = SEEN, attempt: int = 1, **fields: Any) -> Pass:
    reconciler = Reconciler(Eyes(seen), cluster, EventWriter(cluster, "test"), **fields)
    return await reconciler.run(KEY if not isinstance(seen, Observed) else Key.of(seen.parent), attempt)


def status(cluster: FakeCluster) -> Object | None:
    found: Object | None = cluster.objects[KEY].get("status")
    return found


class TestOrder:
    async def test_children_come_first_then_the_status_then_events(self) -> None:
        cluster = FakeCluster(RUN)
        ended = await run(cluster)
        verbs = [call.rsplit(" ", 1)[0] for call in cluster.calls]
        assert verbs == ["get Job", "apply Job", "status TrainingJob", "create Event"]
        assert (ended.failure, ended.status) == (None, status(cluster))

    async def test_deleting_comes_after_applying(self) -> None:
        world = replace(World().serving(), version="b").passed().with_ready("b").passed().with_ready("b")
        settled = replace(world, now=world.now.replace(minute=5))
        cluster = FakeCluster(settled.parent, *settled.workloads.values(), settled.service or {})
        await run(cluster, settled.observed)
        changes = [call for call in cluster.calls if call.startswith(("apply Depl", "delete"))]
        assert changes == ["apply Deployment tumour-b", "delete Deployment tumour-a"]

    async def test_a_status_that_says_nothing_new_is_not_written(self) -> None:
        cluster = FakeCluster(RUN)
        await run(cluster)
        again = observed(cluster.objects[KEY], cluster.objects[JOB])
        done = decide(again)
        settled = observed(again.parent | {"status": done.status}, cluster.objects[JOB])
        cluster.calls.clear()
        await run(cluster, settled)
        assert cluster.calls == []

    async def test_an_object_that_is_gone_needs_nothing(self) -> None:
        cluster = FakeCluster()
        assert await run(cluster, None) == Pass()
        assert cluster.calls == []

    async def test_the_plan_says_when_to_look_again(self) -> None:
        ended = await run(FakeCluster(RUN), decide=lambda _: Plan(requeue_after=7.0))
        assert ended.requeue_after == 7.0

    async def test_events_of_a_status_that_was_not_written_are_not_told(self) -> None:
        cluster = FakeCluster(RUN)
        cluster.fail("status TrainingJob", TransientError("busy"))
        plan = Plan(status={"conditions": []}, events=(Event("Normal", "X", "Y", "z"),))
        ended = await run(cluster, decide=lambda _: plan)
        assert ended.failure
        assert "create Event" not in {call.rsplit(" ", 1)[0] for call in cluster.calls}

    async def test_an_event_that_cannot_be_written_fails_nothing(self) -> None:
        cluster = FakeCluster(RUN)
        cluster.fail("create Event", ForbiddenError("the namespace is being terminated"))
        ended = await run(cluster)
        assert ended.failure is None
        assert told(status(cluster))["Succeeded"] == ("Unknown", "Pending")


class TestTakingOver:
    @pytest.mark.parametrize(
        ("owners", "taken"),
        [
            pytest.param([], True, id="nobody's"),
            pytest.param([{"uid": "u-0", "controller": True}], True, id="an earlier object's of that name"),
            pytest.param([{"uid": "u-1", "controller": False}], True, id="ours, but not to manage"),
            pytest.param([{"uid": "u-1", "controller": True}], False, id="ours, not seen by the watch yet"),
        ],
    )
    async def test_an_object_of_a_childs_name_is_only_applied_if_it_is_ours(
        self, owners: list[Object], taken: bool
    ) -> None:
        made = decide(observed(RUN)).apply[0]
        existing = stored(resources.edited(made, {"metadata.ownerReferences": owners}))
        cluster = FakeCluster(RUN, existing)
        ended = await run(cluster)
        assert (ended.failure is not None) is taken
        assert (f"apply {JOB.kind} {JOB.name}" in cluster.calls) is not taken
        if taken:
            assert told(status(cluster))["Succeeded"] == ("Unknown", "NameTaken")
            assert "delete it, or give" in message(status(cluster), "Succeeded")

    async def test_a_known_child_is_not_asked_for(self) -> None:
        world = World().serving()
        cluster = FakeCluster(world.parent)
        await run(cluster, world.observed)
        assert "get Deployment tumour-a" not in cluster.calls
        assert "get PodDisruptionBudget tumour" in cluster.calls  # which the watch has not shown


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "attempt", "condition", "waits"),
        [
            pytest.param(ForbiddenError("no"), 1, ("Unknown", "Forbidden"), True, id="no permission"),
            pytest.param(RejectedError("no"), 1, ("Unknown", "ApplyFailed"), True, id="refused"),
            pytest.param(TransientError("busy"), 1, None, False, id="busy once"),
            pytest.param(TransientError("busy"), 3, ("Unknown", "ApplyFailed"), False, id="busy for long"),
            pytest.param(ConflictError("changed"), 1, None, False, id="changed meanwhile"),
            pytest.param(NotFoundError("namespace"), 1, None, False, id="the namespace goes"),
        ],
    )
    async def test_the_condition_tells_what_a_person_should_know(
        self, error: ClusterError, attempt: int, condition: tuple[str, str] | None, waits: bool
    ) -> None:
        cluster = FakeCluster(RUN)
        cluster.fail("apply Job", error)
        ended = await run(cluster, attempt=attempt)
        found = told(status(cluster))["Succeeded"] if status(cluster) else None
        assert (found, ended.failure and ended.failure.waits) == (condition, waits)

    async def test_what_nobody_foresaw_is_logged_with_its_trace_and_told(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(_: Observed) -> Plan:
            raise ZeroDivisionError("by zero")

        cluster = FakeCluster(RUN)
        ended = await run(cluster, decide=broken)
        assert told(status(cluster))["Succeeded"] == ("Unknown", "InternalError")
        assert ended.failure
        assert ended.failure.bug
        (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert ("TrainingJob team-a/tumour-1" in record.getMessage(), record.exc_info is not None) == (True, True)

    async def test_an_object_that_cannot_be_seen_is_tried_again(self) -> None:
        cluster = FakeCluster(RUN)
        ended = await run(cluster, TransientError("no route"), attempt=9)
        assert ended.failure
        assert (ended.status, cluster.calls) == ({}, [])

    async def test_a_failure_that_cannot_be_told_is_still_a_failure(self) -> None:
        cluster = FakeCluster(RUN)
        cluster.fail("apply Job", ForbiddenError("no"))
        cluster.fail("status TrainingJob", TransientError("busy"))
        ended = await run(cluster)
        assert ended.failure
        assert ended.failure.reason == "Forbidden"

    async def test_a_failure_does_not_undo_what_was_known(self) -> None:
        world = World().serving()
        cluster = FakeCluster(world.parent)
        cluster.fail("apply Deployment", ForbiddenError("no"))
        await run(cluster, world.observed)
        conditions = told(cluster.objects[Key.of(world.parent)]["status"])
        assert (conditions["Available"], conditions["Ready"]) == (("True", "Serving"), ("Unknown", "Forbidden"))

    async def test_the_next_good_pass_says_that_all_is_well(self) -> None:
        cluster = FakeCluster(RUN)
        cluster.fail("apply Job", ForbiddenError("no"))
        await run(cluster)
        cluster.failures.clear()
        await run(cluster, observed(cluster.objects[KEY]))
        assert told(status(cluster))["Succeeded"] == ("Unknown", "Pending")


class TestKilled:
    """The operator dies between any two requests; the next one finishes the work, and nothing is made twice."""

    @pytest.mark.parametrize("survived", range(5))
    async def test_a_run_begins_once(self, survived: int) -> None:
        cluster = FakeCluster(RUN)
        await _die_after(cluster, survived)
        await run(cluster, observed(cluster.objects[KEY], *_jobs(cluster)))
        assert len(_jobs(cluster)) == 1
        assert _jobs(cluster)[0]["metadata"]["generation"] == 1
        assert told(status(cluster))["Succeeded"][0] == "Unknown"


async def _die_after(cluster: FakeCluster, calls: int) -> None:
    """Make a pass of which only the first ``calls`` requests arrive."""

    class DeadError(BaseException):
        pass

    called = cluster._called

    def counting(verb: str, key: Key) -> None:
        if len(cluster.calls) >= calls:
            raise DeadError
        called(verb, key)

    cluster._called = counting  # type: ignore[method-assign]
    try:
        await run(cluster)
    except DeadError:
        pass
    finally:
        cluster._called = called  # type: ignore[method-assign]


def _jobs(cluster: FakeCluster) -> list[Object]:
    return [item for key, item in cluster.objects.items() if key.kind == "Job"]
