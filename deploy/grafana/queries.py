"""What the operators' dashboard asks, panel by panel: the words, the PromQL and the units.

A healthy plant shows zeros, never "No data": sums stand on series that exist from the start, at zero, and
what exists only with an alarm or an event has an `or` behind it. The alarms have no such `or`: with the
recorder away nobody knows how many there are, and "0" would be a lie.
"""

from typing import NamedTuple

SEVERITIES = {"notice": "blue", "warning": "yellow", "alarm": "orange", "critical": "red"}
RATE = "[$__rate_interval]"
NONE = "or on () label_replace(0 * sum(pdm_active_anomalies), 'asset', 'no machine is in alarm', '', '')"


class Query(NamedTuple):
    """One PromQL expression, and how its series are called."""

    expr: str
    legend: str


class Words(NamedTuple):
    """One panel: what a person reads, and what is asked.

    kind       : "stat", "table", "lines" or "bars"
    width      : of 24 columns; height in rows of the grid
    thresholds : value -> colour from there on, beginning with green at nothing
    """

    title: str
    description: str
    kind: str
    unit: str
    queries: tuple[Query, ...]
    width: int
    height: int = 8
    thresholds: tuple[tuple[float, str], ...] = ()


def _quantile(q: float, metric: str, by: str = "le") -> str:
    """Ask for a quantile; nothing happened is 0, not "not a number"."""
    rates = f"sum by ({by}) (rate({metric}_bucket{RATE}))"
    return f"(histogram_quantile({q}, {rates}) >= 0) or vector(0)"


def _latency(metric: str) -> tuple[Query, ...]:
    return (
        Query(_quantile(0.5, metric), "half are faster"),
        Query(_quantile(0.99, metric), "99 % are faster"),
    )


ALARMS = [
    Words(
        severity.capitalize(),
        f"Alarms of severity {severity} that are active now.",
        "stat",
        "short",
        (Query(f"sum(pdm_active_anomalies{{severity='{severity}'}})", severity),),
        width=3,
        height=5,
        thresholds=((1, colour),),
    )
    for severity, colour in reversed(SEVERITIES.items())
]

PLANT = [
    *ALARMS,
    Words(
        "Machines",
        "Machines that are watched, by condition; a learning one is judged by limits and ready baselines.",
        "stat",
        "short",
        (
            Query("sum by (condition) (pdm_assets)", "{{condition}}"),
            Query("sum(pdm_silent_assets)", "without data"),
        ),
        width=6,
        height=5,
    ),
    Words(
        "Readings per second",
        "Readings accepted each second. At zero the plant is not being watched.",
        "stat",
        "short",
        (Query(f"sum(rate(pdm_readings_total{RATE}))", "readings/s"),),
        width=6,
        height=5,
        thresholds=((0, "red"), (0.01, "green")),
    ),
    Words(
        "Worst machines",
        "Machines in alarm, the worst first. A score of 1 is the decision line.",
        "table",
        "short",
        (Query(f"sort_desc(topk(20, max by (asset, severity) (pdm_asset_anomaly_score)) {NONE})", ""),),
        width=12,
        height=10,
        thresholds=((1, "orange"), (3, "red")),
    ),
    Words(
        "Events",
        "Alarms raised, updated and cleared, each minute. A person judges about 12 raised in an hour.",
        "bars",
        "short",
        (Query(f"60 * sum by (kind) (rate(pdm_events_total{RATE}))", "{{kind}}"),),
        width=12,
        height=10,
    ),
]

READINGS = [
    Words(
        "Readings by quantity",
        "Readings accepted each second.",
        "lines",
        "short",
        (Query(f"sum by (quantity) (rate(pdm_readings_total{RATE})) > 0 or vector(0)", "{{quantity}}"),),
        width=8,
    ),
    Words(
        "Refused by reason",
        "Readings refused each second; the answer to each request says which, and why.",
        "lines",
        "short",
        (Query(f"sum by (reason) (rate(pdm_rejected_total{RATE}))", "{{reason}}"),),
        width=8,
        thresholds=((1, "orange"),),
    ),
    Words(
        "Late, repeated, contradictory",
        "Readings each second that came after their frame had closed, came twice, or contradicted another.",
        "lines",
        "short",
        (
            Query(f"sum(rate(pdm_late_readings_total{RATE}))", "late"),
            Query(f"sum(rate(pdm_duplicates_total{RATE}))", "repeated"),
            Query(f"sum(rate(pdm_conflicts_total{RATE}))", "contradictory"),
        ),
        width=8,
    ),
]

SPEED = [
    Words(
        "From reading to event",
        "Time from the acceptance of a reading to its event; 0 where there was no event.",
        "lines",
        "s",
        _latency("pdm_accepted_to_event_seconds"),
        width=8,
        thresholds=((0.3, "orange"), (2, "red")),
    ),
    Words(
        "Waiting",
        "Messages the broker holds that a stage has not handled. It must come down again by itself.",
        "lines",
        "short",
        (Query("sum by (stage) (pdm_lag_messages)", "{{stage}}"),),
        width=8,
        thresholds=((500, "orange"), (10_000, "red")),
    ),
    Words(
        "Gateway answers",
        "Time until a request with readings is answered, the broker's acknowledgement included.",
        "lines",
        "s",
        _latency("pdm_request_seconds"),
        width=8,
        thresholds=((1, "orange"),),
    ),
]

ADVICE = [
    Words(
        "Advice",
        "Advice published each minute: drafted by code, or worded by the language model and checked.",
        "bars",
        "short",
        (Query(f"60 * sum by (source) (rate(pdm_advice_total{RATE}))", "{{source}}"),),
        width=8,
    ),
    Words(
        "Wording refused",
        "Statements of the language model that the checks refused each minute; then the draft stands.",
        "bars",
        "short",
        (Query(f"60 * sum(rate(pdm_advice_violations_total{RATE}))", "refused"),),
        width=8,
    ),
    Words(
        "Language model",
        "1 while it is left alone after failures in a row. No event waits for it.",
        "stat",
        "bool_on_off",
        (Query("max(pdm_llm_breaker_open)", "left alone"),),
        width=8,
        thresholds=((1, "orange"),),
    ),
]

SERVICE = [
    Words(
        "Processes",
        "Whether each process answers: 1 is yes.",
        "stat",
        "bool_yes_no",
        (Query("min by (process) (up{job='pdm'})", "{{process}}"),),
        width=8,
        thresholds=((-1, "red"), (1, "green")),
    ),
    Words(
        "Last progress",
        "Time since a stage last handled a message, or found that none was waiting.",
        "lines",
        "s",
        (Query("time() - max by (stage) (pdm_progress_timestamp_seconds)", "{{stage}}"),),
        width=8,
        thresholds=((60, "red"),),
    ),
    Words(
        "Dead letters",
        "Messages put aside in each five minutes because they could not be used.",
        "bars",
        "short",
        (Query("sum by (reason) (increase(pdm_dead_letters_total[5m]))", "{{reason}}"),),
        width=8,
        thresholds=((1, "orange"),),
    ),
    Words(
        "Checkpoints",
        "Time of a checkpoint until the broker had it all, in 99 of 100 cases; a slow disk shows here first.",
        "lines",
        "s",
        (Query(_quantile(0.99, "pdm_checkpoint_seconds", "le, stage"), "{{stage}}"),),
        width=8,
        thresholds=((1, "orange"),),
    ),
    Words(
        "Restarts",
        "Starts of each process within the last hour, its first one not counted.",
        "lines",
        "short",
        (Query("sum by (process) (changes(process_start_time_seconds{job='pdm'}[1h]))", "{{process}}"),),
        width=8,
        thresholds=((3, "orange"),),
    ),
    Words(
        "Memory",
        "Resident memory of each process.",
        "lines",
        "bytes",
        (Query("max by (process) (process_resident_memory_bytes{job='pdm'})", "{{process}}"),),
        width=8,
    ),
]

ROWS = {
    "The plant": PLANT,
    "Readings": READINGS,
    "Speed": SPEED,
    "Advice": ADVICE,
    "The service": SERVICE,
}
"""The dashboard from top to bottom."""
