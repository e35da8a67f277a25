"""`pdmctl events`, `assets` and `advice` against the query API on a real port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.records import at, make_advice, make_event, make_evidence, make_status
from fakes.serving import Serving, unused_port
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pdm.cli.events import follow_feed
from pdm.cli.main import main
from pdm.gateway.queries import routes
from pdm.records.event import Kind, Severity
from pdm.records.status import ChannelStatus
from pdm.store.protocol import Batch, Row
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_writer

pytestmark = pytest.mark.usefixtures("_utc")


@pytest.fixture
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the terminal into UTC."""
    import time  # noqa: PLC0415 (only to tell it that the zone has changed)

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Return an empty store."""
    opened = open_writer(tmp_path / "pdm.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def url(store: SqlStore) -> Iterator[str]:
    """Return where the API of that store is served."""
    with Serving(Starlette(routes=[*routes(store)])) as serving:
        yield serving.url


def write(store: SqlStore, *rows: Row) -> None:
    """Record rows as the next message of a topic."""
    here = store.offset("t", 0)
    store.record(Batch("t", 0, here, here + 1, rows))


def run(*arguments: str) -> Result:
    """Run pdmctl as a person would."""
    return CliRunner().invoke(main, arguments)


def test_events_are_a_table_in_people_s_units(store: SqlStore, url: str) -> None:
    """One line an alarm: since when, which machine, how bad, what the strongest channel says."""
    write(store, make_event(1), make_event(2, asset="fan-1", kind=Kind.CLEAR, time=at(62), peak=3.14159))
    result = run("events", "--url", url)
    assert result.exit_code == 0
    header, first, second = result.stdout.splitlines()
    assert header.split() == ["raised", "asset", "severity", "state", "score", "strongest", "reading", "id"]
    assert first.split()[:8] == [
        "2026-03-01",
        "12:00:02",
        "UTC",
        "fan-1",
        "alarm",
        "cleared",
        "2026-03-01",
        "12:01:02",
    ]
    assert "3.14" in first
    assert "pump-7  alarm" in second
    assert "de-velocity 7.1 mm/s (usual 2.3 mm/s)" in second
    assert make_event(1).id in second


def test_events_are_told_in_the_unit_of_the_plant(store: SqlStore, url: str) -> None:
    """The unit travels with the event, so that whoever asks reads what the plant file says."""
    flow = make_evidence(
        channel="q", quantity="flow", unit="m3/s", value=0.01, baseline=0.0125, shown_unit="m³/h"
    )
    write(store, make_event(1, evidence=(flow,)))
    assert "q 36 m³/h (usual 45 m³/h)" in run("events", "--url", url).stdout


def test_filters_reach_the_api(store: SqlStore, url: str) -> None:
    """Machine, severity, open, since, until, run and limit all narrow the list."""
    write(
        store,
        make_event(1, severity=Severity.NOTICE),
        make_event(2, asset="fan-1"),
        make_event(3, kind=Kind.CLEAR),
        make_event(4, run="r"),
    )
    for arguments, numbers in (
        (["--asset", "fan-1"], [2]),
        (["--severity", "notice", "--severity", "critical"], [1]),
        (["--open"], [2, 1]),
        (["--until", "2026-03-01T12:00:02Z"], [1]),
        (["--since", "2026-03-01T12:00:04Z", "--asset", "pump-7"], [1]),
        (["--run", "r"], [4]),
        (["--limit", "1"], [3]),
    ):
        found = json.loads(run("events", "--url", url, "--json", *arguments).stdout)
        assert [item["id"] for item in found["items"]] == [make_event(n).id for n in numbers], arguments


def test_json_is_one_object_over_many_pages(store: SqlStore, url: str) -> None:
    """More than a page's worth is collected into one object."""
    write(store, *[make_event(n) for n in range(1203)])
    result = run("events", "--url", url, "--json", "--limit", "1201")
    assert result.stdout.count("\n") == 1
    found = json.loads(result.stdout)
    assert len({item["id"] for item in found["items"]}) == 1201
    assert found["next"] is not None


class EndError(Exception):
    """The person has pressed Ctrl-C."""


def test_follow_prints_each_new_revision_once(
    store: SqlStore, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was there before is not repeated; raise and clear come as a line each."""
    write(store, make_event(1))
    later: list[tuple[Row, ...]] = [
        (make_event(2),),
        (),
        (make_event(2), make_event(2, revision=2, kind=Kind.CLEAR, time=at(60))),
    ]

    def wait() -> None:
        if not later:
            raise EndError
        write(store, *later.pop(0))

    with pytest.raises(EndError):
        follow_feed(url, [], wait)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        ["2026-03-01 12:00:02 UTC", "pump-7", "raise alarm"],
        ["2026-03-01 12:01:00 UTC", "pump-7", "clear alarm"],
    ]


def test_machines_are_a_table(store: SqlStore, url: str) -> None:
    """Class, condition, score, how much is learnt, and the last readings; a missing one is a dash."""
    channels = (
        ChannelStatus("de-velocity", "vibration", "m/s", 0.0023),
        ChannelStatus("t1", "temperature", "K", None),
        ChannelStatus("outlet", "pressure", "Pa", 412_000.0, "kPa"),
    )
    write(store, make_status(channels=channels, learning=0.5))
    line = run("assets", "--url", url).stdout.splitlines()[1]
    assert line.split() == [
        "pump-7", "pump", "normal", "0.20", "50%", "2026-03-01", "12:00:00", "UTC",
        "de-velocity", "2.3", "mm/s,", "t1", "-,", "outlet", "412", "kPa",
    ]  # fmt: skip


def test_advice_is_a_table(store: SqlStore, url: str) -> None:
    """How soon, the best match, who worded it, and the text, in which brackets are no markup."""
    write(
        store, make_advice(1), make_advice(2, revision=2, source="llm", model="m-1", text="Look [bold]here.")
    )
    _, first, second = run("advice", "--url", url).stdout.splitlines()
    assert "soon     Imbalance   m-1        Look [bold]here." in first
    assert "rules" in second
    found = json.loads(run("advice", "--url", url, "--event", make_event(1).id, "--json").stdout)
    assert [item["id"] for item in found["items"]] == [make_advice(1).id]


@pytest.mark.parametrize(
    ("command", "said"), [("events", "No alarms"), ("assets", "No machines"), ("advice", "No advice")]
)
def test_an_empty_list_says_so(url: str, command: str, said: str) -> None:
    """Nothing found is a sentence, not an empty screen."""
    assert said in run(command, "--url", url).stdout


@pytest.mark.parametrize("command", ["events", "assets", "advice"])
def test_a_service_that_is_not_there_is_named(command: str) -> None:
    """Where nothing answers the command says so, where, and what to do; no traceback."""
    url_of_nobody = f"http://127.0.0.1:{unused_port()}"
    result = run(command, "--url", url_of_nobody)
    assert result.exit_code == 1
    assert f"nothing answers at {url_of_nobody}" in result.stderr
    assert "pdmctl up" in result.stderr
    assert result.stdout == ""


def test_a_refused_parameter_is_told_in_the_api_s_words(url: str) -> None:
    """What the API refuses comes through as its own sentence."""
    result = run("events", "--url", url, "--since", "yesterday")
    assert result.exit_code == 1
    assert "since: " in result.stderr


def test_another_service_at_that_address_is_told_apart() -> None:
    """A page that is not ours is not shown as an empty list."""
    app = Starlette(routes=[Route("/v1/events", lambda _: PlainTextResponse("hello"))])
    with Serving(app) as serving:
        strange, missing = run("events", "--url", serving.url), run("assets", "--url", serving.url)
    assert "is not the API of this service" in strange.stderr
    assert "404: is that this service?" in missing.stderr


def test_follow_and_json_exclude_each_other(url: str) -> None:
    """One JSON object has an end, following has none."""
    assert run("events", "--url", url, "--follow", "--json").exit_code == 2
