"""Steps as people write them: 10s, 1m, 1h, 1d."""

import re

_STEP = re.compile(r"([1-9][0-9]{0,6})(s|m|min|h|d)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
LONGEST_S = 31 * 86_400


def step_ns(text: str) -> int:
    """Read a step in ns; raises ValueError"""
    match = _STEP.fullmatch(text.strip())
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= LONGEST_S:
        raise ValueError(f"{text[:20]!r} is no step such as 10s, 1m, 1h or 1d, at most 31d")
    return seconds * 10**9
