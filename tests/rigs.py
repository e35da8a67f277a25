"""A quiet pump rig of which the flow drops by a tenth: signals in memory, and files in the layout of SKAB."""

from pathlib import Path

import numpy as np

from pdm.evaluate.material import Material, logged
from pdm.evaluate.signals import Signals
from pdm.plant.load import load
from pdm.records.block import Channel

S = 1_000_000_000
CHANNELS = (
    Channel("accelerometer-1", "vibration", "m/s2"),
    Channel("current", "current", "A"),
    Channel("flow", "flow", "m3/s"),
)
LEVELS = np.array([0.3, 1.0, 32.0 / 60_000])


def rig(
    asset: str = "rig", rows: int = 600, fault: tuple[int, int] | None = (450, 540), seed: int = 0
) -> Signals:
    """Make one machine's signals, ill in the rows of the fault."""
    rng = np.random.default_rng(seed)
    values = LEVELS * (1.0 + rng.normal(0.0, 0.002, (rows, 3)))
    labels = np.zeros(rows, np.bool_)
    if fault is not None:
        labels[slice(*fault)] = True
        values[labels, 2] *= 0.9
    times = 1_583_748_000 * S + np.arange(rows, dtype=np.int64) * S
    return Signals(asset, "water-pump-rig", CHANNELS, times, values, labels, asset.partition("-")[0])


def rigs() -> Material:
    """Make three runs of two families, and a normal stream."""
    plant = load(None)
    runs = (rig("valve-1", seed=1), rig("valve-2", 700, (500, 600), 2), rig("other-1", 650, (420, 530), 3))
    quiet = logged(rig("quiet", 900, None, 4), plant)
    return Material(plant, tuple(logged(one, plant) for one in runs), quiet)


SENSORS = "Accelerometer1RMS;Accelerometer2RMS;Current;Pressure;Temperature;Thermocouple;Voltage"
COLUMNS = f"{SENSORS};Volume Flow RateRMS"
RIG = np.array([0.03, 0.04, 1.0, 0.1, 75.0, 25.0, 230.0, 32.0])


def write_rig(path: Path, rows: int, fault: tuple[int, int] | None = None, labels: bool = True) -> Path:
    """Write a recording of a quiet pump whose flow drops by a tenth in the fault."""
    rng = np.random.default_rng(0)
    lines = [f"datetime;{COLUMNS}" + (";anomaly;changepoint" if labels else "")]
    for row in range(rows):
        unwell = fault is not None and fault[0] <= row < fault[1]
        values = RIG * (1.0 + rng.normal(0.0, 0.002, 8))
        values[-1] *= 0.9 if unwell else 1.0
        at = f"2020-03-09 {10 + row // 3600:02d}:{row // 60 % 60:02d}:{row % 60:02d}"
        cells = [at, *(f"{v:.6g}" for v in values)]
        lines.append(";".join(cells + ([str(float(unwell)), "0.0"] if labels else [])))
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def rig_folder(folder: Path) -> Path:
    """Write two runs with a fault each, of the same name in two subfolders, and a normal stream."""
    write_rig(folder / "valve1" / "1.csv", 700, (500, 600))
    write_rig(folder / "other" / "1.csv", 700, (450, 560))
    write_rig(folder / "anomaly_free.csv", 900, labels=False)
    return folder
