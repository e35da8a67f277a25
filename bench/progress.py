"""Progress of a benchmark, on standard error."""

import sys


def say(text: str) -> None:
    """Tell what is going on."""
    print(text, file=sys.stderr, flush=True)
