"""``python -m weir_training.sample_data NAME URI``: writes a data set that comes with scikit-learn.

| name          | target        | task                     | columns                                               |
|---------------|---------------|--------------------------|-------------------------------------------------------|
| breast_cancer | malignant     | two classes, 0 and 1     | 30 numeric                                            |
| wine          | cultivar      | three classes, texts     | 10 numeric (some missing), 2 categorical (one missing) |
| diabetes      | progression   | regression               | 7 numeric (some missing), 3 categorical               |

The last two derive categories from numbers and take values away by a fixed pattern, so that every run writes the same
bytes. The ending says the format: .csv or .parquet. URI is a path or what ``spec.data.uri`` takes (not http).
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from weir_model.uri import OBJECT_STORES, Uri
from weir_training.features import Array
from weir_training.storage import open_store

EVERY = 11  # one value in so many is taken away


def breast_cancer() -> pa.Table:
    """Return Wisconsin's breast cancer data; ``malignant`` is 1 for a malignant tumour."""
    bunch = load_breast_cancer()
    names = [name.replace(" ", "_") for name in bunch.feature_names]
    return pa.table(dict(zip(names, bunch.data.T, strict=True)) | {"malignant": 1 - bunch.target})


def wine() -> pa.Table:
    """Return the wine data with two of its measurements as categories and some values missing."""
    bunch = load_wine()
    columns: dict[str, Any] = dict(zip((_identifier(name) for name in bunch.feature_names), bunch.data.T, strict=True))
    columns["strength"] = _banded(columns.pop("alcohol"), (12.5, 13.2), ("light", "medium", "strong"))
    shade = _banded(columns.pop("hue"), (0.8, 1.0), ("red", "purple", "violet"))
    columns["shade"] = pa.array(shade, mask=_pattern(len(shade), 3))
    columns["magnesium"] = _thinned(columns["magnesium"], 0)
    columns["proline"] = _thinned(columns["proline"], 5)
    del columns["ash"]
    return pa.table(columns | {"cultivar": np.array(["barolo", "grignolino", "barbera"], dtype=object)[bunch.target]})


def diabetes() -> pa.Table:
    """Return the diabetes data with sex, age and body mass as categories and some measurements missing."""
    bunch = load_diabetes(scaled=False)
    columns: dict[str, Any] = dict(zip(bunch.feature_names, bunch.data.T, strict=True))
    columns["sex"] = _banded(columns.pop("sex"), (1.5,), ("female", "male"))
    columns["age_group"] = _banded(
        columns.pop("age"), (35, 50, 65), ("under 35", "35 to 49", "50 to 64", "65 and over")
    )
    columns["weight_class"] = _banded(columns.pop("bmi"), (18.5, 25, 30), ("under", "normal", "over", "obese"))
    columns["s1"] = _thinned(columns["s1"], 2)
    columns["s6"] = _thinned(columns["s6"], 7)
    return pa.table(columns | {"progression": bunch.target})


DATA_SETS = {"breast_cancer": breast_cancer, "wine": wine, "diabetes": diabetes}


def encode(table: pa.Table, name: str) -> bytes:
    """Return ``table`` in the format that the ending of ``name`` says."""
    sink = io.BytesIO()
    if name.endswith(".parquet"):
        parquet.write_table(table, sink)
    else:
        csv.write_csv(table, sink, csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue()


def write(content: bytes, uri: Uri) -> None:
    """Write ``content`` to ``uri``, over what is there."""
    if uri.local_path is None:
        open_store(uri).put(uri.path, content)
        return
    path = Path(uri.local_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main(arguments: list[str]) -> int:
    """Write the data set that ``arguments`` name; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m weir_training.sample_data", description="Writes sample data.")
    parser.add_argument("name", choices=sorted(DATA_SETS))
    parser.add_argument("uri", help="a path or URI that ends in .csv or .parquet")
    chosen = parser.parse_args(arguments)
    uri = Uri.parse(chosen.uri if "://" in chosen.uri else f"file://{Path(chosen.uri).absolute()}")
    if not uri.path.endswith((".csv", ".parquet")) or uri.scheme not in ("file", "pvc", *OBJECT_STORES):
        parser.error(f"{uri}: the URI must be writable and end in .csv or .parquet")
    table = DATA_SETS[chosen.name]()
    write(encode(table, uri.path), uri)
    sys.stdout.write(f"wrote {table.num_rows} rows of {table.num_columns} columns to {uri}\n")
    return 0


def _identifier(name: str) -> str:
    return name.replace("/", "_").replace(" ", "_")


def _banded(values: Array, edges: tuple[float, ...], names: tuple[str, ...]) -> Array:
    return np.array(names, dtype=object)[np.digitize(values, edges)]


def _pattern(rows: int, start: int) -> Array:
    return np.asarray(np.arange(rows) % EVERY == start % EVERY)


def _thinned(values: Array, start: int) -> pa.Array:
    return pa.array(values, mask=_pattern(len(values), start))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
