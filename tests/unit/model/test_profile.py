"""The reference's bins: every row is counted once, and live rows fall where the reference put them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weir_model.codec import from_json, to_json
from weir_model.profile import CategoricalFeature, Profile, categorical_feature, numeric_feature


def test_deciles_hold_a_tenth_of_the_reference_each() -> None:
    feature = numeric_feature("x", np.arange(1000, dtype=np.float32))
    assert feature.counts == (100,) * 10


def test_a_constant_feature_has_one_bin() -> None:
    feature = numeric_feature("x", np.full(50, 7.0))
    assert (feature.edges, feature.counts, feature.low, feature.high) == ((), (50,), 7.0, 7.0)


def test_a_feature_without_any_value_still_has_a_bin() -> None:
    feature = numeric_feature("x", np.full(5, np.nan))
    assert (feature.counts, feature.quality) == ((0,), (5, 0, 0, 0))


def test_missing_infinite_and_out_of_range_values_are_counted_besides_the_bins() -> None:
    feature = numeric_feature("x", np.arange(100.0))
    counts, quality = feature.count(np.array([np.nan, np.inf, -np.inf, -1.0, 100.0, 5.0]))
    assert dict(zip(feature.QUALITY, quality.tolist(), strict=True)) == {
        "null": 1,
        "infinite": 2,
        "below_min": 1,
        "above_max": 1,
    }
    assert counts.sum() == 3, "finite values are in a bin, those outside the range in the outermost ones"
    assert (counts[0], counts[-1]) == (2, 1)


def test_a_value_on_an_edge_falls_below_it() -> None:
    feature = numeric_feature("x", np.arange(1, 11, dtype=np.float64))
    counts, _ = feature.count(np.array(feature.edges))
    assert counts.tolist() == [1] * 9 + [0]


@given(
    hnp.arrays(np.float32, st.integers(1, 200), elements=st.floats(width=32, allow_subnormal=False)),
)
def test_every_row_of_the_reference_is_counted_exactly_once(values: np.ndarray) -> None:
    feature = numeric_feature("x", values)
    null, infinite, below, above = feature.quality
    assert sum(feature.counts) + null + infinite == values.size
    assert (below, above) == (0, 0), "the reference is inside its own range"
    assert list(feature.edges) == sorted(set(feature.edges))
    assert len(feature.bins) == len(feature.counts)


@given(st.lists(st.sampled_from(["a", "b", "c", "", "z"])), st.lists(st.sampled_from(["a", "b", "c", "", "z"])))
def test_counters_add_up_over_parts(first: list[str], second: list[str]) -> None:
    feature = categorical_feature("c", ["a", "a", "b"])
    parts = [feature.count(first), feature.count(second)]
    whole = feature.count(first + second)
    assert all((a + b == w).all() for a, b, w in zip(*parts, whole, strict=True))


def test_rare_categories_share_a_bin_and_new_ones_are_unseen() -> None:
    reference = [f"c{i:02}" for i in range(25) for _ in range(25 - i)] + ["", ""]
    feature = categorical_feature("c", reference)
    assert (len(feature.categories), feature.others) == (20, ("c20", "c21", "c22", "c23", "c24"))
    assert feature.counts[-1] == 5 + 4 + 3 + 2 + 1
    counts, quality = feature.count(["c00", "c24", "new", ""])
    assert (counts[0], counts[-1], quality.tolist()) == (1, 1, [1, 1])


def test_equally_frequent_categories_are_ranked_by_name_so_that_profiles_are_reproducible() -> None:
    assert (
        categorical_feature("c", ["b", "a"]).categories == categorical_feature("c", ["a", "b"]).categories == ("a", "b")
    )


def test_a_profile_round_trips() -> None:
    profile = Profile(3, (numeric_feature("x", np.array([1.0, 2.0, np.nan])), categorical_feature("c", ["a"])), ())
    assert from_json(Profile, to_json(profile)) == profile


def test_the_last_bin_of_a_category_is_other() -> None:
    assert CategoricalFeature("c", ("a",), (), (1, 0), (0, 0)).bins == ("a", "other")
