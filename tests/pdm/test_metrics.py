"""The metrics: bounded labels, there from the start, and served."""

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from pdm import metrics
from pdm.records.event import Kind, Severity
from pdm.records.reading import Quantity, Reason


def _labels(name: str) -> set[tuple[str, ...]]:
    return {tuple(s.labels.values()) for f in REGISTRY.collect() for s in f.samples if s.name == name}


def test_what_an_enum_can_say_is_there_from_the_start() -> None:
    """So that zero can be told from not known."""
    assert _labels("pdm_rejected_total") == {(reason.value,) for reason in Reason}
    assert _labels("pdm_readings_total") == {(quantity.value,) for quantity in Quantity}
    assert _labels("pdm_events_total") == {(kind.value, sev.value) for kind in Kind for sev in Severity}
    assert _labels("pdm_passed_over_messages_total") == {(stage,) for stage in metrics.STAGES}


def test_progress_is_not_known_before_there_was_some() -> None:
    """A zero would read as "stands still since 1970"."""
    assert REGISTRY.get_sample_value("pdm_progress_timestamp_seconds", {"stage": "recorder"}) != 0.0


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the server lives as long as its process
def test_a_worker_serves_its_metrics() -> None:
    """On a port of its own, in the text format of Prometheus."""
    port = metrics.serve("127.0.0.1", 0)
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"pdm_readings", "pdm_events", "pdm_lag_messages"} <= names
    assert not [name for name in names if name.endswith("_created")]
