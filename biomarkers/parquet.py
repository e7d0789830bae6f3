"""The research export's tables as Parquet: typed columns that carry their own unit and description.

Made from the CSV that was written just before, so that both always hold the same; a batch at a time, so that memory
does not grow with the table.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import IO, Any

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

_BATCH_ROWS = 10_000
_TEXT = frozenset({"text", "code", "codes"})
_WHOLE = frozenset({"number", "count", "days", "0/1", "1-4"})

Columns = Mapping[str, tuple[str, str]]


def parquet_from_csv(source: IO[str], target: IO[bytes], columns: Columns) -> None:
    """Write the CSV's rows, columns typed by their units; an empty field of a number is null, of a text is empty.

    columns: name -> (unit, description), in the order of the file. Raises ValueError for a field that is not of its
    column's type.
    """
    schema = Schema([_field(name, unit, told) for name, (unit, told) in columns.items()])
    batches = RecordBatchReader.from_batches(schema, _batches(source, schema, columns))
    write_parquet(batches, target, compression="zstd(3)", max_row_group_size=_BATCH_ROWS)


def _field(name: str, unit: str, description: str) -> Field:
    return Field(
        name, _type(unit), nullable=unit not in _TEXT, metadata={"unit": unit, "description": description}
    )


def _type(unit: str) -> DataType:
    if unit in _TEXT:
        return DataType.string()
    return DataType.int64() if unit in _WHOLE else DataType.float64()


def _reader_of(unit: str) -> Callable[[str], Any]:
    """How a field of a CSV becomes a value of its column."""
    if unit in _TEXT:
        return str
    if unit in _WHOLE:
        return lambda field: int(float(field)) if field else None
    return lambda field: float(field) if field else None


def _batches(source: IO[str], schema: Schema, columns: Columns) -> Iterator[RecordBatch]:
    readers = {name: _reader_of(unit) for name, (unit, _) in columns.items()}
    rows = csv.DictReader(source)
    while batch := list(islice(rows, _BATCH_ROWS)):
        arrays = [
            Array([readers[name](row[name]) for row in batch], type=schema.field(name).type)
            for name in columns
        ]
        yield RecordBatch.from_arrays(arrays, schema=schema)
