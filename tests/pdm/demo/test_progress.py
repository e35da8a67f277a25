"""The live view says what goes in and what comes out, on a terminal and in a log."""

import io

from fakes.demo import event
from rich.console import Console

from pdm.demo.feed import Tally
from pdm.demo.observe import Sight
from pdm.demo.progress import Progress


def drawn(*, terminal: bool) -> str:
    """Run a progress for a moment and return what it wrote."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120)
    tally = Tally(accepted=12_345, simulated=125, answers=[0.25])
    sight = Sight(events=[event("pump-01", raised=5)], latency_s=0.042)
    with Progress(console, 50, 1800, tally, sight) as progress:
        progress.phase("feeding", feeding=True)
        progress.tick()
    return out.getvalue()


def test_shows_figures_and_events_on_a_terminal() -> None:
    """Machines, readings, alarms, latency, and the newest event."""
    text = drawn(terminal=True)
    for words in ("feeding", "50", "12,345", "2:05 min", "42 ms", "pump-01"):
        assert words in text


def test_writes_plain_lines_elsewhere() -> None:
    """No control characters in a log file."""
    text = drawn(terminal=False)
    assert "\x1b" not in text
    assert "readings 12,345" in text
    assert "alarms 1" in text


def test_the_rate_is_that_of_the_feeding() -> None:
    """Waiting afterwards does not make it look slower."""
    out, now = io.StringIO(), [100.0]
    console = Console(file=out, width=120)
    with Progress(console, 50, 1800, Tally(accepted=1000), Sight(), clock=lambda: now[0]) as progress:
        progress.phase("feeding", feeding=True)
        now[0] += 10.0
        progress.phase("waiting")
        now[0] += 90.0
        progress.tick()
    assert "readings/s 100," in out.getvalue()
