"""Where machines stand, as people are told."""

from logs import PLANT, log, plant_change, rows

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import load, load_plants, save, save_plants
from pdm.chain.standing import standing
from pdm.chain.step import step
from pdm.records.status import AssetStatus, Condition, Phase

ROWS = rows(machines=2, seconds=20, seed=5)
INCHES = PLANT.replace('"mm/s"', '"in/s"').replace("high = 4.5, high_high = 7.1", "high = 1.0")


def units(statuses: list[AssetStatus]) -> set[tuple[str, str, str]]:
    """Return channels with their SI unit and the unit people read."""
    return {(one.channel, one.unit, one.shown_unit) for status in statuses for one in status.channels}


def bank_of(toml: str) -> Bank:
    """Return a bank that has eaten some frames under a plant file."""
    bank = Bank()
    for offset, record in enumerate([plant_change(toml), *log(ROWS, [7])[1:]]):
        step(bank, offset, record)
    return bank


def test_a_channel_is_told_in_the_unit_of_the_plant_file() -> None:
    """The plant file's where it says one, the usual one elsewhere; a new file counts from then on."""
    bank = bank_of(INCHES)
    expected = {("de-velocity", "m/s", "in/s"), ("current", "A", "A"), ("oil-temperature", "K", "°C")}
    assert units(standing(bank, 10)) == expected
    records = [plant_change(PLANT), *log([(a, 30 + s, cells) for a, s, cells in ROWS], [7])[1:]]
    for offset, record in enumerate(records, start=int(bank.chunks.position[0]) + 1):
        step(bank, offset, record)
    assert ("de-velocity", "m/s", "mm/s") in units(standing(bank, 10))


def test_a_restored_bank_tells_the_same_units() -> None:
    """They come from the plant file that was saved, not from the one on disk."""
    before, after = bank_of(INCHES), Bank()
    chunks = {chunk: save(before, chunk) for chunk in before.chunks.due(99)}
    load_plants(after, save_plants(before), int(before.chunks.cursor()[0]))
    for chunk, data in chunks.items():
        load(after, chunk, data)
    assert units(standing(after, 10)) == units(standing(before, 10))


def test_a_machine_at_rest_is_told_so() -> None:
    """Without current it is stopped, and that is its condition; with it, it runs."""
    still = [
        (asset, second, tuple((c, 0.0 if c == 0 else v) for c, v in cells)) for asset, second, cells in ROWS
    ]
    at_rest, running = Bank(), Bank()
    for bank, all_rows in ((at_rest, still), (running, ROWS)):
        for offset, record in enumerate(log(all_rows, [7])):
            step(bank, offset, record)
    assert {(one.phase, one.condition) for one in standing(at_rest, 10)} == {
        (Phase.STOPPED, Condition.STOPPED)
    }
    assert {(one.phase, one.condition) for one in standing(running, 10)} == {
        (Phase.RUNNING, Condition.LEARNING)
    }


def test_what_cannot_be_seen_yet_is_said() -> None:
    """From the first frame limits are watched; a drift only once the baseline of its channel is ready."""
    bank, said = Bank(), []
    for offset, record in enumerate(log(rows(1, 300, seed=5), [20, 280])):
        step(bank, offset, record)
        said += [
            {channel.channel: (channel.sees, channel.learning) for channel in one.channels}
            for one in standing(bank, 10)
        ]
    young, old = said[0], said[-1]
    assert young["de-velocity"] == (("limit",), True)
    assert young["current"] == ((), True)
    assert old["de-velocity"] == (("limit", "drift"), False)
