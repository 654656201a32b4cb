"""Conditions keep their transition time, and tell people about news once."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from builders.k8s import NOW
from weir_model.outcome import FailureReason
from weir_operator.api.v1alpha1 import Condition, ConditionType, Reason
from weir_operator.plan.conditions import Finding, conditions, events, shortened, stalled
from weir_operator.plan.endings import reason_named

LATER = NOW + timedelta(minutes=1)
PENDING = Finding(ConditionType.READY, holds=False, reason=Reason.PENDING, message="soon")


def told(*findings: Finding, before: tuple[Condition, ...] = (), later: bool = False) -> tuple[Condition, ...]:
    return conditions(before, findings, 3, LATER if later else NOW)


@pytest.mark.parametrize(
    ("second", "since"),
    [
        pytest.param(PENDING, NOW, id="the same again"),
        pytest.param(Finding(ConditionType.READY, False, Reason.FORBIDDEN), NOW, id="another reason"),
        pytest.param(Finding(ConditionType.READY, True, Reason.SERVING), LATER, id="another status"),
        pytest.param(Finding(ConditionType.READY, None, Reason.PENDING), LATER, id="no longer known"),
    ],
)
def test_the_transition_time_moves_with_the_status_only(second: Finding, since: object) -> None:
    (condition,) = told(second, before=told(PENDING), later=True)
    assert condition.last_transition_time == since


def test_a_condition_speaks_about_a_generation() -> None:
    assert [condition.observed_generation for condition in told(PENDING)] == [3]


def test_what_nobody_finds_any_more_is_gone() -> None:
    before = told(PENDING, stalled(Reason.INVALID_SPEC, "no"))
    assert [condition.type for condition in told(PENDING, before=before)] == ["Ready"]


def test_a_reason_without_a_message_explains_itself() -> None:
    (condition,) = told(Finding(ConditionType.READY, False, Reason.SCALED_TO_ZERO))
    assert condition.message == Reason.SCALED_TO_ZERO.sentence


def test_news_are_told_once() -> None:
    first = told(PENDING)
    assert [(event.type, event.reason, event.action) for event in events((), first)] == [("Normal", "Pending", "Ready")]
    assert events(first, told(PENDING, before=first, later=True)) == ()


def test_one_cause_in_several_conditions_is_one_event() -> None:
    findings = (
        Finding(ConditionType.VERIFIED, False, Reason.DIGEST_MISMATCH, "x"),
        Finding(ConditionType.READY, False, Reason.DIGEST_MISMATCH, "x"),
    )
    (event,) = events((), told(*findings))
    assert (event.type, event.reason, event.action, event.note) == ("Warning", "DigestMismatch", "Verified", "x")


@pytest.mark.parametrize("length", [10, 4096, 4097, 100_000])
def test_long_messages_lose_their_middle(length: int) -> None:
    text = "begin" + "." * (length - 8) + "end"
    short = shortened(text)
    assert (len(short) <= 4096, short.startswith("begin"), short.endswith("end")) == (True, True, True)
    assert (short == text) is (length <= 4096)


@pytest.mark.parametrize("name", get_args(FailureReason))
def test_every_failure_of_a_container_is_a_reason(name: str) -> None:
    assert reason_named(name).value == name
