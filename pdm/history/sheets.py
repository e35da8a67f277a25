"""Tables of readings as people carry them away: CSV, Parquet, JSON lines; part by part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

FORMATS = ("csv", "parquet", "jsonl")


@contextmanager
def sheet(kind: str, file: IO[bytes]) -> Iterator[Callable[[pa.Table], None]]:
    """Open a sheet of one of FORMATS; what is given takes tables with equal columns, one after the other."""
    parts = 0
    writer: pq.ParquetWriter | None = None

    def write(part: pa.Table) -> None:
        nonlocal parts, writer
        if kind == "parquet":
            writer = writer or pq.ParquetWriter(file, part.schema, compression="zstd")
            writer.write_table(part)
        elif kind == "csv":
            options = pyarrow.csv.WriteOptions(include_header=parts == 0)
            pyarrow.csv.write_csv(readable(part), file, options)
        else:
            file.writelines(msgspec.json.encode(row) + b"\n" for row in readable(part).to_pylist())
        parts += 1

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def readable(content: pa.Table) -> pa.Table:
    """Write the times of a table as RFC 3339, and plain texts instead of dictionaries."""
    columns = {}
    for name in content.column_names:
        column = content[name]
        if name == "time":
            column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
        elif pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)
