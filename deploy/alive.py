"""Run as a script by the container engine: ends with status 0 if a process of the service does its work.

python alive.py URL          the gateway: URL answers 200
python alive.py URL STAGE    a worker: its metrics say that the stage made progress lately
"""

import re
import sys
import time
import urllib.request

PATIENCE_S = 120.0
"""How long a stage may stand still: longer than a rebalance, or than the broker's restart."""


def main(url: str, stage: str | None = None) -> str:
    """Return what is wrong, or "" if nothing is."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the compose file names the URL
            page = answer.read().decode()
    except OSError as error:
        return f"{url}: {error}"
    if stage is None:
        return ""
    found = re.search(rf'^pdm_progress_timestamp_seconds{{stage="{stage}"}} (\S+)$', page, re.MULTILINE)
    if found is None:
        return f"{stage} has not begun"
    still = time.time() - float(found[1])
    return f"{stage} has stood still for {still:.0f} s" if still > PATIENCE_S else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
