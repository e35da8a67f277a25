"""Old readings into the history alone."""

import msgspec
from fakes.gateway import ask, batch, gateway, reading
from fakes.outlet import FakeOutlet

from pdm.broker.topics import BACKFILL
from pdm.errors import BrokerError
from pdm.history.tray import Tray
from pdm.records.block import Block
from pdm.records.reading import Receipt

JSON = {"Content_Type": "application/json"}


def test_accepted_readings_go_to_the_backfill_topic_alone() -> None:
    """No quantity topic gets a block, so no frame and no alarm can come of them."""
    outlet = FakeOutlet()
    answer = ask(gateway(outlet), "POST", "/v1/backfill", batch(1.0, 2.0), **JSON)
    assert answer.status_code == 202
    assert msgspec.json.decode(answer.content, type=Receipt) == Receipt(2, (), 1)
    ((packed,),) = outlet.history
    assert packed.topic == BACKFILL
    assert (packed.block.frontier, packed.block.source.run) == (b"", "")


def test_what_was_sent_is_what_the_history_reads() -> None:
    """In SI, with its run."""
    outlet = FakeOutlet()
    ask(gateway(outlet), "POST", "/v1/backfill", batch(4.0, unit="mm/s"), PDM_Run="old", **JSON)
    tray = Tray()
    payload = msgspec.msgpack.encode(outlet.history[0][0].block)
    tray.backfill(msgspec.msgpack.decode(payload, type=Block), 5)
    rows = tray.rows()
    (signal,) = rows.signals
    assert (signal.asset, signal.run, signal.channel, signal.unit) == ("pump-1", "old", "de-velocity", "m/s")
    assert rows.columns["value"].tolist() == [0.004]


def test_each_reading_has_its_verdict() -> None:
    """The same as at the door for live ones."""
    app = gateway(FakeOutlet())
    body = b"[" + reading(time="2036-01-01T00:00:00Z") + b"," + reading(unit="bar") + b"," + reading() + b"]"
    receipt = msgspec.json.decode(ask(app, "POST", "/v1/backfill", body, **JSON).content, type=Receipt)
    assert [(one.index, one.reason.value) for one in receipt.rejected] == [(0, "future"), (1, "unknown_unit")]
    assert receipt.accepted == 1
    assert ask(app, "POST", "/v1/backfill", batch(1.0, unit="bar"), **JSON).status_code == 422


def test_without_a_broker_it_is_unavailable() -> None:
    """The client keeps its readings and comes again."""
    outlet = FakeOutlet()
    outlet.errors = [BrokerError("away")]
    assert ask(gateway(outlet), "POST", "/v1/backfill", batch(1.0), **JSON).status_code == 503
