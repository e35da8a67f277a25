"""Where thresholds come from, and the command on a small folder."""

import csv
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from models import novelty
from pdm.cli.evaluate import evaluate
from pdm.evaluate.nab import Line, Nab, as_line, judge, nab, shipped
from pdm.evaluate.nab_folder import Series, read
from pdm.evaluate.run import Array

ROWS, START = 900, datetime(2014, 4, 1)  # noqa: DTZ001 - the files name no zone


def one(name: str, odd: int, score: float) -> tuple[Series, Array]:
    """Return a signal with one window, and scores that have one peak, in the window."""
    scores = np.random.default_rng(odd).random(ROWS)
    scores[odd] = score
    return Series(name, np.arange(float(ROWS)), np.zeros(ROWS), ((odd, odd + 90),)), scores


def write(folder: Path, categories: tuple[str, ...]) -> Path:
    """Write a file with a spike for each category."""
    windows = {}
    for number, category in enumerate(categories):
        (folder / category).mkdir(parents=True)
        values = np.random.default_rng(number).normal(10.0, 1.0, ROWS)
        values[600 + number] += 30.0
        times = [START + timedelta(minutes=5 * row) for row in range(ROWS)]
        with (folder / category / "kpi.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("timestamp", "value"), *zip(times, values.tolist(), strict=True)])
        windows[f"{category}/kpi.csv"] = [[str(times[580]), str(times[660])]]
    (folder / "windows.json").write_bytes(msgspec.json.encode(windows))
    return folder


def test_a_threshold_comes_from_the_other_categories() -> None:
    """A peak that others never reached is judged by theirs, and the other way round."""
    (a, high), (b, low) = one("a/x.csv", 500, 9.0), one("b/x.csv", 400, 5.0)
    found = judge([a, b], [high, low], quiet=100)
    assert found.thresholds == {"a": 5.0, "b": 9.0}
    assert found.by_category == {"a": pytest.approx(100.0), "b": 0.0}
    assert found.score == pytest.approx(50.0)
    assert (found.found, found.windows, found.shipped) == (1, 2, ())
    assert found.best_line == 5.0
    assert found.best_score == pytest.approx(100.0)


def test_a_category_alone_is_judged_by_what_ships() -> None:
    """Its own labels choose nothing."""
    a, scores = one("a/x.csv", 500, 9.0)
    found = judge([a], [scores], quiet=100, line=8.0)
    assert (found.thresholds, found.shipped, found.found) == ({"a": 8.0}, ("a",), 1)
    assert judge([a], [scores], quiet=100).thresholds == {"a": shipped().line}


def test_a_category_without_windows_chooses_no_threshold_for_others() -> None:
    """It would always choose the highest, and find nothing."""
    a, scores = one("a/x.csv", 500, 9.0)
    calm = Series("b/x.csv", a.times, a.values, ())
    found = judge([a, calm], [scores, np.zeros(ROWS)], quiet=100)
    assert found.shipped == ("a",)
    assert found.by_category["b"] is None


def test_what_ships_says_where_it_comes_from() -> None:
    """Files, rows, windows, date, and its score there; the command writes the same form."""
    line = shipped()
    assert 0.0 < line.line < novelty.MOST
    assert min(line.files, line.rows, line.windows) > 0
    a, scores = one("a/x.csv", 500, 9.0)
    written = msgspec.json.decode(as_line(judge([a], [scores], quiet=100)), type=Line)
    assert (written.line, written.files, written.windows) == (9.0, 1, 1)


def test_the_command_finds_spikes_in_a_small_folder(tmp_path: Path) -> None:
    """From the files to JSON; the same again; progress goes to standard error."""
    folder = write(tmp_path, ("machines", "web"))
    runs = [
        CliRunner().invoke(
            evaluate, ["nab", "--data", str(folder), "--json", "--line-out", str(tmp_path / "l")]
        )
        for _ in range(2)
    ]
    assert runs[0].exit_code == 0, runs[0].output
    assert runs[0].stdout == runs[1].stdout
    found = msgspec.json.decode(runs[0].stdout, type=Nab)
    assert (found.found, found.windows, found.files, found.rows) == (2, 2, 2, 2 * ROWS)
    assert found.score is not None
    assert found.score > 60.0
    assert found.random is not None
    assert found.detections["machines/kpi.csv"][0].startswith("2014-04-03")
    assert "web/kpi.csv" in runs[0].stderr
    assert msgspec.json.decode((tmp_path / "l").read_bytes(), type=Line).files == 2
    table = CliRunner().invoke(evaluate, ["nab", "--data", str(folder)]).stdout
    assert "2 of 2 windows found" in table


def test_one_category_alone_needs_no_threshold_of_its_own(tmp_path: Path) -> None:
    """The command says that the threshold ships with it."""
    found = nab(write(tmp_path, ("machines",)), lambda values: novelty.scores_of(values, 1.0), 64, print)
    assert found.shipped == ("machines",)
    assert found.found == 1


@pytest.mark.data
def test_real_category_scores_as_well_as_was_measured() -> None:
    """One category of the benchmark, by the threshold that ships."""
    home = os.environ.get("PDM_DATA")
    if home is None or not (Path(home) / "nab").is_dir():
        pytest.skip("needs the Numenta files: set PDM_DATA to the folder that holds nab/")

    series = [each for each in read(Path(home) / "nab") if each.category == "realAdExchange"]
    scores = [novelty.scores_of(each.values, 1.0) for each in series]
    found = judge(series, scores, novelty.QUIET)
    assert found.score is not None
    assert found.random is not None
    assert found.score > max(50.0, found.random)
