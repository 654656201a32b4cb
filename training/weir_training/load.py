"""Bytes to one Arrow table: CSV and parquet, one file or several of the same columns.

CSV rules, chosen so that serving can apply the same ones: UTF-8, a header line, ``,`` between fields; an empty field
is missing; in numeric columns NA, N/A, null, NaN and their like are missing too, while in text columns they are text
(the country code of Namibia is NA). Types are inferred over the whole file, never over its first lines.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import csv, parquet

from weir_model.uri import Uri
from weir_training.errors import UserError, first_line
from weir_training.files import FIELD, DataFile, digest, read_files

PARQUET_MAGIC = b"PAR1"
LARGEST_BLOCK = (1 << 31) - 1  # bytes; a CSV block cannot be larger


@dataclass(frozen=True)
class Dataset:
    """What was read.

    Attributes:
        table: every row and column.
        digest: ``sha256:...`` of the bytes.
        files: how many files it came from.
    """

    table: pa.Table
    digest: str
    files: int


def load(uri: Uri, text_columns: Sequence[str] = ()) -> Dataset:
    """Return the table at ``uri``; ``text_columns`` of CSV files stay as they are spelled (``007`` is not 7).

    Raises:
        UserError: DataNotFound, DataUnreadable or NoRows.
        TransientError: DataUnreadable when the store cannot be reached.
    """
    files = read_files(uri)
    empty = next((file.name for file in files if not file.content.strip()), None)
    if empty:
        raise UserError("NoRows", f"{FIELD}: {uri}: {empty} is empty; it needs a header line and rows")
    tables = [_parse(uri, file, text_columns) for file in files]
    table = _joined(uri, files, tables)
    if table.num_rows == 0:
        raise UserError("NoRows", f"{FIELD}: {uri} has columns, but no rows")
    return Dataset(table, digest(files), len(files))


def _parse(uri: Uri, file: DataFile, text_columns: Sequence[str]) -> pa.Table:
    try:
        table = _parquet(file) if file.content[:4] == PARQUET_MAGIC else _csv(file, text_columns)
        names = table.column_names
    except UnicodeDecodeError as error:
        raise _unreadable(uri, file, f"{_format(file)}: a column's name is not in UTF-8") from error
    except (pa.ArrowException, OSError, EOFError) as error:
        raise _unreadable(uri, file, f"{_format(file)}: {first_line(error)}") from error
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise _unreadable(uri, file, f"column {twice[0]!r} appears {names.count(twice[0])} times")
    return table


def _parquet(file: DataFile) -> pa.Table:
    table = parquet.read_table(pa.BufferReader(file.content))
    table.validate(full=True)  # a reader need not look whether text is UTF-8
    return table


def _csv(file: DataFile, text_columns: Sequence[str]) -> pa.Table:
    if file.name.lower().endswith((".parquet", ".pq")):
        raise pa.ArrowInvalid("the file does not start with PAR1")
    source = pa.CompressedInputStream(pa.BufferReader(file.content), "gzip") if _is_gzip(file) else None
    table = csv.read_csv(
        source or io.BytesIO(file.content),
        read_options=csv.ReadOptions(block_size=LARGEST_BLOCK if source else min(len(file.content) + 1, LARGEST_BLOCK)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            strings_can_be_null=False,
            true_values=["true", "True", "TRUE"],
            false_values=["false", "False", "FALSE"],
            column_types=dict.fromkeys(text_columns, pa.string()),
        ),
    )
    foreign = [field.name for field in table.schema if pa.types.is_binary(field.type)]
    if foreign:
        raise pa.ArrowInvalid(f"column {foreign[0]!r} is not in UTF-8")
    return table


def _is_gzip(file: DataFile) -> bool:
    return file.content[:2] == b"\x1f\x8b"


def _joined(uri: Uri, files: list[DataFile], tables: list[pa.Table]) -> pa.Table:
    first = tables[0]
    for file, table in zip(files, tables, strict=True):
        odd = sorted(set(first.column_names) ^ set(table.column_names))
        if odd:
            raise _unreadable(uri, file, f"its columns differ from {files[0].name}'s: {', '.join(map(repr, odd[:5]))}")
    try:
        return pa.concat_tables((t.select(first.column_names) for t in tables), promote_options="permissive")
    except pa.ArrowException as error:
        raise UserError(
            "DataUnreadable", f"{FIELD}: {uri}: its files hold different types: {first_line(error)}"
        ) from error


def _format(file: DataFile) -> str:
    return "not a readable parquet file" if file.name.lower().endswith((".parquet", ".pq")) else "not readable as CSV"


def _unreadable(uri: Uri, file: DataFile, detail: str) -> UserError:
    return UserError("DataUnreadable", f"{FIELD}: {uri}: {file.name}: {detail}")
