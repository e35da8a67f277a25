"""`pdmctl demo` without its options: run, judge, write the report, tell; then stop, or wait to be stopped."""

import signal
import sys
from pathlib import Path

import msgspec
from rich.console import Console

from pdm.demo import lead, run
from pdm.demo.feed import Tally
from pdm.demo.observe import Sight
from pdm.demo.report import report


def show(wish: run.Wish, page: Path, *, keep: bool, as_json: bool) -> None:
    """Show one demo; raises KeyboardInterrupt where somebody has had enough."""
    scenario, seen = run.scenario_of(wish), (Tally(), Sight())
    with run.progress_of(wish, *seen) as progress:
        progress.phase("starting broker, gateway and workers")
        with run.serving(wish, scenario) as service:
            result = run.watch(wish, scenario, service, progress, seen)
            leads = lead.again(wish.seed)
            if keep:
                leads = lead.follow_ups(service.url, service.bootstrap, wish.folder)
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(report(result, leads), encoding="utf-8")
            progress.stop()
            if as_json:
                sys.stdout.write(msgspec.json.encode(result.card).decode() + "\n")
                sys.stdout.flush()
            else:
                lead.tell(result.card, page, leads, Console(highlight=False))
            if keep:
                Console(stderr=True).print("everything runs on; Ctrl-C stops it")
                signal.pause()
