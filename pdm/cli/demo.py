"""`pdmctl demo`: a simulated plant through the whole service, judged against the truth."""

import shutil
import signal
import tempfile
import time
from importlib import import_module
from pathlib import Path

import click

REPORT = Path("pdm-demo.html")


@click.command(help="Run a simulated plant through the whole service, and see how well it was watched.")
@click.option("--machines", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option(
    "--seconds", type=click.IntRange(600, 86_400), default=1800, show_default=True, help="Of plant time."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which plant.")
@click.option(
    "--speed",
    type=click.FloatRange(0),
    default=75.0,
    show_default=True,
    help="Plant seconds in a second; 0: as fast as it is taken.",
)
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=REPORT,
    show_default=True,
    help="HTML page to write.",
)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Keep all data here; else it is deleted.")
def demo(
    machines: int,
    seconds: int,
    seed: int,
    speed: float,
    keep: bool,
    as_json: bool,
    report: Path,
    data_dir: Path | None,
) -> None:
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = data_dir or Path(tempfile.mkdtemp(prefix="pdm-demo-"))
    try:
        wish = import_module("pdm.demo.run").Wish(machines, seconds, seed, speed, folder.absolute(), started)
        import_module("pdm.demo.show").show(wish, report, keep=keep, as_json=as_json)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    except BaseException:
        click.echo(f"what happened stands in the logs below {folder}", err=True)
        raise
    if data_dir is None:
        shutil.rmtree(folder, ignore_errors=True)
