"""Backoff, heartbeat and metrics."""

from __future__ import annotations

import pytest
from prometheus_client.exposition import generate_latest

from weir_operator.api.v1alpha1 import Reason
from weir_operator.cluster.keys import Key
from weir_operator.engine.backoff import Backoff
from weir_operator.engine.failures import Meaning
from weir_operator.engine.heartbeat import Heartbeat
from weir_operator.engine.metrics import Metrics
from weir_operator.engine.reconcile import Pass

KEY = Key("ModelVersion", "team-a", "v")
RUN = Key("TrainingJob", "team-a", "r")


@pytest.mark.parametrize(("chance", "shares"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_waiting_doubles_up_to_a_limit_and_half_of_it_is_chance(chance: float, shares: float) -> None:
    backoff = Backoff(lambda: chance)
    full = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert [backoff.after(n) for n in range(1, 12)] == [seconds * shares for seconds in full]
    assert backoff.after(10**6) == backoff.late() == 300 * shares


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 90), (1.0, 100)])
def test_regular_looks_are_spread_a_little(chance: float, seconds: float) -> None:
    assert Backoff(lambda: chance).around(100) == pytest.approx(seconds)


class TestHeartbeat:
    @pytest.mark.parametrize(("since", "complaints"), [(0, 0), (300, 0), (301, 1)])
    def test_a_pass_that_is_overdue_is_a_complaint(self, since: float, complaints: int) -> None:
        heartbeat = Heartbeat(resync=100)
        heartbeat.beat(KEY, 1000)
        assert len(heartbeat.complaints(1000 + since)) == complaints

    @pytest.mark.parametrize(
        ("watched", "since", "complaints"),
        [
            pytest.param(2, 999, 0, id="the watch is up to date"),
            pytest.param(3, 999, 0, id="the watch was faster"),
            pytest.param(1, 60, 0, id="it lags"),
            pytest.param(1, 61, 1, id="it is dead"),
        ],
    )
    def test_a_watch_that_does_not_show_a_change_is_a_complaint(
        self, watched: int, since: float, complaints: int
    ) -> None:
        heartbeat = Heartbeat(resync=10**6)
        heartbeat.saw(KEY, 2, watched, 1000)
        heartbeat.saw(KEY, 2, watched, 1000 + since)
        assert len(heartbeat.complaints(1000 + since)) == complaints

    def test_a_watch_that_catches_up_is_forgiven(self) -> None:
        heartbeat = Heartbeat(resync=10**6)
        heartbeat.saw(KEY, 2, 1, 1000)
        heartbeat.saw(KEY, 2, 2, 1001)
        assert heartbeat.complaints(2000) == []

    def test_complaints_name_the_object(self) -> None:
        heartbeat = Heartbeat(resync=1)
        heartbeat.beat(KEY, 0)
        assert heartbeat.complaints(10) == ["ModelVersion team-a/v: no pass for 10 s"]


def state(status: str, kind: str = "Ready") -> Pass:
    return Pass({"conditions": [{"type": "Other", "status": "True"}, {"type": kind, "status": status}]})


def lines(metrics: Metrics) -> set[str]:
    return {line for line in generate_latest(metrics.registry).decode().splitlines() if not line.startswith("#")}


def test_metrics_count_passes_failures_and_objects() -> None:
    metrics = Metrics()
    metrics.waited(KEY, 0.2)
    metrics.passed(KEY, state("False"), 0.003)
    metrics.passed(KEY, state("True"), 0.003)
    metrics.passed(RUN, state("Unknown", "Succeeded"), 0.003)
    metrics.passed(RUN, Pass({}, failure=Meaning(Reason.FORBIDDEN)), 0.003)
    assert {
        'weir_operator_passes_total{kind="ModelVersion",result="done"} 2.0',
        'weir_operator_passes_total{kind="TrainingJob",result="failed"} 1.0',
        'weir_operator_failures_total{kind="TrainingJob",reason="Forbidden"} 1.0',
        'weir_operator_pass_duration_seconds_count{kind="ModelVersion"} 2.0',
        'weir_operator_queue_age_seconds_bucket{kind="ModelVersion",le="0.25"} 1.0',
        'weir_operator_objects{kind="ModelVersion",ready="True"} 1.0',
        'weir_operator_objects{kind="TrainingJob",ready="Unknown"} 1.0',
    } <= lines(metrics)


def test_objects_that_are_gone_are_not_counted() -> None:
    metrics = Metrics()
    metrics.passed(KEY, state("True"), 0.1)
    metrics.passed(KEY, Pass(), 0.1)
    metrics.forget(KEY)
    assert not [line for line in lines(metrics) if line.startswith("weir_operator_objects")]
    assert 'weir_operator_passes_total{kind="ModelVersion",result="gone"} 1.0' in lines(metrics)
