"""Names of children are fixed, and fit."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from weir_operator.plan import names

NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,50}[a-z0-9])?", fullmatch=True)


@given(NAMES, NAMES)
def test_every_name_is_a_label_of_at_most_the_length_that_its_kind_can_take(parent: str, version: str) -> None:
    found = {names.training(parent): 63, names.verification(parent): 63, names.serving(parent, version): 57}
    for name, limit in found.items():
        assert re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name), name
        assert len(name) <= limit


def test_short_names_can_be_read() -> None:
    assert names.serving("tumour", "tumour-2026-11") == "tumour-tumour-2026-11"


@given(NAMES, NAMES, NAMES)
def test_long_names_of_different_versions_differ(parent: str, one: str, other: str) -> None:
    same = names.serving(parent, one) == names.serving(parent, other)
    assert same is (one == other)
