"""The digest of a store: equal for equal contents, whatever the engine and the order of recording."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, Table, select

from pdm.records.advice import Advice
from pdm.records.control import Control
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store.contents import AT_ONCE
from pdm.store.schema import advice, alarms, assets, control, events

ALARM = [column for column in alarms.columns if column.name not in {"raised", "time"}]

TOLD: tuple[tuple[Table, list[Column[Any]], Any], ...] = (
    (events, [events.c.run, events.c.id, events.c.revision], Event),
    (alarms, [alarms.c.run, alarms.c.id], None),
    (advice, [advice.c.run, advice.c.id], Advice),
    (assets, [assets.c.run, assets.c.asset], AssetStatus),
    (control, [control.c.run, control.c.id], Control),
)
"""What the digest is of: each table by its key, as records where it has bodies, else as columns."""


class Digest(Struct, frozen=True):
    """What is in a store.

    sha256 : of all tables; tables: of each; rows: how many each has
    Not in it: the order of recording, offsets, and when runs were recorded.
    """

    sha256: str
    tables: dict[str, str]
    rows: dict[str, int]


def digest(connection: Connection) -> Digest:
    """Read everything once, in the snapshot or transaction of `connection`.

    Records are encoded again as this version does, so that a row keeps its digest when it was written by
    an earlier one; and while nobody has changed anything the digest is that of a version without control.
    """
    tables, rows = dict[str, str](), dict[str, int]()
    for table, keys, kind in TOLD:
        tables[table.name], rows[table.name] = _table(connection, keys, table, kind)
    earlier = {name: told for name, told in tables.items() if name != control.name or rows[name]}
    return Digest(sha256(msgspec.msgpack.encode(earlier)).hexdigest(), tables, rows)


def _table(connection: Connection, keys: list[Column[Any]], table: Table, kind: Any) -> tuple[str, int]:
    columns = ALARM if kind is None else [table.c.body]
    statement = select(*columns).order_by(*keys).execution_options(yield_per=AT_ONCE)
    decode = msgspec.msgpack.Decoder(kind).decode if kind else None
    encode = msgspec.msgpack.Encoder().encode
    told, count = sha256(), 0
    for row in connection.execute(statement):
        told.update(encode(decode(row[0]) if decode else list(row)))
        count += 1
    return told.hexdigest(), count
