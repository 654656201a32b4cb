"""Signatures follow from columns; a digest follows from content alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from weir_model.codec import from_json, to_json
from weir_model.manifest import FileEntry, Lineage, Manifest, OnnxInfo
from weir_model.signature import Column, Signature, TensorSpec, contradiction, table_signature

SIGNATURE = table_signature("classification", {"age": "numeric", "income": "numeric"}, (0, 1))
MANIFEST = Manifest("m", "v1", SIGNATURE, OnnxInfo(10, {"": 21}), {"model.onnx": FileEntry("sha256:aa", 2)})


def test_numeric_columns_share_one_tensor() -> None:
    assert SIGNATURE.inputs == (TensorSpec("features", "FP32", (-1, 2)),)
    assert SIGNATURE.columns == (Column("age", "numeric", "features", 0), Column("income", "numeric", "features", 1))


def test_a_categorical_column_gives_every_column_a_tensor_of_its_own() -> None:
    signature = table_signature("regression", {"age": "numeric", "site": "categorical"}, None)
    assert signature.inputs == (TensorSpec("age", "FP32", (-1, 1)), TensorSpec("site", "BYTES", (-1, 1)))
    assert signature.outputs == (TensorSpec("prediction", "FP32", (-1, 1)),)


def test_labels_are_integers_or_strings_as_the_classes_are() -> None:
    strings = table_signature("classification", {"x": "numeric"}, ("no", "yes"))
    assert [output.datatype for output in SIGNATURE.outputs] == ["INT64", "FP32"]
    assert [output.datatype for output in strings.outputs] == ["BYTES", "FP32"]
    assert strings.outputs[1].shape == (-1, 2)


X = TensorSpec("x", "FP32", (-1, 2))
Y = TensorSpec("y", "FP32", (-1, 1))
A, B = Column("a", "numeric", "x", 0), Column("b", "numeric", "x", 1)


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (SIGNATURE, None),
        (table_signature("regression", {"age": "numeric", "site": "categorical"}, None), None),
        (Signature("regression", (X,), (Y,), (B, A)), None),
        (Signature("regression", (TensorSpec("pixels", "UINT8", (-1, 8, 8)),), (Y,)), None),
        (Signature("regression", (), (Y,)), "there must be at least one input and one output"),
        (Signature("regression", (X,), ()), "there must be at least one input and one output"),
        (Signature("regression", (X, X), (Y,)), "input 'x' is there more than once"),
        (Signature("regression", (X,), (Y, Y)), "output 'y' is there more than once"),
        (Signature("regression", (X,), (Y,), (A, A)), "column 'a' is there more than once"),
        (
            Signature("regression", (TensorSpec("x", "FP32", (-1, -1)),), (Y,), (A, B)),
            "input 'x' has shape [-1, -1], but columns need one of [-1, columns]",
        ),
        (
            Signature("regression", (X,), (Y,), (A, replace(B, index=2))),
            "column 'b' has no place at 2 in an input 'x'",
        ),
        (
            Signature("regression", (X,), (Y,), (A, replace(B, tensor="z"))),
            "column 'b' has no place at 1 in an input 'z'",
        ),
        (
            Signature("regression", (X,), (Y,), (A, replace(B, kind="categorical"))),
            "column 'b' is categorical, but its input is FP32",
        ),
        (
            Signature("regression", (X,), (Y,), (A, replace(B, index=0))),
            "2 columns take 1 of 2 places in the inputs; each needs its own",
        ),
        (
            Signature("regression", (X,), (Y,), (A,)),
            "1 columns take 1 of 2 places in the inputs; each needs its own",
        ),
    ],
)
def test_a_signature_that_contradicts_itself_is_told_where(signature: Signature, expected: str | None) -> None:
    assert contradiction(signature) == expected


def test_the_digest_is_the_sha256_of_the_manifest_file() -> None:
    assert MANIFEST.digest() == "sha256:" + hashlib.sha256(to_json(MANIFEST)).hexdigest()


def test_equal_content_has_an_equal_digest_and_any_change_another() -> None:
    again = from_json(Manifest, to_json(MANIFEST))
    assert again == MANIFEST
    assert again.digest() == MANIFEST.digest()
    assert replace(MANIFEST, lineage=Lineage(seed=1)).digest() != MANIFEST.digest()
