"""`pdmctl receipts` against a gateway on a real port."""

import json
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner
from fakes.gateway import batch, gateway
from fakes.outlet import FakeOutlet
from fakes.serving import Serving

from pdm.cli.main import main


@pytest.fixture
def url() -> Iterator[str]:
    """Return where a gateway is served."""
    with Serving(gateway(FakeOutlet())) as serving:
        yield serving.url


def run(*arguments: str) -> str:
    """Run the command as a person would."""
    done = CliRunner().invoke(main, ["receipts", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_receipts_and_their_verdicts_are_shown(url: str) -> None:
    """A line for each request that had a refusal; with its id, a line for each refusal."""
    assert "everything of the last day was accepted" in run("--url", url)
    headers = {"Content-Type": "application/json", "PDM-Source": "plc"}
    answer = httpx.post(f"{url}/v1/readings", content=batch(1, 2, unit="bar"), headers=headers)
    name = answer.headers["PDM-Receipt"]
    assert name in run("--url", url, "--source", "plc")
    assert name not in run("--url", url, "--source", "other")
    verdicts = run(name, "--url", url)
    assert verdicts.count("unknown_unit") == 2
    assert json.loads(run(name, "--url", url, "--json"))["answer"]["rejected"][1]["index"] == 1
    assert json.loads(run("--url", url, "--json"))["items"][0]["refused"] == 2
