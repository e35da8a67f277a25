"""Every metric of the service, in one registry: what is counted, in which unit, with which labels.

Names begin with `pdm_` and end in their base unit. Labels take their values from an enum or from the
few stages and processes there are; the only series named after a machine are those of
`pdm.alarm_series`, which live as long as its alarm. What an enum can say is there from the start, at
zero: "nothing happened" and "nothing is known" look different on a dashboard.
"""

from itertools import product

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, start_http_server

from pdm.access.denial import Denial
from pdm.records.event import Kind, Severity
from pdm.records.reading import Quantity, Reason
from pdm.records.status import Condition

disable_created_metrics()  # type: ignore[no-untyped-call]

# Gateway
READINGS = Counter("pdm_readings_total", "Readings accepted by the gateway.", ["quantity"])
REJECTED = Counter("pdm_rejected_total", "Readings refused by the gateway.", ["reason"])
IGNORED = Counter(
    "pdm_ignored_fields_total", "Fields of foreign points that a mapping leaves out on purpose."
)
DUPLICATES = Counter(
    "pdm_duplicates_total", "Repeats of one machine, channel and instant: within a request, or in align."
)
DENIED = Counter("pdm_denied_requests_total", "Requests turned away at the door.", ["reason"])
THROTTLED = Counter(
    "pdm_throttled_readings_total",
    "Readings refused because their key had delivered too many; none was kept.",
)
REQUEST_SECONDS = Histogram(
    "pdm_request_seconds",
    "Time from the first byte of a request with readings to its answer.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WAVEFORMS = Counter("pdm_waveforms_total", "Waveforms accepted by the gateway.")
REPLAYED = Counter(
    "pdm_replayed_answers_total", "Requests that repeated an Idempotency-Key and were answered as before."
)
RECEIPTS_LOST = Counter(
    "pdm_receipts_lost_total", "Receipts that could not be kept, because the disk was too slow or refused."
)
FLUSH_SECONDS = Histogram(
    "pdm_flush_seconds",
    "Time until the broker had acknowledged the blocks of one flush.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

# Every stage
RECORDS = Counter(
    "pdm_records_total",
    "What became of readings, frames and messages, by stage; align's are exact across crashes.",
    ["stage", "outcome"],
)

# The chain
BLOCKS = Counter(
    "pdm_blocks_total", "Messages with readings or frames, by the stage that handled them.", ["stage"]
)
FRAMES = Counter("pdm_frames_total", "Frames closed by align: one machine at one grid instant.")
LATE = Counter("pdm_late_readings_total", "Readings that came after their frame had closed.")
CONFLICTS = Counter("pdm_conflicts_total", "Instants of a channel for which two different values came.")
EVENTS = Counter("pdm_events_total", "Events emitted by the monitor.", ["kind", "severity"])
LATENCY = Histogram(
    "pdm_accepted_to_event_seconds",
    "Time from the acceptance of the reading that closed a frame to its event on the topic.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60),
)
ASSETS = Gauge("pdm_assets", "Machines that are watched, by condition.", ["condition"])

# Every worker
CHECKPOINT_SECONDS = Histogram(
    "pdm_checkpoint_seconds",
    "Time a checkpoint took, until the broker had acknowledged its last row.",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LAG = Gauge(
    "pdm_lag_messages", "Messages the broker holds that the stage has not handled.", ["stage", "partition"]
)
LAG_RATIO = Gauge(
    "pdm_lag_ratio",
    "Where a stage is furthest behind: what it has yet to read there, of the bytes that the topic retains.",
    ["stage"],
)
PROGRESS = Gauge(
    "pdm_progress_timestamp_seconds",
    "When the stage last handled a message, or found that none was waiting.",
    ["stage"],
)
DEAD_LETTERS = Counter(
    "pdm_dead_letters_total", "Messages put aside because they could not be used.", ["reason"]
)
REWINDS = Counter(
    "pdm_rewinds_total",
    "Times a stage went back to its own cursor because a message had been passed over.",
    ["stage"],
)
PASSED_OVER = Counter(
    "pdm_passed_over_messages_total",
    "Messages that retention deleted before the stage had read them.",
    ["stage"],
)

# Advisor and recorder
ADVICE = Counter("pdm_advice_total", "Advice published, by who worded it.", ["source"])
ADVICE_VIOLATIONS = Counter(
    "pdm_advice_violations_total", "Statements of a language model that the checks refused; the draft stood."
)
ADVICE_SECONDS = Histogram(
    "pdm_advice_seconds",
    "Time from an event to its published advice.",
    ["source"],
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60),
)
LLM_BREAKER_OPEN = Gauge(
    "pdm_llm_breaker_open", "1 while the language model is left alone after failures in a row, otherwise 0."
)
RECORDED = Counter("pdm_recorded_rows_total", "Rows that the recorder wrote to the store.", ["kind"])

STORE_UP = Gauge("pdm_store_up", "1 while the store answers the recorder, 0 while it tries again.")
STORE_FAILURES = Counter("pdm_store_failures_total", "Times the store did not answer the recorder.")
STORE_ROWS = Gauge("pdm_store_rows", "Rows in the store, once a minute.", ["table"])
STORE_BYTES = Gauge("pdm_store_bytes", "Bytes of the store on its disk, once a minute.")
STORE_FORGOTTEN = Counter("pdm_store_forgotten_rows_total", "Rows deleted because they were too old.")

# Historian
HISTORY_ROWS = Counter(
    "pdm_history_rows_total", "Readings written to the history, by how they came.", ["origin"]
)
HISTORY_FILES = Gauge("pdm_history_files", "Files of the history that count, by what they hold.", ["grade"])
HISTORY_BYTES = Gauge("pdm_history_bytes", "Bytes of the files of the history that count.", ["grade"])
HISTORY_SECONDS = Histogram(
    "pdm_history_flush_seconds",
    "Time to write a file of the history and let it count.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
HISTORY_TIDIED = Gauge(
    "pdm_history_tidied_timestamp_seconds",
    "When the history was last looked through for what to merge or delete.",
)
HISTORY_DISK_FULL = Gauge(
    "pdm_history_disk_full",
    "1 while the history is not written because its disk is nearly full, otherwise 0.",
)

STAGES = ("align", "monitor", "advisor", "recorder", "historian")
"""The stages that are workers."""

OUTCOMES = {
    "gateway": ("accepted", "rejected"),
    "align": ("read", "framed", "late", "duplicate", "conflict", "dead_letter"),
    "monitor": ("judged", "repeated", "dead_letter"),
    "advisor": ("advised", "dead_letter"),
    "recorder": ("written", "dead_letter"),
}
"""Stage -> what may become of its records: readings at the first two, then frames, events and rows."""

SOURCES = ("draft", "llm")
"""Who may word an advice."""

ROWS = ("event", "advice", "health")
"""What the recorder writes."""

ORIGINS = ("live", "late", "backfill")
"""How a reading may come into the history."""

GRADES = ("hot", "raw", "minute", "hour")
"""What a file of the history may hold."""

for quantity in Quantity:
    READINGS.labels(quantity)
for denial in Denial:
    DENIED.labels(denial)
for reason in Reason:
    REJECTED.labels(reason)
    DEAD_LETTERS.labels(reason)
for kind, severity in product(Kind, Severity):
    EVENTS.labels(kind, severity)
for condition in Condition:
    ASSETS.labels(condition)
for stage in STAGES:
    BLOCKS.labels(stage)
    CHECKPOINT_SECONDS.labels(stage)
    REWINDS.labels(stage)
    PASSED_OVER.labels(stage)
for stage in ("ingest", *STAGES):
    LAG_RATIO.labels(stage)
for source in SOURCES:
    ADVICE.labels(source)
    ADVICE_SECONDS.labels(source)
for stage, outcomes in OUTCOMES.items():
    for outcome in outcomes:
        RECORDS.labels(stage, outcome)
for row in ROWS:
    RECORDED.labels(row)
STORE_UP.set(1)
for origin in ORIGINS:
    HISTORY_ROWS.labels(origin)
for grade in GRADES:
    HISTORY_FILES.labels(grade)
    HISTORY_BYTES.labels(grade)


def serve(host: str, port: int) -> int:
    """Serve the registry at /metrics from a thread of its own, and return the port (0 picks a free one).

    raises OSError if the port is taken
    """
    server, _thread = start_http_server(port, host)
    return server.server_port
