"""`pdmctl evaluate`: events of the chain against what truly happened."""

import click

from pdm.cli.evaluating.causes import causes
from pdm.cli.evaluating.detection import detection
from pdm.cli.evaluating.drift import drift
from pdm.cli.evaluating.nab import nab
from pdm.cli.evaluating.order import order
from pdm.cli.evaluating.sensors import sensors
from pdm.cli.evaluating.sisters import sisters


@click.group(help="Compare events with what truly happened.")
def evaluate() -> None:
    pass


for command in (detection, sensors, order, drift, causes, sisters, nab):
    evaluate.add_command(command)
