"""Every URI that a custom resource may carry, and every one that it may not."""

from __future__ import annotations

import pytest

from weir_model.errors import UriError
from weir_model.uri import Uri


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file:///data/a.csv", Uri("file", "", "/data/a.csv")),
        ("pvc://claim/a/b.csv", Uri("pvc", "claim", "a/b.csv")),
        ("pvc://claim", Uri("pvc", "claim", "")),
        ("s3://bucket/key", Uri("s3", "bucket", "key")),
        ("gs://bucket/key", Uri("gs", "bucket", "key")),
        ("az://container/key", Uri("az", "container", "key")),
        ("https://host/a.csv", Uri("https", "host", "a.csv")),
    ],
)
def test_supported_forms_are_parsed(text: str, expected: Uri) -> None:
    assert Uri.parse(text) == expected


@pytest.mark.parametrize("text", ["file:///data/a.csv", "pvc://claim/a/b.csv", "s3://bucket/key"])
def test_a_uri_prints_as_it_was_written(text: str) -> None:
    assert str(Uri.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ftp://host/a", "unknown scheme 'ftp'; use one of file://"),
        ("/data/a.csv", "unknown scheme ''"),
        ("s3:///key", "needs a bucket"),
        ("pvc:///path", "needs a claim name"),
        ("file://host/a", "three slashes"),
        ("pvc://claim/../../etc/shadow", "'..' is not allowed"),
        ("https://user:secret@host/a", "credentials do not belong"),
        ("https://host/a?token=1", "a query"),
    ],
)
def test_other_forms_are_refused_with_the_fix(text: str, message: str) -> None:
    with pytest.raises(UriError, match=message):
        Uri.parse(text)


def test_a_claim_is_a_local_path_inside_the_pod() -> None:
    assert str(Uri.parse("pvc://claim/a/b").local_path) == "/mnt/volumes/claim/a/b"


def test_an_object_store_has_no_local_path_and_no_claim() -> None:
    uri = Uri.parse("s3://bucket/key")
    assert (uri.local_path, uri.claim) == (None, None)


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("s3://bucket", "s3://bucket/m/v"),
        ("s3://bucket/a/", "s3://bucket/a/m/v"),
        ("file:///a", "file:///a/m/v"),
        ("pvc://claim/a", "pvc://claim/a/m/v"),
    ],
)
def test_joining_adds_segments_with_single_slashes(base: str, expected: str) -> None:
    assert str(Uri.parse(base).joined("m", "v")) == expected
