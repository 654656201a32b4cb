"""When nothing can be decided, people are told, and what was known stays."""

from __future__ import annotations

from typing import Any

import pytest

from builders import resources
from builders.k8s import NOW, ago, live, message, observed, told
from weir_operator.api.v1alpha1 import ConditionType, Reason
from weir_operator.plan.conditions import Finding
from weir_operator.plan.kinds import PLANNERS, decide, trouble
from weir_operator.plan.plan import Plan

Object = dict[str, Any]

FORBIDDEN = Finding(ConditionType.READY, False, Reason.FORBIDDEN, "may not")


def condition(kind: str, reason: str) -> Object:
    return {"type": kind, "status": "True", "reason": reason, "message": "", "lastTransitionTime": ago(99)}


def deployment(*conditions: Object, **status: Any) -> Object:
    found = {**status, "conditions": list(conditions)} if conditions else None
    return live(resources.model_deployment(), status=found, generation=7)


def test_the_trouble_is_added_to_what_was_known() -> None:
    parent = deployment(condition("Available", "Serving"), condition("Ready", "Serving"), url="http://x")
    status = trouble(observed(parent), FORBIDDEN).status
    assert told(status) == {"Available": ("True", "Serving"), "Ready": ("False", "Forbidden")}
    assert status
    assert (status["url"], status["observedGeneration"]) == ("http://x", 7)


def test_it_is_told_on_the_first_pass_too() -> None:
    plan = trouble(observed(deployment()), FORBIDDEN)
    assert told(plan.status) == {"Ready": ("False", "Forbidden")}
    assert [event.reason for event in plan.events] == ["Forbidden"]


def test_telling_it_again_changes_nothing() -> None:
    first = trouble(observed(deployment()), FORBIDDEN)
    again = trouble(observed(deployment() | {"status": first.status}), FORBIDDEN)
    assert (again.status, again.events) == (first.status, ())


def test_an_object_is_not_stalled_for_longer_than_that_is_said() -> None:
    parent = deployment(condition("Stalled", "InvalidSpec"))
    assert told(trouble(observed(parent), FORBIDDEN).status) == {"Ready": ("False", "Forbidden")}


def test_a_run_that_is_over_keeps_its_verdict() -> None:
    over = {"completionTime": ago(1), "conditions": [condition("Succeeded", "Succeeded")]}
    assert trouble(observed(live(resources.training_job(), status=over)), FORBIDDEN) == Plan()


def test_conditions_that_cannot_be_read_do_no_harm() -> None:
    parent = deployment({"type": "Ready"}, condition("Available", "Serving"))
    assert told(trouble(observed(parent), FORBIDDEN).status) == {
        "Available": ("True", "Serving"),
        "Ready": ("False", "Forbidden"),
    }


@pytest.mark.parametrize(
    ("thing", "top"),
    [
        (resources.training_job(), "Succeeded"),
        (resources.model_version(), "Ready"),
        (resources.model_deployment(), "Ready"),
    ],
    ids=PLANNERS.keys(),
)
def test_an_object_that_does_not_parse_is_told_where(thing: Object, top: str) -> None:
    parent = live(resources.edited(thing, {"spec.model": 3, "spec.surprise": True}), generation=2)
    plan = decide(observed(parent))
    assert plan.apply == ()
    assert told(plan.status) == {top: ("False", "InvalidSpec"), "Stalled": ("True", "InvalidSpec")}
    text = message(plan.status, top)
    assert ("spec.model: " in text, "spec.surprise: " in text) == (True, True)
    assert plan.status
    assert plan.status["observedGeneration"] == 2


def test_of_many_errors_the_first_are_shown() -> None:
    parent = live(resources.edited(resources.training_job(), {f"spec.extra{n}": n for n in range(9)}))
    assert message(decide(observed(parent)).status, "Succeeded").endswith("; and 4 more")


def test_a_repaired_object_is_no_longer_stalled() -> None:
    broken = live(resources.edited(resources.model_version(), {"spec.model": 3}))
    repaired = live(resources.model_version(), status=decide(observed(broken)).status, generation=2)
    assert "Stalled" not in told(decide(observed(repaired, now=NOW)).status)
