"""`python -m streams STAGE`: one Faust worker of one stage, set up by the environment."""

import os
import sys
from importlib import import_module

from pdm import metrics
from pdm.garbage import collect_seldom
from pdm.settings import read
from streams.app import run

STAGES = ("align", "monitor", "advisor", "recorder", "historian")


def main(arguments: list[str]) -> None:
    """Run a stage until it is told to stop."""
    if len(arguments) != 1 or arguments[0] not in STAGES:
        raise SystemExit(f"usage: python -m streams {'|'.join(STAGES)}")
    settings = read(os.environ)
    metrics.serve(settings.metrics.host, settings.metrics.port)
    application = import_module(f"streams.{arguments[0]}").application(settings)
    collect_seldom()
    run(application, settings.log_level)


if __name__ == "__main__":
    main(sys.argv[1:])
