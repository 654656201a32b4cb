"""Condition types and reasons: unique, CamelCase, each with one sentence, none missing."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from weir_model.outcome import FailureReason
from weir_operator.api.v1alpha1 import Condition, ConditionType, Reason

EVERY = [*ConditionType, *Reason]


@pytest.mark.parametrize("constant", EVERY, ids=lambda constant: f"{type(constant).__name__}.{constant}")
def test_has_one_sentence(constant: ConditionType | Reason) -> None:
    assert re.fullmatch(r"[A-Z][^.]*(\.[a-zA-Z][^.]*)*\.", constant.sentence)


@pytest.mark.parametrize("constants", [ConditionType, Reason])
def test_is_written_as_it_is_named(constants: type[ConditionType] | type[Reason]) -> None:
    for constant in constants:
        assert constant.name == re.sub(r"(?<=[a-z])(?=[A-Z])", "_", constant).upper()


@pytest.mark.parametrize("constants", [ConditionType, Reason])
def test_sentences_are_unique(constants: type[ConditionType] | type[Reason]) -> None:
    sentences = [constant.sentence for constant in constants]
    assert len(sentences) == len(set(sentences))


def test_every_failure_that_a_container_reports_has_a_reason() -> None:
    assert set(get_args(FailureReason)) - set(Reason) == set()


@pytest.mark.parametrize("constant", EVERY, ids=lambda constant: f"{type(constant).__name__}.{constant}")
def test_fits_into_a_condition(constant: ConditionType | Reason) -> None:
    fields = {"status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    kind = (
        {"type": constant, "reason": "Any"}
        if isinstance(constant, ConditionType)
        else {"type": "Any", "reason": constant}
    )
    assert Condition.model_validate(fields | kind)


@pytest.mark.parametrize(("text", "expected"), [("DigestMismatch", Reason.DIGEST_MISMATCH), ("FromTheFuture", None)])
def test_is_found_by_what_is_written(text: str, expected: Reason | None) -> None:
    assert expected == Reason.named(text)
