"""The door for waveforms: a posted record becomes SI samples, or a verdict says why not."""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np
from msgspec import Raw, Struct

from pdm.chain.acquisition.admit import AHEAD_NS, Entry
from pdm.chain.acquisition.columns import Array
from pdm.chain.acquisition.decode import shortened
from pdm.chain.acquisition.meaning import Meaning, Refusal, converted, declared
from pdm.chain.acquisition.split import items
from pdm.chain.acquisition.stranger import Reach, stranger
from pdm.chain.acquisition.times import instants, numbers
from pdm.instant import rfc3339
from pdm.plant.lookup import channels_of, class_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel, Source
from pdm.records.posted import TimeUnit
from pdm.records.reading import Quantity, Reason, Rejection
from pdm.records.waveform import PostedWaveform, Waveform

SAMPLES = 256, 1 << 20
"""How many samples a waveform may have."""
RATE_HZ = 1.0, 200_000.0
MOST = 256
"""Waveforms of one request."""
KINDS = ("m/s2", "m/s")
"""SI units that a waveform may be in; displacement is not understood yet."""
LARGEST = 1e6
"""Beyond this in SI no sensor of vibration has measured anything."""

_ONE = msgspec.json.Decoder(PostedWaveform)
_MANY = msgspec.json.Decoder(list[Raw])


class Posted(Struct, frozen=True):
    """One waveform as it came, whatever it came in; samples : (n,) in `unit`."""

    asset: str
    channel: str
    time: str | int | float
    sampling_rate_hz: float
    unit: str
    samples: Array
    time_unit: TimeUnit | None = None


class Caught(Struct, frozen=True):
    """What became of a request with waveforms."""

    waveforms: list[Waveform]
    rejected: tuple[Rejection, ...]


def from_json(body: bytes) -> Iterator[Posted | Refusal]:
    """Read one waveform or an array of them, each for itself."""
    for number, record in enumerate(_records(body)):
        if number >= MOST:
            yield Reason.TOO_LARGE, f"more than {MOST} waveforms in one request"
            return
        try:
            one = _ONE.decode(record)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
            yield Reason.MALFORMED, shortened(str(wrong).replace("`$.", "`"))
            continue
        samples = np.array(one.samples, np.float64)
        yield Posted(one.asset, one.channel, one.time, one.sampling_rate_hz, one.unit, samples, one.time_unit)


def from_binary(body: bytes, said: Mapping[str, str]) -> Posted | Refusal:
    """Read float32 samples, little-endian; `said` are asset, channel, time, sampling rate and unit."""
    if absent := [name for name, value in said.items() if not value]:
        return Reason.MALFORMED, f"the header {absent[0]} is missing"
    if len(body) % 4:
        return Reason.MALFORMED, f"{len(body)} bytes are no float32 samples: each has 4"
    try:
        rate = float(said["PDM-Sampling-Rate"])
    except ValueError:
        return Reason.MALFORMED, "PDM-Sampling-Rate is no number"
    samples = np.frombuffer(body, "<f4")
    return Posted(said["PDM-Asset"], said["PDM-Channel"], said["PDM-Time"], rate, said["PDM-Unit"], samples)


def catch(
    posted: Iterator[Posted | Refusal],
    source: Source,
    plant: Plant,
    now_ns: int,
    machine_class: str = "",
    reaches: Reach | None = None,
    entry: Entry = None,
) -> Caught:
    """Judge each waveform; the good ones are kept whatever is wrong with their neighbours.

    reaches : for which machines the sender may deliver; all unless given
    entry   : what bounds the names that nobody declared, and whose they are; nothing unless given
    """
    waveforms, rejected = [], []
    for index, one in enumerate(posted):
        found = (
            one
            if isinstance(one, tuple)
            else stranger(one.asset, plant, reaches) or _judged(one, source, plant, now_ns, machine_class)
        )
        if not isinstance(found, tuple):
            found = _crowding(found, entry) or found
        if isinstance(found, tuple):
            rejected.append(Rejection(index, found[0], shortened(found[1])))
        else:
            waveforms.append(found)
    return Caught(waveforms, tuple(rejected))


def _crowding(one: Waveform, entry: Entry) -> Refusal | None:
    """Refuse a good waveform whose name is one too many."""
    if entry is None:
        return None
    newcomers, source = entry
    channel = Channel(one.channel, Quantity.VIBRATION, one.unit)
    return None if newcomers.takes(source, one.asset, one.machine_class, channel) else newcomers.refusal


def _records(body: bytes) -> Iterator[bytes]:
    """Cut a body into records; an array that is damaged as well as that can be done."""
    if body.lstrip()[:1] != b"[":
        yield body
        return
    try:
        found = _MANY.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        yield from items(body)
        return
    yield from (bytes(record) for record in found)


def _judged(one: Posted, source: Source, plant: Plant, now_ns: int, machine_class: str) -> Waveform | Refusal:
    """Judge one waveform; the first reason found is given."""
    kind = class_of(plant, one.asset, machine_class)
    meaning = _meaning(one, plant, kind)
    if isinstance(meaning, tuple):
        return meaning
    time_ns, readable = _time(one)
    wrong = _wrong_size(one) or _wrong_time(time_ns, now_ns, readable=readable)
    if wrong is not None:
        return wrong
    with np.errstate(over="ignore", invalid="ignore"):
        samples = (one.samples.astype(np.float64) * meaning.scale + meaning.offset).astype("<f4")
    if not np.isfinite(samples).all():
        return Reason.NOT_FINITE, f"sample {int(np.argmin(np.isfinite(samples)))} is not a finite number"
    if float(np.abs(samples).max()) > LARGEST:
        return Reason.OUT_OF_RANGE, f"a sample beyond {LARGEST:g} {meaning.channel.unit}"
    return Waveform(
        source,
        one.asset,
        kind,
        one.channel,
        meaning.channel.unit,
        time_ns,
        one.sampling_rate_hz,
        samples.tobytes(),
        now_ns,
    )


def _meaning(one: Posted, plant: Plant, kind: str) -> Meaning | Refusal:
    """Read names and unit, and hold them against the plant file."""
    meaning = converted((one.channel, Quantity.VIBRATION.value, one.unit))
    if isinstance(meaning, tuple):
        return meaning
    if meaning.channel.unit not in KINDS:
        return Reason.UNKNOWN_UNIT, f"unit {one.unit!r} is neither acceleration nor velocity"
    return declared(meaning, channels_of(plant, one.asset, kind), strict=plant.strict)


def _time(one: Posted) -> tuple[int, bool]:
    """Read the time of the first sample in ns, and say whether it could be read."""
    if isinstance(one.time, str):
        ns, readable = instants([one.time])
    else:
        ns, readable = numbers([one.time], one.time_unit)
    return int(ns[0]), bool(readable[0])


def _wrong_size(one: Posted) -> Refusal | None:
    """Refuse too few or too many samples, or a rate that no sensor has."""
    fewest, most = SAMPLES
    if not fewest <= len(one.samples) <= most:
        reason = Reason.TOO_LARGE if len(one.samples) > most else Reason.OUT_OF_RANGE
        return reason, f"{len(one.samples)} samples: {fewest} to {most} are taken"
    slowest, fastest = RATE_HZ
    if not slowest <= one.sampling_rate_hz <= fastest:
        return (
            Reason.OUT_OF_RANGE,
            f"a sampling rate of {one.sampling_rate_hz:g} Hz: {slowest:g} to {fastest:g} are taken",
        )
    return None


def _wrong_time(time_ns: int, now_ns: int, *, readable: bool) -> Refusal | None:
    """Refuse a time that cannot be read, or that cannot be."""
    if not readable:
        return Reason.MALFORMED, "time is no RFC 3339 instant with a zone, nor a number with time_unit"
    if time_ns < 0:
        return Reason.OUT_OF_RANGE, "time is before 1970"
    if time_ns > now_ns + AHEAD_NS:
        return (
            Reason.FUTURE,
            f"time is more than {AHEAD_NS // 60_000_000_000} min ahead of {rfc3339(now_ns)[:19]}Z",
        )
    return None
