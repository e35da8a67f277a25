"""Names, units and plant entries of a batch: each distinct one resolved once, then spread over the rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.codes import distinct_codes, encoded
from pdm.chain.acquisition.columns import MOST_CHANNELS, Array
from pdm.chain.acquisition.meaning import Meaning, Refusal, Signal, converted, declared
from pdm.chain.acquisition.stranger import Reach, stranger
from pdm.plant.lookup import channels_of, class_of
from pdm.plant.spec import ChannelSpec, Plant
from pdm.records.block import Channel
from pdm.records.posted import Reading
from pdm.records.reading import Reason

_FULL: Refusal = (Reason.TOO_LARGE, f"more than {MOST_CHANNELS} channels in one request")
_NO_MEANING = Meaning(Channel("", "", ""), 1.0, 0.0)


class Names(Struct, frozen=True):
    """How the readings of a batch are named, each distinct name once.

    machine : (n,) index into `assets`; signal : (n,) index into `signals`
    """

    assets: list[str]
    machine: Array
    signals: list[Signal]
    signal: Array


class Survey(Struct, frozen=True):
    """What the names of a batch mean, row by row.

    machine, channel      : (n,) u4 and u2 index into `assets` and `channels`
    scale, offset         : (n,) f8, SI value = value * scale + offset
    lowest, highest       : (n,) f8, valid range in SI
    refused               : (n,) bool, the name or the unit alone decides
    refusals              : why, for each distinct pair of kind and signal; None where nothing is wrong
    pair                  : (n,) index into `refusals`
    strangers             : asset index -> why its name is refused
    """

    assets: list[str]
    classes: list[str]
    channels: list[Channel]
    machine: Array
    channel: Array
    scale: Array
    offset: Array
    lowest: Array
    highest: Array
    refused: Array
    refusals: list[Refusal | None]
    pair: Array
    strangers: dict[int, Refusal]

    def refusal(self, row: int) -> Refusal | None:
        """Say why a row is refused by its names alone."""
        return self.strangers.get(int(self.machine[row])) or self.refusals[int(self.pair[row])]


def survey(
    readings: Sequence[Reading], plant: Plant, machine_class: str, reaches: Reach | None = None
) -> Survey:
    """Find out what readings mean that are each named by themselves."""
    assets, machine = encoded([r.asset for r in readings])
    return survey_names(Names(assets, machine, *_signals(readings)), plant, machine_class, reaches)


def survey_names(names: Names, plant: Plant, machine_class: str, reaches: Reach | None = None) -> Survey:
    """Resolve each distinct asset, signal and pair of them once; without `reaches`, all machines are."""
    assets, machine = names.assets, names.machine
    strangers = _strangers(assets, plant, reaches)
    kinds, kind = _kinds(assets, plant, machine_class)
    distinct, pair = distinct_codes(kind[machine] * len(names.signals) + names.signal)
    pairs = [divmod(one, len(names.signals)) for one in distinct.tolist()]
    meanings = _meanings([(k, names.signals[s]) for k, s in pairs], kinds, strict=plant.strict)
    channels, channel, crowded = _channels(meanings)
    known = [_NO_MEANING if isinstance(m, tuple) else m for m in meanings]
    refused = crowded | np.array([isinstance(m, tuple) for m in meanings])
    outcasts = np.isin(np.arange(len(assets)), list(strangers))
    return Survey(
        assets=assets,
        classes=_classes(assets, plant, machine_class),
        channels=channels,
        machine=machine.astype(np.uint32),
        channel=channel[pair],
        scale=np.array([m.scale for m in known])[pair],
        offset=np.array([m.offset for m in known])[pair],
        lowest=np.array([m.lowest for m in known])[pair],
        highest=np.array([m.highest for m in known])[pair],
        refused=refused[pair] | outcasts[machine],
        refusals=[
            m if isinstance(m, tuple) else _FULL if c else None
            for m, c in zip(meanings, crowded, strict=True)
        ],
        pair=pair,
        strangers=strangers,
    )


def _signals(readings: Sequence[Reading]) -> tuple[list[Signal], Array]:
    """Find the distinct signals.

    returns (signals, (n,) index into them)
    """
    names, name = encoded([r.channel for r in readings])
    quantities, quantity = encoded([r.quantity for r in readings])
    units, unit = encoded([r.unit for r in readings])
    distinct, signal = distinct_codes((name * len(quantities) + quantity) * len(units) + unit)
    found = []
    for one in distinct.tolist():
        rest, u = divmod(one, len(units))
        n, q = divmod(rest, len(quantities))
        found.append((names[n], quantities[q], units[u]))
    return found, signal


def _strangers(assets: Sequence[str], plant: Plant, reaches: Reach | None) -> dict[int, Refusal]:
    """Find the assets that may not come in, with the reason."""
    refusals = ((i, stranger(asset, plant, reaches)) for i, asset in enumerate(assets))
    return {i: refusal for i, refusal in refusals if refusal is not None}


def _classes(assets: Sequence[str], plant: Plant, machine_class: str) -> list[str]:
    """Name the class of each machine."""
    if not plant.machines:
        return [machine_class] * len(assets)
    return [class_of(plant, asset, machine_class) for asset in assets]


def _kinds(
    assets: Sequence[str], plant: Plant, machine_class: str
) -> tuple[list[Mapping[str, ChannelSpec]], Array]:
    """Group machines that share their declared channels: by the very dictionary they share."""
    if not plant.machines:
        return [channels_of(plant, "", machine_class)], np.zeros(len(assets), np.int64)
    specs = [channels_of(plant, asset, machine_class) for asset in assets]
    distinct, kind = encoded([id(spec) for spec in specs])
    by_id = {id(spec): spec for spec in specs}
    return [by_id[key] for key in distinct], kind


def _meanings(
    signals: Sequence[tuple[int, Signal]], kinds: Sequence[Mapping[str, ChannelSpec]], *, strict: bool
) -> list[Meaning | Refusal]:
    """Resolve each pair of a kind of machine and a signal."""
    plain: dict[Signal, Meaning | Refusal] = {}
    found: list[Meaning | Refusal] = []
    for kind, signal in signals:
        meaning = plain.get(signal)
        if meaning is None:
            meaning = plain[signal] = converted(signal)
        found.append(meaning if isinstance(meaning, tuple) else declared(meaning, kinds[kind], strict=strict))
    return found


def _channels(meanings: Sequence[Meaning | Refusal]) -> tuple[list[Channel], Array, Array]:
    """Number the SI channels.

    returns (channels, (pairs,) u2 index into them, (pairs,) bool no number was left)
    """
    codes: dict[Channel, int] = {}
    index = [0 if isinstance(m, tuple) else codes.setdefault(m.channel, len(codes)) for m in meanings]
    crowded = np.array(index) >= MOST_CHANNELS
    channel = np.where(crowded, 0, index).astype(np.uint16)
    return list(codes)[:MOST_CHANNELS], channel, crowded
