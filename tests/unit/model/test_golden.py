"""Golden examples say how far off an answer is, and survive JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from weir_model.codec import from_json, to_json
from weir_model.errors import DocumentError
from weir_model.golden import Golden, Tensor, disagreement

GOLDEN = Golden(
    inputs=(Tensor.of("features", "FP32", np.array([[1.0, np.nan], [3.0, 4.0]], np.float32)),),
    outputs=(
        Tensor.of("label", "BYTES", np.array(["yes", "no"], object)),
        Tensor.of("probabilities", "FP32", np.array([[0.25, 0.75], [0.5, 0.5]], np.float32)),
    ),
    absolute=1e-4,
    relative=0.0,
)
LABELS = np.array(["yes", "no"], object)
PROBABILITIES = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32)


def test_missing_numbers_survive_json_as_null() -> None:
    assert b"null" in to_json(GOLDEN)
    np.testing.assert_array_equal(from_json(Golden, to_json(GOLDEN)).inputs[0].array(), [[1.0, np.nan], [3.0, 4.0]])


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor("x", "FP32", (2,), (1.0,)),
        Tensor("x", "FP32", (1,), ("tall",)),
        Tensor("x", "FP32", (1,), ({},)),
        Tensor("x", "UINT8", (1,), (300,)),
        Tensor("x", "INT64", (1,), (None,)),
    ],
    ids=["length", "text", "object", "range", "null"],
)
def test_data_that_is_not_what_it_says_is_a_document_error(tensor: Tensor) -> None:
    with pytest.raises(DocumentError, match=r"^tensor 'x': "):
        tensor.array()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"label": LABELS, "probabilities": PROBABILITIES}, None),
        ({"label": LABELS, "probabilities": PROBABILITIES + np.float32(5e-5)}, None),
        (
            {"label": LABELS, "probabilities": PROBABILITIES + np.float32([[0.0, 0.0], [0.0, 0.5]])},
            "output 'probabilities': 1 of 4 values are off, by up to 0.5",
        ),
        (
            {"label": np.array(["yes", "yes"], object), "probabilities": PROBABILITIES},
            "output 'label': 1 of 2 values differ",
        ),
        ({"label": LABELS}, "output 'probabilities' is missing"),
        (
            {"label": LABELS, "probabilities": PROBABILITIES[:1]},
            "output 'probabilities': shape [1, 2], expected [2, 2]",
        ),
        (
            {"label": LABELS, "probabilities": np.full((2, 2), np.nan, np.float32)},
            "output 'probabilities': 4 of 4 values are off, by up to nan",
        ),
        (
            {"label": np.array([1, 0]), "probabilities": PROBABILITIES},
            "output 'label': datatype int64, expected object",
        ),
    ],
    ids=["equal", "within tolerance", "one off", "a label", "missing", "shape", "nan", "datatype"],
)
def test_a_disagreement_names_output_places_and_size(answers: dict[str, Any], expected: str | None) -> None:
    assert disagreement(GOLDEN, answers) == expected
