"""The live view of a running demo, on standard error: what goes in, what comes out, how quickly."""

import time
from collections.abc import Callable
from statistics import median
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pdm.demo.feed import Tally
from pdm.demo.observe import Sight
from pdm.records.event import Event, Kind

RECENT, LINE_EVERY_S = 6, 5.0
STYLES = {Kind.RAISE: "red", Kind.UPDATE: "yellow", Kind.CLEAR: "green"}


class Progress:
    """Shows a demo while it runs: a live panel on a terminal, a line now and then elsewhere."""

    def __init__(
        self,
        console: Console,
        machines: int,
        seconds: int,
        tally: Tally,
        sight: Sight,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._machines, self._seconds = console, machines, seconds
        self._tally, self._sight, self._clock = tally, sight, clock
        self._began, self._last_line = clock(), -LINE_EVERY_S
        self._fed = self._all_fed = 0.0
        self._phase = "starting"
        self._live = Live(get_renderable=self._panel, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the panel away."""
        if self._live.is_started:
            self._live.stop()

    def phase(self, text: str, *, feeding: bool = False) -> None:
        """Say what is being done now; `feeding` starts the clock of readings a second."""
        self._phase = text
        if feeding:
            self._fed = self._clock()
        elif self._fed and not self._all_fed:
            self._all_fed = self._clock()
        if not self._console.is_terminal:
            self._console.print(
                f"{self._clock() - self._began:5.1f} s  {text}", highlight=False, soft_wrap=True
            )

    def tick(self) -> None:
        """Write a line where there is no live panel, if one is due."""
        now = self._clock()
        if not self._console.is_terminal and now - self._last_line >= LINE_EVERY_S:
            self._last_line = now
            figures = ", ".join(f"{name} {value}" for name, value in self._figures())
            self._console.print(f"{now - self._began:5.1f} s  {figures}", highlight=False, soft_wrap=True)

    def _figures(self) -> list[tuple[str, str]]:
        tally, sight = self._tally, self._sight
        until = self._all_fed or self._clock()
        rate = tally.accepted / max(until - self._fed, 1e-9) if self._fed else 0.0
        answer = f"{median(tally.answers[-50:]):.2f} s" if tally.answers else "-"
        latency = "-" if sight.latency_s is None else f"{1000 * sight.latency_s:.0f} ms"
        return [
            ("machines", f"{self._machines}"),
            ("simulated", f"{tally.simulated // 60}:{tally.simulated % 60:02d} min"),
            ("readings", f"{tally.accepted:,}"),
            ("readings/s", f"{rate:,.0f}"),
            ("answer", answer),
            ("alarms", f"{sight.raised}"),
            ("reading to event", latency),
        ]

    def _panel(self) -> RenderableType:
        grid = Table.grid(padding=(0, 3))
        figures = self._figures()
        grid.add_row(*(Text(name, style="dim") for name, _ in figures))
        grid.add_row(*(Text(value, style="bold") for _, value in figures))
        head = Text.assemble((self._phase, "bold"), (f"   {self._clock() - self._began:.0f} s", "dim"))
        bar = ProgressBar(total=self._seconds, completed=self._tally.simulated, width=72)
        recent = [_line(event) for event in self._sight.events[-RECENT:]]
        return Panel(Group(head, bar, Text(), grid, Text(), *recent), title="pdmctl demo", expand=False)


def _line(event: Event) -> Text:
    """Write one revision as a line."""
    what = event.evidence[0].channel if event.evidence else event.cause
    return Text.assemble(
        (f"{event.kind.value:<7}", STYLES[event.kind]),
        f"{event.asset:<10} {event.severity.value:<9} score {event.score:5.2f}  {what}",
    )
