"""Signatures follow from columns; a digest follows from content alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from weir_model.codec import from_json, to_json
from weir_model.manifest import FileEntry, Lineage, Manifest, OnnxInfo
from weir_model.signature import Column, TensorSpec, table_signature

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


def test_the_digest_is_the_sha256_of_the_manifest_file() -> None:
    assert MANIFEST.digest() == "sha256:" + hashlib.sha256(to_json(MANIFEST)).hexdigest()


def test_equal_content_has_an_equal_digest_and_any_change_another() -> None:
    again = from_json(Manifest, to_json(MANIFEST))
    assert again == MANIFEST
    assert again.digest() == MANIFEST.digest()
    assert replace(MANIFEST, lineage=Lineage(seed=1)).digest() != MANIFEST.digest()
