"""A raw vibration waveform, as integrators post it and as it travels."""

from msgspec import Struct

from pdm.records.block import Source
from pdm.records.posted import TimeUnit


class PostedWaveform(Struct, frozen=True):
    """One record of a sensor, as JSON carries it; fields not named here are ignored.

    time             : of the first sample: RFC 3339 with a zone, or a number with `time_unit`
    sampling_rate_hz : samples a second
    unit             : of acceleration or velocity
    """

    asset: str
    channel: str
    time: str | int | float
    sampling_rate_hz: float
    unit: str
    samples: list[float]
    time_unit: TimeUnit | None = None


class Waveform(Struct, frozen=True, array_like=True):
    """One record of a sensor on `pdm.da.waveform.v1`; its key is the asset.

    unit             : m/s2 or m/s, what `samples` are in
    time             : of the first sample, ns since the epoch
    sampling_rate_hz : samples a second
    samples          : f4[n], little-endian, finite
    accepted_ns      : wall clock at the gateway; for latency metrics, never for a result
    """

    source: Source
    asset: str
    machine_class: str
    channel: str
    unit: str
    time: int
    sampling_rate_hz: float
    samples: bytes
    accepted_ns: int
