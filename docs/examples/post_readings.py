"""Post readings of one pump, with nothing but the standard library.

--past 300 sends the last five minutes in one request, as a gateway does after an outage. Without it one
set of readings goes out each second, until Ctrl-C or for as long as --seconds says. Where the service
asks for an API key, it is taken from the variable PDM_API_KEY.
"""

import argparse
import json
import os
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

ASSET = "pump-7"
CHANNELS = (
    ("de-velocity", "vibration", 2.3, "mm/s"),
    ("bearing-temperature", "temperature", 61.0, "degC"),
    ("discharge-pressure", "pressure", 4.2, "bar"),
)


def readings(at: float, vibration: float) -> list[dict[str, object]]:
    """Measure all channels at one instant; a little ripple, as every sensor has it."""
    moment, ripple = datetime.fromtimestamp(at, UTC).isoformat(), 0.004 * ((at * 7) % 5 - 2)
    return [
        {
            "asset": ASSET,
            "channel": channel,
            "quantity": quantity,
            "time": moment,
            "value": round((vibration if quantity == "vibration" else usual) * (1 + ripple / 10), 4),
            "unit": unit,
        }
        for channel, quantity, usual, unit in CHANNELS
    ]


def post(url: str, batch: list[dict[str, object]]) -> dict[str, object]:
    """Send a batch until the service has taken it: 503 and 429 mean later; a repeat changes nothing."""
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("PDM_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(f"{url}/v1/readings", json.dumps(batch).encode(), headers)  # noqa: S310 - http is meant
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http is meant
                receipt: dict[str, object] = json.load(answer)
                return receipt
        except urllib.error.HTTPError as refused:
            if refused.code not in {429, 503}:
                raise SystemExit(f"{refused.code}: {refused.read().decode()}") from None
            time.sleep(float(refused.headers.get("Retry-After", "1")))
        except urllib.error.URLError as unreachable:
            print(f"nothing answers at {url} ({unreachable.reason}): trying again")  # noqa: T201 - a script
            time.sleep(1)


def main() -> None:
    """Read the arguments and post."""
    parser = argparse.ArgumentParser(description="Post readings of one pump.")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--vibration", type=float, default=2.3, help="velocity in mm/s; 2.3 is usual")
    parser.add_argument("--past", type=int, default=0, help="send so many seconds of the past, and stop")
    parser.add_argument("--seconds", type=int, default=86_400, help="how long to go on")
    said = parser.parse_args()
    if said.past:
        now = int(time.time())
        batch = [one for at in range(now - said.past, now) for one in readings(at, said.vibration)]
        print(post(said.url, batch))  # noqa: T201 - a script
        return
    for _ in range(said.seconds):
        print(post(said.url, readings(int(time.time()), said.vibration)))  # noqa: T201 - a script
        time.sleep(1)


if __name__ == "__main__":
    main()
