"""What may be advised about a sensor: its fault is told, so there is nothing to rank."""

from msgspec import Struct

from pdm.records.advice import Hypothesis
from pdm.records.event import Event
from pdm.records.sensor import SensorFault


class Remedy(Struct, frozen=True):
    """What a sensor's fault is called, what to ask, and the ids of the permitted actions."""

    title: str
    ask: str
    actions: tuple[str, ...]


REMEDIES = {
    SensorFault.FLATLINE: Remedy(
        "Sensor stands still",
        "Does the value move when the sensor is touched, and is its supply there?",
        ("check_sensor_wiring", "replace_sensor"),
    ),
    SensorFault.DROPOUT: Remedy(
        "Sensor is silent",
        "Are the cable, the supply and the gateway of this sensor in order?",
        ("check_sensor_wiring", "replace_sensor"),
    ),
    SensorFault.SPIKE: Remedy(
        "Sensor with spikes",
        "Is a contact loose, a shield open, or a drive switching nearby?",
        ("check_sensor_wiring", "verify_sensor"),
    ),
    SensorFault.DRIFT: Remedy(
        "Sensor drifts",
        "What does a hand-held instrument read at the same place?",
        ("verify_sensor", "calibrate_sensor"),
    ),
    SensorFault.SATURATION: Remedy(
        "Sensor at the end of its range",
        "Is the measuring range right, and does the amplifier or the input card clip?",
        ("check_sensor_range", "replace_sensor"),
    ),
    SensorFault.CLOCK_SKEW: Remedy(
        "Sensor with a wrong clock",
        "Which clock stamps its readings, and when was that last synchronised?",
        ("synchronise_clock",),
    ),
    SensorFault.SCALE: Remedy(
        "Sensor in another unit",
        "Was the sensor or its transmitter exchanged, or its unit or range set anew?",
        ("check_sensor_range", "verify_sensor"),
    ),
}


def sensor_hypotheses(event: Event) -> tuple[Hypothesis, ...]:
    """Return the one hypothesis of a sensor's event: what the arbiter has told."""
    remedy = REMEDIES[SensorFault(event.cause)]
    return (Hypothesis(f"sensor_{event.cause}", remedy.title, 1.0, (event.channel,), (), remedy.ask),)


def sensor_actions(event: Event) -> tuple[str, ...]:
    """Return the ids of what is to be done about a sensor."""
    return REMEDIES[SensorFault(event.cause)].actions
