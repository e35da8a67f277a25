"""Signals in memory are judged as recorded files are."""

from pathlib import Path

import numpy as np
from rigs import rig, rig_folder

from pdm.chain.detection.kit import Kit
from pdm.evaluate.chain import events_of
from pdm.evaluate.folder import labelled
from pdm.evaluate.material import logged, material
from pdm.evaluate.setting import Setting, VariedKit, grid
from pdm.plant.load import load


def test_signals_give_the_events_of_the_files(tmp_path: Path) -> None:
    """The matrix of a recording, judged, is the replay of the recording, event for event."""
    folder, plant = rig_folder(tmp_path), load(None)
    held = material(folder, plant)
    events = [event for run in held.runs for event in run.judge(Kit(plant)).events]
    assert events == events_of(labelled(folder), plant)
    assert len(events) >= 4


def test_every_row_has_its_score() -> None:
    """Above the line while the fault lasts, below it before."""
    signals, plant = rig(), load(None)
    found = logged(signals, plant).judge(Kit(plant))
    assert found.scores[:450].max() < 1.0
    assert found.scores[480:540].min() > 1.0
    assert len(found.run.alarms) == 1
    assert not np.isnan(found.scores).any()


def test_a_log_is_judged_by_the_kit_it_is_given() -> None:
    """Ten times the allowance, and nothing is found in the same log; what ships is the kit itself."""
    plant = load(None)
    log = logged(rig(), plant)
    assert log.judge(VariedKit(plant, Setting())).events == log.judge(Kit(plant)).events
    assert log.judge(VariedKit(plant, Setting("allowance", 10.0))).events == ()


def test_the_grid_varies_every_setting() -> None:
    """What ships comes first; each other one changes the pace or the allowances."""
    plant = load(None)
    usual, *changed = grid()
    assert str(usual) == "shipped"
    for setting in changed:
        kit = VariedKit(plant, setting)
        assert kit.pace != Kit(plant).pace or kit.plant.quantities != plant.quantities, str(setting)


def test_a_cut_is_a_recording_of_its_own() -> None:
    """It begins and ends at the rows it was cut at, with its labels."""
    part = rig().cut(400, 460)
    assert (len(part), int(part.labels.sum())) == (60, 10)
