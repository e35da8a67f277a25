"""`pdmctl fit`: from a recorded file to a plant file, and to evidence of the residual detector."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from simulated_law import slow

from pdm.cli.main import main
from pdm.plant.load import load
from pdm.replay import offline
from pdm.replay.layout import read_layout
from pdm.replay.recording import Recording

LAYOUT = """\
time = "time"
time_format = "s"
class = "blower"
[columns]
load = { channel = "load", quantity = "load", unit = "%" }
vib = { channel = "vib", quantity = "vibration", unit = "mm/s" }
hum = { channel = "hum", quantity = "pressure", unit = "bar" }
flat = { channel = "flat", quantity = "temperature", unit = "degC" }
"""
PLANT = (
    '[classes.blower.channels.vib]\nquantity = "vibration"\nunit = "mm/s"\nallowance = { relative = 0.5 }\n'
)


def record(path: Path, seed: int, rows: int, fault: float = 0.0) -> None:
    """Write a blower whose vibration follows its load; a fault adds mm/s in the last third."""
    rng = np.random.default_rng(seed)
    load = 60.0 + 10.0 * slow(rng, rows, 40.0)[:, 0]
    vib = 2.0 + 0.02 * (load - 60.0) + rng.normal(0.0, 0.03, rows)
    vib[rows * 2 // 3 :] += fault
    hum = 3.0 + rng.normal(0.0, 0.01, rows)
    cells = zip(load, vib, hum, strict=True)
    lines = [f"{1_700_000_000 + i},{a:.3f},{b:.4f},{c:.4f},21" for i, (a, b, c) in enumerate(cells)]
    path.write_text("\n".join(["time,load,vib,hum,flat", *lines]) + "\n", "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a healthy recording of blower-1, its layout and a plant file."""
    (tmp_path / "layout.toml").write_text(LAYOUT, "utf-8")
    (tmp_path / "plant.toml").write_text(PLANT, "utf-8")
    record(tmp_path / "blower-1.csv", 1, 2400)
    return tmp_path


def fit(folder: Path, *more: str) -> tuple[int, str, str]:
    """Run the command; returns its status, output and errors."""
    said = ["fit", str(folder / "blower-1.csv"), "--layout", str(folder / "layout.toml")]
    done = CliRunner().invoke(main, [*said, "--plant", str(folder / "plant.toml"), *more])
    return done.exit_code, done.stdout, done.stderr


def test_the_fitted_plant_file_is_in_order_and_finds_what_the_load_hid(folder: Path) -> None:
    """Half a mm/s is within the allowance, and not what the load lets expect: the evidence says residual."""
    fitted = folder / "fitted.toml"
    status, shown, told = fit(folder, "--out", str(fitted))
    assert status == 0, told
    assert "0.02" in shown
    assert "mm/s per %" in shown
    assert "hum gets no expectation: not explained by load" in told
    assert "flat gets no expectation: constant" in told
    assert CliRunner().invoke(main, ["plant", "check", str(fitted)]).exit_code == 0
    record(folder / "blower-1.csv", 2, 900, fault=0.5)
    recording = Recording("blower-1", folder / "blower-1.csv", read_layout(folder / "layout.toml"))
    without = offline.replay(load(folder / "plant.toml"), [recording], lambda _: None)[1]
    found = offline.replay(load(fitted), [recording], lambda _: None)[1]
    assert without == []
    assert {event.cause for event in found} == {"residual"}
    assert found[0].evidence[0].channel == "vib"
    assert found[0].evidence[0].detector == "residual"


def test_programs_get_numbers_in_si(folder: Path) -> None:
    """0.02 mm/s per percent are 0.002 m/s per 1."""
    status, shown, _ = fit(folder, "--json", "--drivers", "load")
    assert status == 0
    (machine,) = json.loads(shown)["machines"]
    (vib,) = machine["fitted"]
    assert vib["expected"]["drivers"] == ["load"]
    assert vib["expected"]["coefficients"] == pytest.approx([0.002], rel=0.02)
    assert vib["share"] > 0.9


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (("--drivers", "speed"), "no channel is of speed: say with --drivers"),
        (("--drivers", "lood"), "no channel or quantity 'lood'; there are flat"),
        (("--drivers", "flat"), "nothing moves that could drive it: flat constant"),
    ],
)
def test_what_cannot_be_fitted_is_said(folder: Path, more: tuple[str, ...], problem: str) -> None:
    """Status 1, what is wrong and what there is."""
    status, _, told = fit(folder, *more)
    assert status == 1
    assert problem in told


def test_a_short_recording_is_refused(folder: Path) -> None:
    """With how much there is, and how much is needed."""
    record(folder / "blower-1.csv", 1, 300)
    status, _, told = fit(folder)
    assert status == 1
    assert "too few frames: 300 with all drivers, 511 are needed" in told


def test_a_class_tells_its_new_machines_what_two_of_them_have_shown(folder: Path) -> None:
    """Into the plant file, under the class; from one machine alone nothing is taken over."""
    other, fitted = folder / "blower-2.csv", folder / "fitted.toml"
    said = [
        "--layout",
        str(folder / "layout.toml"),
        "--plant",
        str(folder / "plant.toml"),
        "--what",
        "sisters",
    ]
    alone = CliRunner().invoke(main, ["fit", str(folder / "blower-1.csv"), *said])
    assert (alone.exit_code, "no class has two machines" in alone.stderr) == (1, True)
    record(other, 3, 2400)
    both = [str(folder / "blower-1.csv"), str(other)]
    done = CliRunner().invoke(main, ["fit", *both, *said, "--out", str(fitted)])
    assert done.exit_code == 0, done.stderr
    known = load(fitted).classes["blower"].sisters
    assert known is not None
    assert known.machines == ("blower-1", "blower-2")
    assert 0.01 < known.wander["vib"].relative < 0.2
