"""What a data URI may name, and what the user reads when it cannot be used."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from weir_model.uri import Uri
from weir_training.errors import UserError
from weir_training.load import load

PLAIN = "a,b\n1,x\n2,y\n"


def _uri(path: Path) -> Uri:
    return Uri.parse(f"file://{path}")


def _csv(folder: Path, text: str | bytes, name: str = "data.csv") -> Uri:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return _uri(path)


def _refusal(uri: Uri) -> tuple[str, str]:
    with pytest.raises(UserError) as caught:
        load(uri)
    return caught.value.reason, caught.value.message


READ = {
    "numbers and texts": (PLAIN, {"a": [1, 2], "b": ["x", "y"]}),
    "windows line ends": ("a,b\r\n1,x\r\n2,y\r\n", {"a": [1, 2], "b": ["x", "y"]}),
    "no line end at the end": ("a\n1\n2", {"a": [1, 2]}),
    "an empty field of numbers is missing": ("a,b\n1,\n,2\n", {"a": [1, None], "b": [None, 2]}),
    "NA among numbers is missing": ("a,b\n1,x\nNA,x\n", {"a": [1, None], "b": ["x", "x"]}),
    "NA among texts is a text": ("a,b\n1,DE\n2,NA\n", {"a": [1, 2], "b": ["DE", "NA"]}),
    "quoted commas and line ends": ('a,b\n1,"x, y\nz"\n', {"a": [1], "b": ["x, y\nz"]}),
    "truth values": ("a\ntrue\nFALSE\n", {"a": [True, False]}),
    "zeros and ones are numbers": ("a\n0\n1\n", {"a": [0, 1]}),
    "a byte order mark is no part of a name": ("\ufeffa\n1\n", {"a": [1]}),
    "umlauts": ("größe\nüber\n", {"größe": ["über"]}),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_csv(tmp_path: Path, text: str, expected: dict[str, list[object]]) -> None:
    assert load(_csv(tmp_path, text)).table.to_pydict() == expected


def test_types_come_from_the_whole_file_not_its_first_lines(tmp_path: Path) -> None:
    text = "a\n" + "1\n" * 400_000 + "unknown\n"
    assert load(_csv(tmp_path, text)).table.schema.field("a").type == pa.string()


def test_a_column_that_is_declared_categorical_keeps_its_spelling(tmp_path: Path) -> None:
    table = load(_csv(tmp_path, "zip,n\n01234,1\n99999,2\n"), text_columns=["zip", "absent"]).table
    assert table.select(["zip", "n"]).to_pydict() == {"zip": ["01234", "99999"], "n": [1, 2]}


def test_a_compressed_csv(tmp_path: Path) -> None:
    uri = _csv(tmp_path, gzip.compress(PLAIN.encode()), "data.csv.gz")
    assert load(uri).table.num_rows == 2


def test_the_content_says_that_a_file_is_parquet(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1, 2]}), tmp_path / "data")
    assert load(_uri(tmp_path / "data")).table.to_pydict() == {"a": [1, 2]}


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    expected = f"sha256:{hashlib.sha256(PLAIN.encode()).hexdigest()}"
    assert load(_csv(tmp_path, PLAIN)).digest == expected


def test_a_folder_is_read_in_the_order_of_names_without_markers(tmp_path: Path) -> None:
    for name, text in {
        "day=2/b.csv": "a\n3\n",
        "day=1/a.csv": "a\n1\n2\n",
        "_SUCCESS": "",
        "_tmp/x.csv": "a\n9\n",
    }.items():
        _csv(tmp_path, text, name)
    _csv(tmp_path, "hello", "readme.txt")
    found = load(_uri(tmp_path))
    assert (found.table.to_pydict(), found.files) == ({"a": [1, 2, 3]}, 2)


def test_the_digest_of_a_folder_depends_on_names_and_contents(tmp_path: Path) -> None:
    def digest(folder: str, files: dict[str, str]) -> str:
        for name, text in files.items():
            _csv(tmp_path / folder, text, name)
        return load(_uri(tmp_path / folder)).digest

    first = digest("1", {"a.csv": "a\n1\n", "b.csv": "a\n2\n"})
    assert first == digest("2", {"b.csv": "a\n2\n", "a.csv": "a\n1\n"})
    assert first != digest("3", {"a.csv": "a\n1\n", "c.csv": "a\n2\n"})
    assert first != digest("4", {"a.csv": "a\n1\n", "b.csv": "a\n3\n"})


def test_files_of_a_folder_may_differ_in_the_order_of_columns_and_in_whole_and_broken_numbers(tmp_path: Path) -> None:
    _csv(tmp_path, "a,b\n1,x\n", "1.csv")
    _csv(tmp_path, "b,a\ny,2.5\n", "2.csv")
    assert load(_uri(tmp_path)).table.to_pydict() == {"a": [1.0, 2.5], "b": ["x", "y"]}


def test_a_file_whose_name_is_not_utf8_is_read_and_its_name_escaped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_bytes(b"a\n1\n")
    _csv(tmp_path, "a\n2\n", "x.csv")
    assert load(_uri(tmp_path)).table.to_pydict() == {"a": [1, 2]}
    assert r"holds caf\udce9.csv" in _refusal(_uri(tmp_path / "y.csv"))[1]


def _latin_parquet() -> bytes:
    offsets, text = pa.py_buffer(np.array([0, 4], np.int32)), pa.py_buffer("über".encode("latin-1"))
    table = pa.table({"a": pa.StringArray.from_buffers(1, offsets, text)})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    return sink.getvalue().to_pybytes()


NOT_READ: dict[str, tuple[dict[str, bytes], str, str, tuple[str, ...]]] = {
    "a file that is not there": ({"other.csv": b"a\n1\n"}, "data.csv", "DataNotFound", ("data.csv", "holds other.csv")),
    "a path through a file": ({"data.csv": b"a\n1\n"}, "data.csv/x", "DataNotFound", ("is a file",)),
    "a folder without data": ({"data/readme.txt": b"hi"}, "data", "DataNotFound", ("readme.txt", ".parquet")),
    "an empty file": ({"data.csv": b""}, "data.csv", "NoRows", ("data.csv", "empty")),
    "a header without rows": ({"data.csv": b"a,b\n"}, "data.csv", "NoRows", ("data.csv",)),
    "noise that claims to be parquet": ({"x.parquet": bytes(range(256))}, "x.parquet", "DataUnreadable", ("PAR1",)),
    "parquet that is cut off": ({"x.parquet": b"PAR1abc"}, "x.parquet", "DataUnreadable", ("x.parquet",)),
    "rows of different length": ({"data.csv": b"a,b\n1,2\n3\n"}, "data.csv", "DataUnreadable", ("Expected 2 columns",)),
    "latin-1": ({"data.csv": "a\nüber\n".encode("latin-1")}, "data.csv", "DataUnreadable", ("UTF-8",)),
    "a header in latin-1": ({"data.csv": "ü,b\n1,2\n".encode("latin-1")}, "data.csv", "DataUnreadable", ("UTF-8",)),
    "parquet with latin-1 in it": ({"x.parquet": _latin_parquet()}, "x.parquet", "DataUnreadable", ("UTF8",)),
    "a column twice": ({"data.csv": b"a,a\n1,2\n"}, "data.csv", "DataUnreadable", ("'a'", "2 times")),
    "a broken archive": ({"data.csv.gz": b"\x1f\x8bnope"}, "data.csv.gz", "DataUnreadable", ("data.csv.gz",)),
    "files of different columns": (
        {"d/1.csv": b"a,b\n1,2\n", "d/2.csv": b"a,c\n1,2\n"},
        "d",
        "DataUnreadable",
        ("2.csv", "'b', 'c'"),
    ),
    "files of different types": (
        {"d/1.csv": b"a\n1\n", "d/2.csv": b"a\nx\n"},
        "d",
        "DataUnreadable",
        ("different types",),
    ),
}


@pytest.mark.parametrize(("files", "path", "reason", "words"), NOT_READ.values(), ids=NOT_READ)
def test_what_cannot_be_read(
    tmp_path: Path, files: dict[str, bytes], path: str, reason: str, words: tuple[str, ...]
) -> None:
    for name, content in files.items():
        _csv(tmp_path, content, name)
    found, message = _refusal(_uri(tmp_path / path))
    assert found == reason
    assert [word for word in ("spec.data.uri", *words) if word not in message] == []
    assert "\n" not in message
