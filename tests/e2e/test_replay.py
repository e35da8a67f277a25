"""A recorded file through the real pipeline: the same events, byte for byte, as without Kafka."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

COLUMNS = (
    "datetime",
    "Accelerometer1RMS",
    "Accelerometer2RMS",
    "Current",
    "Pressure",
    "Temperature",
    "Thermocouple",
    "Voltage",
    "Volume Flow RateRMS",
    "anomaly",
    "changepoint",
)


def record(path: Path, seed: int) -> Path:
    """Write a recording of the pump rig in which a valve closes after 300 s, with gaps and labels."""
    rng = np.random.default_rng(seed)
    lines = [";".join(COLUMNS)]
    for second in range(500):
        if rng.random() < 0.05:
            continue
        flow = 125.0 if second < 300 else 125.0 - 0.2 * (second - 300)
        values = np.array([0.2, 0.27, 2.1, 0.05, 90.0, 26.8, 230.0, flow]) + rng.normal(0, 0.002, 8)
        time = f"2026-01-01 00:{second // 60:02d}:{second % 60:02d}"
        lines.append(";".join([time, *map(str, values), str(float(second >= 300)), "0.0"]))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def pdmctl(*arguments: str) -> dict[str, object]:
    """Run a command as a user would, and read the one JSON object it prints."""
    command = [sys.executable, "-m", "pdm", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_the_event_log_of_a_replay_is_that_of_the_offline_run(tmp_path: Path) -> None:
    """Two files, one service: every alarm, number and identifier is the same without it."""
    files = [str(record(tmp_path / f"{name}.csv", seed)) for seed, name in enumerate(["a", "b"])]
    live, offline = tmp_path / "live.jsonl", tmp_path / "offline.jsonl"
    through = pdmctl("replay", *files, "--via", "kafka", "--events", str(live))
    without = pdmctl("replay", *files, "--offline", "--events", str(offline))
    assert through["accepted"] == without["accepted"] == through["readings"]
    assert int(str(through["alarms"])) >= 2
    assert int(str(through["advice"])) >= 2
    assert live.read_bytes() == offline.read_bytes() != b""
