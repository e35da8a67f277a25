"""The history of a machine as a client sees it, over ASGI."""

import io
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from fakes.gateway import ask
from fakes.outlet import FakeOutlet
from histories import points, written
from logs import rows
from starlette.applications import Starlette

from pdm.gateway.app import create_app
from pdm.gateway.history import CSV, NEXT, PARQUET
from pdm.history.query import History
from pdm.instant import nanoseconds
from pdm.plant.load import load

ROWS = rows(2, 60, seed=6)
PATH = "/v1/assets/pump-0/readings"
DAY = "from=2023-11-14T00:00:00Z&to=2023-11-15T00:00:00Z"


@pytest.fixture
def app(tmp_path: Path) -> Starlette:
    """Return a gateway on a history of a minute of two machines, a minute after it."""
    written(tmp_path, [ROWS], [[("pump-0", -100, ((0, 1.0),))]])
    now = nanoseconds("2023-11-14T22:15:00Z")
    return create_app(load(), FakeOutlet(), 1, clock_ns=lambda: now, history=History(tmp_path))


def test_the_last_hour_is_shown_unless_said(app: Starlette, tmp_path: Path) -> None:
    """Channel by channel, with units, quality and origin."""
    answer = ask(app, "GET", PATH).json()
    assert (answer["from"], answer["to"]) == ("2023-11-14T21:15:00Z", "2023-11-14T22:15:00Z")
    assert [(one["channel"], one["unit"]) for one in answer["series"]] == [
        ("current", "A"), ("de-velocity", "m/s"), ("oil-temperature", "K"),
    ]  # fmt: skip
    wanted = sorted((t, v) for a, c, t, v, _ in points(tmp_path) if (a, c) == ("pump-0", "current"))
    current = answer["series"][0]
    assert list(map(nanoseconds, current["times"])) == [time for time, _ in wanted]
    assert current["values"]["value"] == [value for _, value in wanted]
    assert current["origin"][:2] == ["backfill", "live"]
    assert set(current["quality"]) == {"good"}


def test_a_step_gives_what_agg_names(app: Starlette) -> None:
    """Said once with commas or several times; mean unless said."""
    asked = f"{PATH}?{DAY}&channel=current&step=1m"
    (said,) = ask(app, "GET", f"{asked}&agg=min,max&agg=count").json()["series"]
    assert list(said["values"]) == ["min", "max", "count"]
    assert said["values"]["count"][0] == 1
    (mean,) = ask(app, "GET", asked).json()["series"]
    assert list(mean["values"]) == ["mean"]
    assert mean["times"] == said["times"]


def test_pages_follow_their_cursor(app: Starlette, tmp_path: Path) -> None:
    """Until it is null; as a header where there is no JSON."""
    count, cursor, wanted = 0, "", [p for p in points(tmp_path) if p[0] == "pump-0"]
    while cursor is not None:
        answer = ask(app, "GET", f"{PATH}?{DAY}&limit=50" + (f"&cursor={cursor}" if cursor else "")).json()
        count += sum(len(one["times"]) for one in answer["series"])
        cursor = answer["next"]
    assert count == len(wanted)
    assert ask(app, "GET", f"{PATH}?{DAY}&limit=50", Accept=CSV).headers[NEXT] > "2023-11-14"
    assert NEXT not in ask(app, "GET", f"{PATH}?{DAY}", Accept=CSV).headers


def test_csv_and_parquet_say_the_same(app: Starlette) -> None:
    """As Accept likes it."""
    csv = ask(app, "GET", f"{PATH}?{DAY}", Accept=CSV)
    assert csv.headers["content-type"].startswith(CSV)
    parquet = pq.read_table(io.BytesIO(ask(app, "GET", f"{PATH}?{DAY}", Accept=PARQUET).content))
    lines = csv.text.splitlines()
    assert lines[0].replace('"', "").split(",") == parquet.column_names
    assert len(lines) == parquet.num_rows + 1
    averages = ask(app, "GET", f"{PATH}?{DAY}&step=1m&agg=max,count", Accept=CSV).text
    assert averages.splitlines()[0].endswith('"time","max","count"')


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ("step=1x", "is no step"),
        ("step=0s", "is no step"),
        ("step=32d", "at most 31d"),
        ("agg=mean", "needs a step"),
        ("step=1m&agg=median", "none of mean, min, max, last, count"),
        ("from=2023-11-14T00:00:00Z&to=2023-11-14T00:00:00Z", "must be before to"),
        ("from=2023-11-14T00:00:00", "names no time zone"),
        ("to=yesterday", "to: "),
        ("cursor=abc", "cursor: "),
        ("limit=0", "limit"),
        ("limit=100001", "limit"),
        ("asset=x", "unknown parameter 'asset'"),
        ("step=1m&step=2m", "twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(app: Starlette, asked: str, detail: str) -> None:
    """With 400 and a sentence."""
    answer = ask(app, "GET", f"{PATH}?{asked}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize("name", ["nobody", "ü", "'; DROP TABLE files; --", "../../pump-0", "pump-0%00"])
def test_a_name_that_is_not_there_has_no_readings(app: Starlette, name: str) -> None:
    """Whatever it is, it is compared and nothing else."""
    answer = ask(app, "GET", f"/v1/assets/{quote(name, safe='')}/readings?{DAY}")
    assert answer.status_code in {200, 404}
    assert answer.status_code == 404 or answer.json()["series"] == []


def test_a_damaged_manifest_is_unavailable(tmp_path: Path) -> None:
    """Our trouble, not the client's: 503, and when to come again."""
    (tmp_path / "manifest.sqlite").write_bytes(b"something else " * 999)
    app = create_app(load(), FakeOutlet(), 1, history=History(tmp_path))
    answer = ask(app, "GET", PATH)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
