"""Rows as Parquet: which columns, how they are encoded, and back again."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from pdm.history.rows import Array, Origin, Rows, Signal, empty, runs
from pdm.records.quality import Quality

NAMES = ("asset", "run", "channel", "quantity", "unit")
TEXTS = (*NAMES, "quality", "origin")
"""Columns of few distinct texts: kept as a dictionary."""
ROW_GROUP = 1 << 15
"""Rows that are read at once at least; few enough that one machine of a large plant is found quickly."""
QUALITIES = [quality.name.lower() for quality in Quality]
ORIGINS = [origin.name.lower() for origin in Origin]
_DELTA, _PLAIN = "DELTA_BINARY_PACKED", "PLAIN"
_ENCODING = {"time": _DELTA, "offset": _DELTA, "count": _DELTA} | dict.fromkeys(
    ("value", "low", "high", "last"), _PLAIN
)
_TIME = pa.timestamp("ns", "UTC")


def table(rows: Rows) -> pa.Table:
    """Write rows as an Arrow table; texts are dictionaries, times are UTC."""
    used = rows.code[runs(rows.code)] if len(rows) else rows.code
    texts = list(zip(*(rows.signals[s] for s in used.tolist()), strict=True)) or [()] * len(NAMES)
    length = np.diff(runs(rows.code), append=len(rows)) if len(rows) else rows.code
    columns: dict[str, pa.Array] = {}
    for name, said in zip(NAMES, texts, strict=True):
        distinct = sorted(set(said))
        place = {text: i for i, text in enumerate(distinct)}
        index = np.repeat(np.array([place[text] for text in said], np.int32), length)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(index), pa.array(distinct, pa.string()))
    for name, column in rows.columns.items():
        columns[name] = _column(name, column)
    return pa.table(columns)


class Written(Struct, frozen=True):
    """What went into a file; the times are those of its first and last row, in ns."""

    rows: int = 0
    begin_ns: int = 2**63 - 1
    end_ns: int = -(2**63)


def write(parts: Iterable[Rows], path: Path) -> Written:
    """Write rows of one kind, part by part, into one new file."""
    written = Written()
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for part in parts:
            content = table(part)
            if writer is None:
                writer = stack.enter_context(_writer(path, content.schema))
            writer.write_table(content, row_group_size=ROW_GROUP)
            if len(part):
                time = part.columns["time"]
                first, last = min(written.begin_ns, int(time.min())), max(written.end_ns, int(time.max()))
                written = Written(written.rows + len(part), first, last)
    return written


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=list(TEXTS),
        column_encoding={name: _ENCODING[name] for name in schema.names if name in _ENCODING},
    )


def read(
    path: Path,
    lowest: str | None = None,
    highest: str | None = None,
    begin_ns: int | None = None,
    end_ns: int | None = None,
) -> Rows:
    """Read rows of the assets from `lowest` to `highest`, both included, with times in [begin, end).

    raises OSError or pyarrow's own errors where the file is gone or damaged
    """
    with pq.ParquetFile(path, read_dictionary=list(TEXTS)) as file:
        groups = [g for g in range(file.num_row_groups) if _may_hold(file, g, lowest, highest)]
        if not groups:
            return empty(coarse="count" in file.schema_arrow.names)
        found = rows_of(file.read_row_groups(groups, use_threads=False))
    return _within(found, lowest, highest, begin_ns, end_ns)


def rows_of(content: pa.Table) -> Rows:
    """Read an Arrow table; it is quick where equal signals stand together."""
    whole = content.unify_dictionaries().combine_chunks()
    texts = {name: _dictionary(whole, name) for name in TEXTS}
    if not whole.num_rows:
        return empty(coarse="count" in whole.column_names)
    indices = [texts[name][0] for name in NAMES]
    begins = runs(*indices)
    said = [
        Signal(*(texts[name][1][i] for name, i in zip(NAMES, place, strict=True)))
        for place in zip(*(index[begins].tolist() for index in indices), strict=True)
    ]
    signals = sorted(set(said))
    place_of = {signal: i for i, signal in enumerate(signals)}
    code = np.repeat(np.array([place_of[s] for s in said], np.int64), np.diff(begins, append=whole.num_rows))
    columns: dict[str, Array] = {"time": whole["time"].cast(pa.int64()).to_numpy()}
    for name, words in (("quality", QUALITIES), ("origin", ORIGINS)):
        index, distinct = texts[name]
        columns[name] = np.array([words.index(text) for text in distinct], np.uint8)[index]
    for name in whole.column_names:
        if name not in columns and name not in NAMES:
            columns[name] = whole[name].to_numpy()
    return Rows(signals, code, columns)


def assets(path: Path) -> list[tuple[str, str, int]]:
    """Return first asset, last asset and rows of each row group."""
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        groups = [metadata.row_group(g) for g in range(metadata.num_row_groups)]
        return [(*_extent(group), group.num_rows) for group in groups]


def _column(name: str, column: Array) -> pa.Array:
    if name in {"quality", "origin"}:
        words = QUALITIES if name == "quality" else ORIGINS
        return pa.DictionaryArray.from_arrays(pa.array(column.astype(np.int8)), pa.array(words))
    return pa.array(column).cast(_TIME) if name == "time" else pa.array(column)


def _dictionary(content: pa.Table, name: str) -> tuple[Array, list[str]]:
    """Return a column of texts as indices and the distinct texts."""
    column = content[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    return column.indices.to_numpy(), column.dictionary.to_pylist()


def _extent(group: pq.RowGroupMetaData) -> tuple[str, str]:
    statistics = group.column(0).statistics
    if statistics is None or not statistics.has_min_max:
        return "", "\U0010ffff"
    return str(statistics.min), str(statistics.max)


def _may_hold(file: pq.ParquetFile, group: int, lowest: str | None, highest: str | None) -> bool:
    if lowest is None and highest is None:
        return True
    first, last = _extent(file.metadata.row_group(group))
    return (highest is None or first <= highest) and (lowest is None or last >= lowest)


def _within(
    rows: Rows, lowest: str | None, highest: str | None, begin_ns: int | None, end_ns: int | None
) -> Rows:
    """Leave out what is outside."""
    time = rows.columns["time"]
    kept = np.ones(len(rows), bool)
    if begin_ns is not None:
        kept &= time >= begin_ns
    if end_ns is not None:
        kept &= time < end_ns
    inside = [
        (lowest is None or s.asset >= lowest) and (highest is None or s.asset <= highest)
        for s in rows.signals
    ]
    if not all(inside):
        kept &= np.array(inside)[rows.code]
    return rows if kept.all() else rows.take(kept)
